"""The small region: what its region folder declares, as running hosts with the product's collector and agents."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Self

from regiowacht_agent import render as agent_render
from regiowacht_collector.client import Client
from regiowacht_collector.ports import LOOPBACK
from regiowacht_contract.defaults import AGENT_PORT, PROMETHEUS_PORT
from regiowacht_contract.errors import Unreachable
from tests.lab import frr, product, reaper, snmpd, sshd, trapd
from tests.lab.errors import LabError
from tests.lab.lab import Lab
from tests.lab.links import End, bridge, default_route
from tests.lab.machine import Machine
from tests.lab.plan import (
    COLLECTOR,
    FOLDER,
    SPARE,
    WAN,
    Town,
    read_region,
    routing_of,
    routing_of_collector,
    spare,
    towns,
)
from tests.lab.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from regiowacht_inventory import Asset
    from tests.lab.rootfs import Rootfs

INTERVAL_S = 1
"""Scrapes and rules run this often, so that a cut line shows within seconds."""

POLLS = f"\n[polls]\ninterval_s = {INTERVAL_S}\ntimeout_s = 1\n"
"""Added to every agent's configuration: lines and services are asked as often."""

CONFIG = "/etc/regiowacht/agent.toml"
UNIT = f"""\
[Unit]
Description=Regiowacht agent
After=network.target

[Service]
ExecStart={" ".join(product.COMMAND)} run --config {CONFIG}
{"".join(f"Environment={name}={value}" + chr(10) for name, value in product.ENVIRONMENT.items())}
Restart=on-failure
DynamicUser=yes
ProtectSystem=strict
ProtectHome=yes
NoNewPrivileges=yes

[Install]
WantedBy=multi-user.target
"""


