"""Puts the rooms together on this machine and keeps them running until Ctrl-C."""

from __future__ import annotations

import signal
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.demo.agent_process import AgentProcess, running_agent
from regiowacht.demo.machine import choose_machine
from regiowacht.demo.ports import Ports, choose
from regiowacht_agent import render as agent_render
from regiowacht_collector.client import Client
from regiowacht_collector.options import Options
from regiowacht_collector.running import running_collector
from regiowacht_collector.settings import Settings as CollectorSettings
from regiowacht_contract.errors import Unavailable
from regiowacht_contract.promql import gauge
from regiowacht_contract.states import AssetState
from regiowacht_dashboards.build import build
from regiowacht_dashboards.preview.server import serve
from regiowacht_dashboards.settings import for_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht.console import Console
    from regiowacht_collector.running import RunningCollector
    from regiowacht_inventory import Asset, Region

INTERVAL_S = 2
"""Scrapes and rules run this often: fast enough to see numbers move, slow enough for any machine."""

REFRESH = "5s"
RETENTION = "1d"
FIRST_SAMPLE_WITHIN_S = 30.0
LOOK_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for.

    Attributes:
        machine: ``GEMEENTE/NAME`` of the server that this machine plays, or None for a good choice.
        port: first of the demo's ports, 0 for free ones, None for the usual ones.
        engine: the Prometheus to use, or None to look for one.
    """

    machine: str | None = None
    port: int | None = None
    engine: Path | None = None


def run_demo(region: Region, wish: Wish, console: Console) -> None:
    """Run the demo until SIGINT or SIGTERM; every process it started has ended when it returns.

    Raises:
        RegiowachtError: a port is taken, a part is missing or died; says what to do.
    """
    machine = choose_machine(region, wish.machine)
    ports = choose(wish.port)
    with _until_signal() as stop, ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="regiowacht-demo-")))
        counts = {"gemeenten": len(region.gemeenten), "assets": len(region.assets)}
        console.tell("demo.region", name=region.name, **counts)
        agent = stack.enter_context(_agent(region, machine, home, ports))
        console.tell("demo.agent", machine="/".join(machine.key), address=agent.address, pid=agent.pid)
        collector = stack.enter_context(_collector(region, machine, agent, home, ports, wish, console))
        settings = replace(for_region(region, console.lang), refresh=REFRESH)
        build(home / "dashboards", settings)
        preview = stack.enter_context(
            serve(home / "dashboards", collector.url, ports.preview, console.lang, scrape_interval_s=INTERVAL_S)
        )
        console.tell("demo.first-sample")
        _wait_for_first_sample(collector, machine, stop)
        if not stop.is_set():
            console.out(f"dashboards {preview.url}")
            console.out(f"prometheus {collector.url}")
            console.tell("demo.ready", machine="/".join(machine.key))
            _watch(agent, collector, stop, console)
        console.tell("demo.stopping")
    console.tell("demo.stopped")


@contextmanager
def _until_signal() -> Iterator[threading.Event]:
    """Yield an event that SIGINT and SIGTERM set, so that parts end in good order, also on a second Ctrl-C."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _agent(region: Region, machine: Asset, home: Path, ports: Ports) -> Iterator[AgentProcess]:
    config = home / "agent.toml"
    config.write_bytes(agent_render.bundle(region, machine))
    with running_agent(config, home / "agent.log", ports.agent) as agent:
        yield agent


@contextmanager
def _collector(
    region: Region, machine: Asset, agent: AgentProcess, home: Path, ports: Ports, wish: Wish, console: Console
) -> Iterator[RunningCollector]:
    options = Options(
        scrape_interval_s=INTERVAL_S,
        rule_interval_s=INTERVAL_S,
        exporter_port=ports.exporter,
        addresses={machine.key: agent.address},
        only=[machine.key],
    )
    settings = CollectorSettings(
        data=home / "collector", port=ports.prometheus, engine=wish.engine, retention=RETENTION, restarts=False
    )
    with running_collector(region, settings, options, tell=console.tell) as collector:
        yield collector


def _wait_for_first_sample(collector: RunningCollector, machine: Asset, stop: threading.Event) -> None:
    """Wait until the region says that this machine is there."""
    client = Client(collector.url)
    here = gauge("regiowacht:asset_state", gemeente=machine.gemeente, instance=machine.name)
    until = time.monotonic() + FIRST_SAMPLE_WITHIN_S
    while not stop.is_set() and not client.query(f"{here} == {AssetState.GOED:d}"):
        collector.check()
        if time.monotonic() > until:
            raise Unavailable("demo.no-sample", seconds=round(FIRST_SAMPLE_WITHIN_S))
        stop.wait(LOOK_EVERY_S)


def _watch(agent: AgentProcess, collector: RunningCollector, stop: threading.Event, console: Console) -> None:
    """Look after both until asked to stop. A dead agent is shown, not started again: its tile turns red."""
    told = False
    while not stop.wait(LOOK_EVERY_S):
        collector.check()
        if not told and not agent.is_running():
            console.tell("demo.agent-gone", said=agent.last_line())
            told = True
