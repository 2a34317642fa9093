"""What the whole collector side of the smallest region takes: a gemeente with one server and three devices.

Usage: python -m tests.benchmarks.small_region [MINUTES] [PROCESSOR]

``collector run`` with its engine, Alertmanager and gateway on one processor (10 minutes on processor 0 where nothing is
said), with default intervals and every rule. Beside it, on any processor, an agent that joined pushes its host and
what three snmpds say. In the middle one of them goes, so that an alert is delivered. Memory is that of the tree of
processes: the proportional set size, in which what is shared with others is counted in part, and the resident one,
in which it is counted whole for each process: the truth for a machine of its own lies between them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from regiowacht_collector.client import Client
from regiowacht_collector.ports import free_port
from tests.agent.agent_process import AgentProcess
from tests.agent.certificates import write_pair
from tests.agent.snmp.snmpd import COMMUNITY, Snmpd, snmpd
from tests.agent.snmp.snmpd import free_port as free_udp_port
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator

DEVICES = ("rt-1", "sw-1", "ups-1")
LOOK_EVERY_S = 5.0
MB = 1024
CALM_S = 120.0
"""From when on it counts as under way: before, everything starts."""


class Desk(BaseHTTPRequestHandler):
    """Where messages about alerts arrive."""

    arrived: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        """Take one."""
        self.arrived.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def region(folder: Path, gateway: str, desk: str, ports: dict[str, int]) -> Path:
    """Write the region folder, and return it."""
    (folder / "gemeenten").mkdir(parents=True)
    secret = folder.parent / "community"
    secret.write_bytes(COMMUNITY)
    names = {name: f'{{version: 2c, community: "file:{secret}", port: {port}}}' for name, port in ports.items()}
    (folder / "region.yml").write_text(
        f"name: Klein\nregio: klein\nlanguage: nl\ntimezone: Europe/Brussels\ncollector: {{url: {gateway}}}\n"
        "agent: {deliver: push}\nalerts:\n  receivers:\n"
        f"    ict-dienst: {{webhook: {desk}}}\n  to:\n    - {{to: [ict-dienst], hours: always}}\n"
        "leveranciers:\n  telco-a: {name: Telco A}\n"
        "credentials:\n" + "".join(f"  {name}: {words}\n" for name, words in names.items())
    )
    kinds = dict(zip(DEVICES, ("router", "switch", "ups"), strict=True))
    (folder / "gemeenten/testdorp.yml").write_text(
        'gemeente: testdorp\nid: 1\nname: Testdorp\ncountry: BE\ncode: "44998"\ninhabitants: 9000\nsites:\n'
        "  gemeentehuis:\n    address: Dorpsplein 1\n    poller: srv-1\n    uplinks:\n"
        "      - {name: wan-1, device: rt-1, port: lo, leverancier: telco-a, bandwidth: 200M}\n"
        "servers:\n  - {name: srv-1, site: gemeentehuis, address: 127.0.0.1, os: linux}\ndevices:\n"
        + "".join(
            f"  - {{name: {name}, site: gemeentehuis, address: 127.0.0.{at}, kind: {kinds[name]}, snmp: {name}}}\n"
            for at, name in enumerate(DEVICES, 2)
        )
    )
    return folder


def regiowacht(*words: str) -> str:
    """Run the command, and return what it prints."""
    command = [sys.executable, "-m", "regiowacht", *words, "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def collector(folder: Path, data: Path, processor: int, *gateway: str) -> Iterator[tuple[int, Client]]:
    """Run the collector side on one processor; give its process id and its engine."""
    words = ["run", "--region", str(folder), "--data", str(data), "--engine", need("prometheus"), "--port", "0"]
    words += ["--exporter-port", str(free_port()), "--alertmanager-port", str(free_port()), "--lang", "en", *gateway]
    command = ["taskset", "-c", str(processor), sys.executable, "-m", "regiowacht", "collector", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.pid, Client(process.stdout.readline().split()[1])
        finally:
            process.terminate()
            process.wait(120)


def tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    found = [pid]
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            found += tree(int(child))
    return found


def sizes_kb(pid: int) -> tuple[int, int]:
    """Return proportional and resident set size, kB."""
    words = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]]
    rows = {row[0]: int(row[1]) for row in words}
    return rows["Pss:"], rows["Rss:"]


def measure(pid: int) -> dict[str, tuple[int, int]]:
    """Return the sizes of each process below ``pid``, kB, by its name and number in the tree."""
    found: dict[str, tuple[int, int]] = {}
    for at, one in enumerate(tree(pid)):
        try:
            found[f"{at} {Path(f'/proc/{one}/comm').read_text().strip()}"] = sizes_kb(one)
        except (OSError, KeyError):
            continue  # it ended meanwhile
    return found


def total_mb(found: dict[str, tuple[int, int]], which: int) -> float:
    """Return the sum, MB."""
    return sum(sizes[which] for sizes in found.values()) / MB


def cpu_s(pid: int) -> float:
    """Return the processor time of a tree, seconds, with that of processes that ended."""
    ticks = 0
    for one in tree(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def watch(pid: int, until_s: float, sick: Snmpd) -> list[dict[str, tuple[int, int]]]:
    """Measure until then, and end a device half way; return what was seen once everything was under way."""
    began, seen = time.monotonic(), []
    half_s = began + (until_s - began) / 2
    while time.monotonic() < until_s:
        if time.monotonic() > half_s:
            sick.process.kill()
        if time.monotonic() > min(began + CALM_S, half_s):
            seen.append(measure(pid))
        time.sleep(LOOK_EVERY_S)
    return seen


def main(words: list[str]) -> int:
    """Measure, print, and return 0."""
    minutes, processor = (float(words[0]) if words else 10.0), int(words[1]) if words[1:] else 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        desk = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        stack.callback(desk.server_close)
        threading.Thread(target=desk.serve_forever, daemon=True).start()
        stack.callback(desk.shutdown)
        ports = {name: free_udp_port() for name in DEVICES}
        running = []
        for at, (name, port) in enumerate(ports.items(), 2):
            (folder / name).mkdir()
            where = f"agentaddress udp:127.0.0.{at}:{port}"
            running.append(stack.enter_context(snmpd(folder / name, where, port=port)))
        certificate, key = write_pair(folder)
        gateway = f"127.0.0.1:{free_port()}"
        declared = region(folder / "region", f"https://{gateway}", f"http://127.0.0.1:{desk.server_port}/", ports)
        data, state = folder / "data", folder / "state"
        tls = ("--gateway-listen", gateway, "--gateway-certificate", str(certificate), "--gateway-key", str(key))
        pid, engine = stack.enter_context(collector(declared, data, processor, *tls))
        code = regiowacht(
            "collector", "invite", "testdorp", "--server", "srv-1", "--region", str(declared), "--data", str(data)
        )
        trust = ("--ca", str(certificate), "--state", str(state), "--no-run")
        regiowacht("agent", "join", f"https://{gateway}", code, *trust)
        agent = AgentProcess.start("--state", str(state), "--listen", f"127.0.0.1:{free_port()}")
        stack.callback(agent.end)
        agent.wait_ready()
        before, began = cpu_s(pid), time.monotonic()
        seen = watch(pid, began + minutes * 60, running[-1])
        spent = (cpu_s(pid) - before) / (time.monotonic() - began)
        states = {labels["instance"]: value for labels, value in engine.query("regiowacht:asset_state")}
        series = engine.query('count({__name__!=""})')[0][1]
        most, last = max(seen, key=lambda one: total_mb(one, 0)), seen[-1]
        print(f"{minutes:g} min, load {os.getloadavg()[0]:.1f}, {series:.0f} series, {100 * spent:.0f} % of a core")
        print(f"states {json.dumps(states)}; messages {len(Desk.arrived)}")
        for name, (pss, rss) in last.items():
            print(f"| {name} | {pss / MB:.0f} | {rss / MB:.0f} |")
        print(f"| all | {total_mb(last, 0):.0f} | {total_mb(last, 1):.0f} |")
        print(f"| all, at most | {total_mb(most, 0):.0f} | {max(total_mb(one, 1) for one in seen):.0f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
