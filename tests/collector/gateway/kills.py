"""Kills a collector or its engine at random points while others write, and looks what of it is stored."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from regiowacht_collector.client import Client
from regiowacht_collector.ports import free_port
from regiowacht_contract.errors import Found, Unreachable
from regiowacht_contract.wire.encode import head, request
from regiowacht_contract.wire.snappy import compress
from regiowacht_inventory import example_path

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

SERIES = 40
READY_WITHIN_S = 180.0
LANG = ("--lang", "en")


@dataclass
class Findings:
    """What came of it.

    Attributes:
        kills: how often a process was killed.
        acknowledged: writes that were answered with 204.
        again: writes that were sent again, since no answer came.
        missing: acknowledged samples that are not there.
        wrong: samples that are there with another value, or twice.
    """

    kills: int = 0
    acknowledged: int = 0
    again: int = 0
    missing: int = 0
    wrong: int = 0


@dataclass
class Sender:
    """One client: writes, and writes again what was not acknowledged.

    Attributes:
        name: its series' instance.
        told: time in milliseconds and value of each acknowledged write.
    """

    name: str
    token: str
    url: str
    told: dict[int, float] = field(default_factory=dict)
    again: int = 0

    def __post_init__(self) -> None:
        labels = {
            "gemeente": "zandbeke",
            "scope": "zandbeke/overig",
            "site": "x",
            "instance": self.name,
            "job": "relay",
        }
        self._heads = [
            head({**labels, "__name__": "written", "number": str(number)}.items()) for number in range(SERIES)
        ]
        self._headers = {"Authorization": f"Bearer {self.token}", "Content-Encoding": "snappy"}

    def write_until(self, stop: threading.Event) -> None:
        """Write until ``stop`` is set, and the last write is acknowledged."""
        with httpx.Client(timeout=20) as client:
            while not stop.is_set():
                at_ms = round(time.time() * 1000)
                value = float(len(self.told))
                body = compress(request(self._heads, [value] * SERIES, at_ms))
                while not self._try(client, body):
                    self.again += 1
                    time.sleep(0.1)
                self.told[at_ms] = value
                time.sleep(0.005)

    def _try(self, client: httpx.Client, body: bytes) -> bool:
        try:
            answer = client.post(f"{self.url}/api/v1/write", content=body, headers=self._headers)
        except httpx.HTTPError:
            return False
        assert answer.status_code in {204, 503}, answer.text
        return answer.status_code == 204


class Collector:
    """A ``collector run`` that is started again on the same ports and folder.

    Args:
        data: its folder.
        engine: the program.
    """

    def __init__(self, data: Path, engine: str) -> None:
        self.data = data
        ports = [str(free_port()) for _ in range(3)]
        self.gateway = f"http://127.0.0.1:{ports[2]}"
        self.engine = Client(f"http://127.0.0.1:{ports[0]}")
        words = ["run", "--region", str(example_path()), "--data", str(data), "--engine", engine, "--port", ports[0]]
        words += ["--exporter-port", ports[1], "--gateway-listen", f"127.0.0.1:{ports[2]}", *LANG]
        self._command = [sys.executable, "-m", "regiowacht", "collector", *words]
        self._said = data.with_suffix(".log")
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, again and again while the engine of the one before still ends."""
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            with self._said.open("wb") as said:
                process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=said, text=True)
            assert process.stdout is not None
            if process.stdout.readline() and process.stdout.readline():
                self._process = process
                return
            process.stdout.close()
            process.wait()
            assert time.monotonic() < deadline, self._said.read_text()
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill the collector and start it again."""
        assert self._process is not None
        self._end(signal.SIGKILL)
        self.start()

    def kill_engine(self) -> None:
        """Kill the engine alone; the collector starts it again."""
        assert self._process is not None
        children = f"/proc/{self._process.pid}/task/{self._process.pid}/children"
        with open(children, encoding="ascii") as file:  # noqa: PTH123
            pids = [int(pid) for pid in file.read().split()]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + READY_WITHIN_S
        while not self.engine.is_ready():
            assert time.monotonic() < deadline, "the engine did not start again"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it in good order."""
        if self._process is not None:
            self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(120)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None

    def token(self, name: str) -> str:
        """Return the token of a new client."""
        words = ["invite", "zandbeke", "--client", name, "--region", str(example_path()), "--data", str(self.data)]
        command = [sys.executable, "-m", "regiowacht", "collector", *words, "--json", *LANG]
        told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        return str(told["token"])

    def stored(self, name: str) -> list[dict[str, list[tuple[float, str]]]]:
        """Return every stored sample of a client's series."""
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                body = self.engine._ask(f"/api/v1/query?query=written%7Binstance%3D%22{name}%22%7D%5B6h%5D")
            except (Unreachable, Found):
                assert time.monotonic() < deadline
                time.sleep(0.1)
                continue
            result: list[dict[str, list[tuple[float, str]]]] = json.loads(body)["data"]["result"]
            return result


def kill_at_random(data: Path, engine: str, kills: int, random: Random, clients: int = 3) -> Findings:
    """Kill the collector or its engine ``kills`` times while clients write, and compare what is stored."""
    collector, findings, stop = Collector(data, engine), Findings(kills=kills), threading.Event()
    try:
        collector.start()
        names = [f"client-{number}" for number in range(clients)]
        writing = [Sender(name, collector.token(name), collector.gateway) for name in names]
        threads = [threading.Thread(target=client.write_until, args=(stop,)) for client in writing]
        for thread in threads:
            thread.start()
        try:
            for _ in range(kills):
                time.sleep(random.uniform(0, 0.8))
                random.choice((collector.kill, collector.kill_engine))()
        finally:
            stop.set()
            for thread in threads:
                thread.join(READY_WITHIN_S)
        for client in writing:
            _compare(client, collector.stored(client.name), findings)
    finally:
        stop.set()
        collector.stop()
    return findings


def _compare(client: Sender, stored: list[dict[str, list[tuple[float, str]]]], findings: Findings) -> None:
    findings.acknowledged += len(client.told)
    findings.again += client.again
    findings.missing += (SERIES - len(stored)) * len(client.told)
    for series in stored:
        found = [(round(at * 1000), float(value)) for at, value in series["values"]]
        there = dict(found)
        findings.missing += sum(at not in there for at in client.told)
        findings.wrong += len(found) - len(there)
        findings.wrong += sum(there[at] != value for at, value in client.told.items() if at in there)
        findings.wrong += sum(at not in client.told for at in there)
