"""Puts the rooms together on this machine and keeps them running until Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
import urllib.parse
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.demo.agent_process import AgentProcess, running_agent
from regiowacht.demo.device import INTERVAL_S as DEVICES_INTERVAL_S
from regiowacht.demo.device import Device, choose_device, find_program, running_device
from regiowacht.demo.example_job import INTERVAL_S as EXAMPLE_INTERVAL_S
from regiowacht.demo.example_job import Job
from regiowacht.demo.example_process import ExampleProcess, running_example
from regiowacht.demo.in_grafana import InGrafana, in_grafana
from regiowacht.demo.machine import choose_machine
from regiowacht.demo.ports import Ports, choose
from regiowacht.signals import Signals
from regiowacht_agent import render as agent_render
from regiowacht_collector.client import Client
from regiowacht_collector.options import Options
from regiowacht_collector.ports import LOOPBACK
from regiowacht_collector.running import running_collector
from regiowacht_collector.settings import Settings as CollectorSettings
from regiowacht_contract.errors import Unavailable, UsageError
from regiowacht_contract.promql import gauge
from regiowacht_contract.states import AssetState
from regiowacht_contract.texts import say
from regiowacht_dashboards.build import build
from regiowacht_dashboards.preview import Preview, Source, serve
from regiowacht_dashboards.preview.upstream import Upstream
from regiowacht_dashboards.settings import for_region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from regiowacht.console import Console
    from regiowacht_collector.running import RunningCollector
    from regiowacht_inventory import Asset, Region

INTERVAL_S = 1
"""Scrapes and rules run this often: one machine is watched, so that numbers are there at once and move."""

REFRESH = "5s"
RETENTION = "1d"
TIME_FROM = "now-15m"
FOLDER = "regiowacht-demo-"
PROC = Path("/proc")
FIRST_SAMPLE_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for.

    Attributes:
        machine: ``GEMEENTE/NAME`` of the server that this machine plays, or None for a good choice.
        port: first of the demo's ports, 0 for free ones, None for the usual ones.
        engine: the Prometheus to use, or None to look for one.
        with_example: show the made-up example region beside this machine.
        example_folder: where its region folder is written, or None for a folder that goes with the demo.
        grafana: address of a Grafana to show it in too, or None.
        grafana_token: where its token is, ``env:NAME`` or ``file:PATH``, or None for no token.

    Raises:
        UsageError: something is in that folder already, the address is none, or there is a token for no Grafana.
    """

    machine: str | None = None
    port: int | None = None
    engine: Path | None = None
    with_example: bool = True
    example_folder: Path | None = None
    grafana: str | None = None
    grafana_token: str | None = None

    def __post_init__(self) -> None:
        folder = self.example_folder
        if folder is not None and folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
            raise UsageError("demo.example-folder-taken", folder=folder)
        if self.grafana is not None:
            Upstream.refuse_bad(self.grafana)
        elif self.grafana_token is not None:
            raise UsageError("demo.token-alone")


def run_demo(region: Region, wish: Wish, console: Console) -> None:
    """Run the demo until SIGINT or SIGTERM; every process it started has ended when it returns.

    Raises:
        RegiowachtError: a port is taken, a part is missing or died; says what to do.
    """
    # The demo's own agent stands on loopback, and has no certificate of the region's.
    region = replace(region, assets=tuple(replace(asset, tls=None) for asset in region.assets))
    machine = choose_machine(region, wish.machine)
    ports = choose(wish.port)
    console.tell("demo.region", name=region.name, gemeenten=len(region.gemeenten), assets=len(region.assets))
    with Signals() as signals:
        try:
            with ExitStack() as stack:
                stack.callback(signals.hold)
                _run_parts(_Plan(region, machine, ports, wish, console), stack, signals)
        except KeyboardInterrupt:
            pass
    console.tell("demo.stopped")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is run, where, and to whom it is told."""

    region: Region
    machine: Asset
    ports: Ports
    wish: Wish
    console: Console


def _run_parts(plan: _Plan, stack: ExitStack, signals: Signals) -> None:
    console = plan.console
    _sweep()
    home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-")))
    shown = stack.enter_context(_grafana(plan))
    # The engine first: it takes about five seconds to its first scrape, whatever it is told.
    collector = stack.enter_context(_collector(plan, home))
    device = stack.enter_context(_device(plan, home))
    config = home / "agent.toml"
    config.write_bytes(_alone(plan) + (device.configuration().encode() if device else b""))
    agent = stack.enter_context(running_agent(config, home / "agent.log", plan.ports.agent))
    console.tell("demo.agent", machine="/".join(plan.machine.key), address=agent.address, pid=agent.pid)
    settings = replace(for_region(plan.region, console.lang), refresh=REFRESH, time_from=TIME_FROM)
    build(home / "dashboards", settings)
    preview = stack.enter_context(
        serve(
            home / "dashboards",
            _source(plan, collector),
            plan.ports.preview,
            console.lang,
        )
    )
    console.tell("demo.first-sample")
    _wait_for_first_sample(collector, plan.machine, signals)
    signals.hold()
    console.out(f"dashboards {preview.url}")
    console.out(f"prometheus {collector.url}")
    if shown:
        shown.show(collector.url, settings, INTERVAL_S)
    console.tell("demo.ready", machine="/".join(plan.machine.key), page=_page_of(preview.url, plan.machine))
    example = stack.enter_context(_example(plan, home, collector))
    _watch(agent, device, collector, signals, console, lambda: _look(example, preview, shown, console))
    console.tell("demo.stopping")


def _alone(plan: _Plan) -> bytes:
    """Return the agent's configuration without what it would ask for others: what a region declares is not there.

    Its addresses may be somebody's, on the network that this machine happens to stand in.
    """
    return agent_render.bundle(replace(plan.region, assets=(plan.machine,)), plan.machine)


@contextmanager
def _device(plan: _Plan, home: Path) -> Iterator[Device | None]:
    """Run snmpd as one of the devices that the region has this machine ask, where there are both."""
    asset = choose_device(plan.region, plan.machine)
    program = find_program()
    if asset is None:
        yield None
    elif program is None:
        plan.console.tell("demo.no-snmpd", device="/".join(asset.key))
        yield None
    else:
        with running_device(asset, program, home) as device:
            plan.console.tell("demo.snmpd", device="/".join(asset.key), port=device.port, pid=device.process.pid)
            yield device


def _sweep() -> None:
    """Remove the folders of demos that were killed: those of ours whose process is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}[0-9]*-*"):
        pid = folder.name.removeprefix(FOLDER).partition("-")[0]
        is_gone = PROC.is_dir() and not (PROC / pid).exists()
        with contextlib.suppress(OSError):
            if is_gone and folder.stat().st_uid == os.getuid():
                shutil.rmtree(folder)


