"""From a code to data in Prometheus: a real collector, a server that joins it, a change of its region, and a clone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.ports import free_port
from regiowacht_contract.catalogue import metric
from regiowacht_inventory import example_path
from tests.agent.agent_process import AgentProcess
from tests.agent.certificates import write_pair
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEADLINE_S = 100.0
SERVER = "srv-app"


class Running:
    """A collector with a gateway, as a process.

    Attributes:
        engine: URL of its Prometheus.
        region: its region folder.
        data: its data folder.
        interval: seconds between two scrapes, and two evaluations of rules.
    """

    interval = "5"

    def __init__(self, folder: Path) -> None:
        self.certificate, self.key = write_pair(folder)
        self.gateway_port = free_port()
        self.url = f"https://127.0.0.1:{self.gateway_port}"
        self.data = folder / "data"
        self.region = shutil.copytree(example_path(), folder / "region")
        self.edit("region.yml", "https://regiowacht.example", self.url)
        self.edit("region.yml", "# agent: {deliver: push}", "agent: {deliver: push, interval: 5s}")
        self.start()

    def start(self) -> None:
        """Start it, on the port of its gateway that servers know."""
        listen = ["--gateway-listen", f"127.0.0.1:{self.gateway_port}", "--gateway-key", str(self.key)]
        command = self._words("run", "--region", str(self.region), "--engine", need("prometheus"), "--port", "0")
        exporter = [
            "--scrape-interval",
            self.interval,
            "--exporter-port",
            str(free_port()),
            "--gateway-certificate",
            str(self.certificate),
        ]
        self.process = subprocess.Popen([*command, *listen, *exporter], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.engine = self.process.stdout.readline().partition(" ")[2].strip()
        assert self.process.stdout.readline().startswith("gateway https://")

    def kill(self) -> None:
        """End it without a word."""
        self.process.kill()
        self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def join(self, state: Path) -> None:
        """Invite the server, and have it join."""
        code = self.ask("invite", "zandbeke", "--server", SERVER, "--region", str(self.region))
        join = [sys.executable, "-m", "regiowacht", "agent", "join", self.url, code, "--no-run", "--lang", "en"]
        trust = ["--ca", str(self.certificate), "--state", str(state)]
        joined = subprocess.run([*join, *trust], capture_output=True, text=True, check=False)
        assert joined.returncode == 0, joined.stderr

    def edit(self, file: str, before: str, after: str) -> None:
        path = self.region / file
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    def ask(self, verb: str, *words: str) -> str:
        done = subprocess.run(self._words(verb, *words), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def values(self, query: str) -> dict[str, float]:
        """Return the values that a query finds, by instance."""
        url = f"{self.engine}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            found = json.load(answer)["data"]["result"]
        return {one["metric"].get("instance", ""): float(one["value"][1]) for one in found}

    def meanings(self, name: str) -> object:
        """Return what the engine says that a metric means."""
        with urllib.request.urlopen(f"{self.engine}/api/v1/metadata?metric={name}", timeout=30) as answer:
            return json.load(answer)["data"].get(name)

    def _words(self, verb: str, *words: str) -> list[str]:
        command = [sys.executable, "-m", "regiowacht", "collector", verb, *words]
        return [*command, "--data", str(self.data), "--lang", "en"]


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    made = Running(folder)
    try:
        yield made
    finally:
        made.process.terminate()
        made.process.wait(60)
        if made.process.stdout is not None:
            made.process.stdout.close()


@contextmanager
def agent(state: Path) -> Iterator[AgentProcess]:
    made = AgentProcess.start("--state", str(state), "--listen", "127.0.0.1:0", REGIOWACHT_TEST_ASK_EVERY_S="1")
    try:
        yield made
    finally:
        made.end()


def wait(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_from_a_code_to_data_and_from_a_change_to_other_data(tmp_path: Path) -> None:
    state, clone = tmp_path / "state", tmp_path / "clone"
    with running(tmp_path) as collector:
        collector.join(state)
        with agent(state) as first:
            load = 'node_load1{gemeente="zandbeke"}'
            wait(lambda: SERVER in collector.values(load))
            wait(lambda: collector.values(f'up{{instance="{SERVER}", job="node"}}') == {SERVER: 1})
            told = {"type": "gauge", "unit": "", "help": metric("node_load1").help}
            wait(lambda: collector.meanings("node_load1") == [told])

            collector.edit("region.yml", "interval: 5s", "interval: 6s")
            collector.ask("reload")
            first.wait_said("event=reloaded")

            shutil.copytree(state, clone, ignore=shutil.ignore_patterns("spool*"))
            with agent(clone):
                wait(lambda: {SERVER, f"{SERVER}~2"} <= set(collector.values(load)))
                wait(lambda: 2 in collector.values("regiowacht_gateway_machines").values())

            collector.ask("revoke", "zandbeke", SERVER)
            wait(lambda: any("reason=revoked" in line for line in first.said))
