"""Programs that are scraped on the loopback: started, asked, measured, ended by their own number."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import re
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Sequence

READY_S = 30.0
TIMEOUT_S = 30.0
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)", re.MULTILINE)
COUNTER = re.compile(r"^# TYPE (\w+) counter$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')

Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Program:
    """A program that runs.

    Attributes:
        process: it.
        port: of the loopback, where it answers.
        trust: what a client of one that speaks TLS trusts; None for plain HTTP.
    """

    process: psutil.Process
    port: int
    trust: ssl.SSLContext | None = None

    def scrape(self, *, packed: bool = False) -> bytes:
        """Return one exposition, over a connection of its own as a scraper that starts afresh makes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        if self.trust is not None:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=TIMEOUT_S, context=self.trust)
        try:
            connection.request("GET", "/metrics", headers={"Accept-Encoding": "gzip"} if packed else {})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != http.HTTPStatus.OK:
                raise http.client.HTTPException(f"{answer.status}: {body[:500]!r}")
            return gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body
        finally:
            connection.close()

    def cpu_s(self) -> float:
        """Return the processor time that it has used so far, all threads together (clock_getcpuclockid(3))."""
        return time.clock_gettime(~self.process.pid << 3 | 2)

    def rss_mb(self) -> float:
        """Return its resident memory."""
        return float(self.process.memory_info().rss) / 1e6

    def pss_mb(self) -> float:
        """Return its memory where what it shares with others counts for its part."""
        return float(self.process.memory_full_info().pss) / 1e6

    def connections(self) -> int:
        """Return how many connections it holds open."""
        return sum(one.status == psutil.CONN_ESTABLISHED for one in self.process.net_connections(kind="tcp"))


@contextlib.contextmanager
def running(command: Sequence[str], port: int, trust: ssl.SSLContext | None = None) -> Iterator[Program]:
    """Run a program until the block ends; yield it once it answers.

    Raises:
        TimeoutError: it does not answer.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        program = Program(psutil.Process(process.pid), port, trust)
        deadline = time.monotonic() + READY_S
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                program.scrape()
                break
            time.sleep(0.05)
        else:
            raise TimeoutError(f"does not answer: {' '.join(command)}")
        yield program
    finally:
        process.terminate()
        try:
            process.wait(READY_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def series(body: bytes) -> int:
    """Return how many series an exposition has."""
    return sum(not row.startswith(b"#") for row in body.splitlines())


def values(body: bytes) -> dict[Key, float]:
    """Return the values of an exposition, by name and labels; an empty label is none, as in Prometheus."""
    told = {}
    for name, labels, value in SAMPLE.findall(body.decode(errors="replace")):
        told[name, tuple(sorted(pair for pair in LABEL.findall(labels) if pair[1]))] = float(value)
    return told


def counters(body: bytes) -> set[str]:
    """Return the names of an exposition's counters."""
    return set(COUNTER.findall(body.decode(errors="replace")))