class SmallRegion:
    """The running region; made by ``up``, ended by ``down`` or at the end of a ``with`` block.

    Attributes:
        lab: its hosts and links.
        region: as the product read it.
        towns: what each gemeente has.
    """

    def __init__(self, rootfs: Rootfs, tell: Callable[[str], None] = lambda _line: None) -> None:
        self.region = read_region()
        self.towns = towns(self.region)
        self._tell = tell
        self._collector: subprocess.Popen[bytes] | None = None
        self.lab = Lab(rootfs)
        try:
            self._up()
        except BaseException:
            self.down()
            raise

    @property
    def collector(self) -> str:
        """Name of the host that the collector runs on."""
        return COLLECTOR

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Ask the region's Prometheus; an empty answer while it is not there."""
        with self.lab.hosts[COLLECTOR].network():
            try:
                return Client(f"http://{LOOPBACK}:{PROMETHEUS_PORT}", timeout_s=10).query(expression)
            except Unreachable:
                return []

    def states(self) -> dict[str, int]:
        """Return the state of every asset by its name."""
        return {labels["instance"]: int(value) for labels, value in self.query("regiowacht:asset_state")}

    def server(self, name: str) -> Machine:
        """Return a server with systemd."""
        return self.lab.machines[name]

    def mend(self, town: Town) -> None:
        """Mend a town's line and cut the spare one again; routers that do not find each other are started anew."""
        collector, router = self.lab.hosts[COLLECTOR], self.lab.hosts[town.router.name]

        def is_back() -> bool:
            return f"dev {town.line.name}" in collector.run("ip", "route", "show", str(town.lan)).stdout

        self.lab.link(town.line.name).mend()
        try:
            until(is_back, 4, "the route over the line", every_s=0.1)
        except LabError as error:
            # What is wrong is shown with the test that meets it, before the daemons take it with them.
            seen = router.run("vtysh", "-c", "show ip ospf neighbor", check=False)
            print(f"{error}\n{seen.stdout}{seen.stderr}", file=sys.stderr)
            for host in (router, collector):
                frr.restart(host)
            until(is_back, 10, "the route over the line", every_s=0.1)
        self.lab.link(SPARE).cut()

    def down(self) -> None:
        """End everything; nothing is left when this returns."""
        if self._collector is not None:
            self._collector.kill()
            self._collector.wait()
        self.lab.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def _up(self) -> None:
        began = time.monotonic()

        def done(what: str) -> None:
            self._tell(f"{time.monotonic() - began:5.1f} s  {what}")

        folder = self.lab.run_dir / "product"
        product.copy_to(folder)
        names = {COLLECTOR: "host", **{name: kind for town in self.towns for name, kind in _hosts(town).items()}}
        self.lab.add_hosts(names, {folder: product.PLACE})
        done(f"{len(names)} hosts")
        self._lay_links()
        done(f"{len(self.lab.links)} links")
        # The engine waits five seconds before its first scrape, whatever it is told: meanwhile the rest comes up.
        self._start_collector()
        for town in self.towns:
            self._boot(town, folder)
        with ThreadPoolExecutor(max_workers=8) as pool:
            _all_of(pool, self._daemons())
        done("SNMP, SSH and routing daemons")
        for town in self.towns:
            self._wait_routed(town)
        done("routes over every line")
        with ThreadPoolExecutor(max_workers=8) as pool:
            _all_of(pool, [partial(self._start_agent, asset) for asset in self._servers()])
        done("servers and their agents")
        self._wait_good()
        done("collector: every server is goed")

    def _lay_links(self) -> None:
        host = self.lab.hosts
        for town in self.towns:
            router, switch = host[town.router.name], host[town.switch.name]
            near, far = End(host[COLLECTOR], town.line.name, town.near()), End(router, WAN, town.far())
            self.lab.add_line(town.line.name, near, far)
            lan = End(router, "lan", town.in_lan(town.router))
            self.lab.add_cable(f"{town.router.name}--{town.switch.name}", lan, End(switch, "port1"))
            ports = ["port1"]
            for asset in (town.server, *town.others):
                ports.append(f"port{len(ports) + 1}")
                end = End(host[asset.name], "eth0", town.in_lan(asset))
                self.lab.add_cable(f"{town.switch.name}--{asset.name}", end, End(switch, ports[-1]))
                default_route(host[asset.name], town.router.address)
            bridge(switch, "br0", town.in_lan(town.switch), ports)
            default_route(switch, town.router.address)
        first, second = (End(host[town.router.name], SPARE, spare(town.number)) for town in self.towns[:2])
        self.lab.add_line(SPARE, first, second)
        self.lab.link(SPARE).cut()

    def _boot(self, town: Town, folder: Path) -> None:
        name = town.server.name
        self.lab.machines[name] = Machine.boot(
            name,
            self.lab.run_dir,
            self.lab.rootfs.server,
            net_pid=self.lab.hosts[name].pid,
            files={"/etc/systemd/system/regiowacht-agent.service": UNIT.encode()},
            binds={folder: product.PLACE},
        )
        reaper.note(self.lab.run_dir, self.lab.machines[name].top)

    def _daemons(self) -> Iterable[Callable[[], None]]:
        host = self.lab.hosts
        for town in self.towns:
            yield partial(self._start_router, town)
            yield partial(snmpd.start, host[town.switch.name], location=town.gemeente)
            for asset in town.others:
                yield partial(sshd.start, host[asset.name])
        yield self._start_collectors_router

    def _start_router(self, town: Town) -> None:
        host = self.lab.hosts[town.router.name]
        snmpd.start(host, location=town.gemeente, traps_to=town.near().split("/")[0])
        frr.start(host, routing_of(town, self.towns))
        sshd.start(host, shell="/usr/bin/vtysh", groups="frrvty")

    def _start_collectors_router(self) -> None:
        host = self.lab.hosts[COLLECTOR]
        trapd.start(host)
        snmpd.start(host, location="ICT-dienst")
        frr.start(host, routing_of_collector(self.towns))

    def _wait_routed(self, town: Town) -> None:
        collector, router = self.lab.hosts[COLLECTOR], self.lab.hosts[town.router.name]
        until(lambda: frr.knows_route(collector, str(town.lan)), 4, f"the collector's route to {town.gemeente}")
        until(
            lambda: router.run("ping", "-c1", "-W1", town.near().split("/")[0], check=False).returncode == 0,
            2,
            "an answer over the line",
        )

    @property
    def _collector_log(self) -> Path:
        return self.lab.run_dir / "collector.log"

    def _servers(self) -> Iterable[Asset]:
        for town in self.towns:
            yield town.server
            yield from town.others

    def _start_agent(self, asset: Asset) -> None:
        bundle = agent_render.bundle(self.region, asset) + POLLS.encode()
        if asset.name in self.lab.machines:
            machine = self.lab.machines[asset.name]
            machine.wait_booted()
            machine.write(CONFIG, bundle)
            machine.run("systemctl", "start", "regiowacht-agent")
        else:
            host = self.lab.hosts[asset.name]
            host.write(CONFIG, bundle.decode())
            words = (*product.COMMAND, "run", "--config", CONFIG)
            host.start(*product.environment(), *words, log="/var/log/agent.log")
        until(lambda: self._answers(asset), 10, f"the agent of {asset.name}")

    def _answers(self, asset: Asset) -> bool:
        url = f"http://{asset.address}:{AGENT_PORT}/-/healthy"
        return self.lab.hosts[COLLECTOR].run("curl", "-sfo", "/dev/null", "-m2", url, check=False).returncode == 0

    def _start_collector(self) -> None:
        data = self.lab.run_dir / "collector"
        interval = str(INTERVAL_S)
        words = [sys.executable, "-m", "regiowacht", "collector", "run", "--region", str(FOLDER), "--data", str(data)]
        words += ["--scrape-interval", interval, "--rule-interval", interval]
        scratch = self.lab.run_dir / "tmp"  # goes with the lab, also when the collector is killed over it
        scratch.mkdir(exist_ok=True)
        with self._collector_log.open("wb") as out:
            self._collector = subprocess.Popen(
                self.lab.hosts[COLLECTOR].network_command(*words),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, "TMPDIR": str(scratch)},
            )

    def _wait_good(self) -> None:
        servers = {asset.name for asset in self._servers()}

        def all_good() -> bool:
            if self._collector is not None and self._collector.poll() is not None:
                said = self._collector_log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
                raise LabError(f"the collector ended: {said[-1]}")
            states = self.states()
            return all(states.get(name) == 0 for name in servers)

        until(all_good, 10, "every server's state to be goed", every_s=0.2)


def _hosts(town: Town) -> dict[str, str]:
    """Return the names of a town's hosts, each with the root file system it has."""
    network = (town.router.name, town.switch.name, *(asset.name for asset in town.others))
    return {**dict.fromkeys(network, "host"), town.server.name: "server"}


def _all_of(pool: ThreadPoolExecutor, calls: Iterable[Callable[[], None]]) -> None:
    """Run calls side by side; raise the first error after all have ended."""
    running = [pool.submit(call) for call in calls]
    with contextlib.suppress(LabError):
        for one in running:
            one.result()
    for one in running:
        one.result()
