"""How soon a change in the region folder is data: from an agent's question to its first sample in the engine.

A real collector with a gateway over TLS and Prometheus, and a real agent that joined it, on the loopback, all with
their own intervals (15 s). Each round a service is added to the region folder, a port that answers; the collector is
told to read the folder, and the agent asks when it is its time. Told are, from the moment at which it began to ask:

- when the agent has it in force,
- when its first sample is there for a query,
- when the rules have its state, which the dashboards' tiles show.

Between a change and the question lie five minutes at most, give or take 30 s; here the agent asks every 20 s or so.

Usage: python -m tests.benchmarks.region_change [--rounds 20]
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_collector.engine import find_engine
from regiowacht_collector.ports import free_port
from tests.agent.agent_process import AgentProcess
from tests.agent.certificates import write_pair
from tests.flow.test_joining import SERVER, Running

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ASK_EVERY_S = "20"
LOOK_EVERY_S = 0.05
WITHIN_S = 300.0
ROUNDS = 20
STEPS = ("in force at the agent", "first sample in the engine", "state recorded by the rules")

REGION = """
name: Voorbeeldregio
regio: voorbeeld
collector: {{url: "{url}"}}
agent: {{deliver: push}}
"""
GEMEENTE = """
gemeente: zandbeke
id: 12
name: Zandbeke
country: BE
code: "44999"
sites: {{hall: {{poller: {server}}}}}
servers: [{{name: {server}, site: hall, address: 127.0.0.1, os: linux}}]
services:
"""
SERVICE = '  - {{name: {name}, site: hall, probe: tcp, target: "127.0.0.1:{port}"}}\n'


class Small(Running):
    """A collector of a region with one server, which asks the services of its site."""

    interval = "15"

    def __init__(self, folder: Path, port: int) -> None:
        self.certificate, self.key = write_pair(folder)
        self.gateway_port, self._port = free_port(), port
        self.url = f"https://127.0.0.1:{self.gateway_port}"
        self.data, self.region = folder / "data", folder / "region"
        self._gemeente = self.region / "gemeenten" / "zandbeke.yml"
        self._gemeente.parent.mkdir(parents=True)
        (self.region / "region.yml").write_text(REGION.format(url=self.url))
        self._gemeente.write_text(GEMEENTE.format(server=SERVER))
        self.add("first")
        self.start()

    def add(self, name: str) -> None:
        """Add a service to the region folder."""
        with self._gemeente.open("a") as file:
            file.write(SERVICE.format(name=name, port=self._port))


def main(words: Sequence[str]) -> int:
    """Print how soon changes were data; return the exit code."""
    told = argparse.ArgumentParser(prog="python -m tests.benchmarks.region_change")
    told.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = told.parse_args(words).rounds
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0), backlog=512) as answers:
        found = measure(Path(folder), answers.getsockname()[1], rounds)
    print(f"{find_engine().name()}, {rounds} changes; seconds from the agent's question\n")
    print("| | median | worst |\n|---|---|---|")
    for at, step in enumerate(STEPS):
        took_s = [one[at] for one in found]
        print(f"| {step} | {statistics.median(took_s):.1f} | {max(took_s):.1f} |")
    return 0


def measure(folder: Path, port: int, rounds: int) -> list[tuple[float, ...]]:
    """Return of each round the seconds from the question to each of ``STEPS``."""
    collector = Small(folder, port)
    state = folder / "state"
    with contextlib.ExitStack() as stack:
        stack.callback(_end, collector)
        collector.join(state)
        where = ("--state", str(state), "--listen", "127.0.0.1:0")
        agent = AgentProcess.start(*where, REGIOWACHT_TEST_ASK_EVERY_S=ASK_EVERY_S)
        stack.callback(agent.end)
        _when(lambda: bool(collector.values('probe_success{instance="first"}')))
        return [_round(collector, agent, f"new-{at}") for at in range(rounds)]


def _round(collector: Small, agent: AgentProcess, name: str) -> tuple[float, ...]:
    reloads = sum("event=reloaded" in line for line in agent.said)
    collector.add(name)
    collector.ask("reload")
    loaded_s = time.time()
    in_force_s = _when(lambda: sum("event=reloaded" in line for line in agent.said) > reloads)
    asked_s = float(dict(row.split("=", 1) for row in agent.get("/bundle")[1].splitlines())["at"])
    if asked_s < loaded_s - 1:
        raise RuntimeError(f"it asked {loaded_s - asked_s:.1f} s before the region was read")
    sample_s = _when(lambda: collector.values(f'probe_success{{instance="{name}"}}') == {name: 1})
    state_s = _when(lambda: collector.values(f'regiowacht:asset_state{{instance="{name}"}}') == {name: 0})
    print(f"{name}: {in_force_s - asked_s:.1f} {sample_s - asked_s:.1f} {state_s - asked_s:.1f}", file=sys.stderr)
    return in_force_s - asked_s, sample_s - asked_s, state_s - asked_s


def _when(is_so: Callable[[], bool]) -> float:
    """Return when something was so first."""
    until = time.time() + WITHIN_S
    while not is_so():
        if time.time() > until:
            raise RuntimeError("it never was")
        time.sleep(LOOK_EVERY_S)
    return time.time()


def _end(collector: Small) -> None:
    collector.process.terminate()
    collector.process.wait(60)
    if collector.process.stdout is not None:
        collector.process.stdout.close()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