@contextmanager
def _collector(plan: _Plan, home: Path) -> Iterator[RunningCollector]:
    options = Options(
        scrape_interval_s=INTERVAL_S,
        devices_interval_s=DEVICES_INTERVAL_S,
        rule_interval_s=INTERVAL_S,
        exporter_port=plan.ports.exporter,
        addresses={plan.machine.key: f"{LOOPBACK}:{plan.ports.agent}"},
        only=[plan.machine.key],
    )
    settings = CollectorSettings(
        data=home / "collector",
        port=plan.ports.prometheus,
        engine=plan.wish.engine,
        retention=RETENTION,
        restarts=False,
    )
    with running_collector(plan.region, settings, options, tell=plan.console.tell) as collector:
        yield collector


def _source(plan: _Plan, collector: RunningCollector) -> Source:
    machine = plan.machine
    return Source(
        collector.url,
        title=say("demo.source-machine", plan.console.lang),
        scrape_interval_s=INTERVAL_S,
        choices={"gemeente": machine.gemeente, "instance": machine.name},
    )


@contextmanager
def _example(plan: _Plan, home: Path, collector: RunningCollector) -> Iterator[ExampleProcess | None]:
    """Run the example region, where it is wanted."""
    if not plan.wish.with_example:
        yield None
        return
    folder = plan.wish.example_folder or home / "voorbeeldgegevens"
    job = Job(folder.absolute(), home / "example", collector.engine.prometheus, plan.console.lang)
    with running_example(job, home) as example:
        plan.console.tell("demo.example-loading")
        yield example


@contextmanager
def _grafana(plan: _Plan) -> Iterator[InGrafana | None]:
    """Show all in a Grafana too, where one is named."""
    wish = plan.wish
    if wish.grafana is None:
        yield None
        return
    with in_grafana(wish.grafana, wish.grafana_token, plan.console) as shown:
        yield shown


def _look(example: ExampleProcess | None, preview: Preview, shown: InGrafana | None, console: Console) -> None:
    ready = example.look(preview, console) if example else None
    if ready and shown:
        shown.add_example(ready.prometheus, EXAMPLE_INTERVAL_S)


def _page_of(url: str, machine: Asset) -> str:
    chosen = {"var-gemeente": machine.gemeente, "var-site": machine.site, "var-instance": machine.name}
    return f"{url}/d/rw-server?{urllib.parse.urlencode(chosen)}"


def _wait_for_first_sample(collector: RunningCollector, machine: Asset, signals: Signals) -> None:
    """Wait until the region says that this machine is there."""
    client = Client(collector.url)
    here = gauge("regiowacht:asset_state", gemeente=machine.gemeente, instance=machine.name)
    until = time.monotonic() + FIRST_SAMPLE_WITHIN_S
    while not client.query(f"{here} == {AssetState.GOED:d}") and signals.pause():
        collector.check()
        if time.monotonic() > until:
            raise Unavailable("demo.no-sample", seconds=round(FIRST_SAMPLE_WITHIN_S))


def _watch(
    agent: AgentProcess,
    device: Device | None,
    collector: RunningCollector,
    signals: Signals,
    console: Console,
    look: Callable[[], None],
) -> None:
    """Look after all until asked to stop. A dead agent or device is shown, not started again: its tile turns red."""
    told = device_told = False
    while signals.pause():
        collector.check()
        if not told and not agent.is_running():
            console.tell("demo.agent-gone", said=agent.last_line())
            told = True
        if device is not None and not device_told and device.process.poll() is not None:
            said = device.process.last_lines()
            console.tell("demo.snmpd-gone", device="/".join(device.asset.key), said=said[-1] if said else "-")
            device_told = True
        look()
