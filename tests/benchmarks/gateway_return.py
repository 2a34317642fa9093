"""What it costs the receiver that a region returns at once after a cut: memory, time, and what is live meanwhile.

Usage: python -m tests.benchmarks.gateway_return [SERIES] [HOURS] [EVERY_S]

Every server of 1,500 series comes back at the same moment, in two gemeenten, each with so many hours of readings that
are so far apart (20,000 series, 2 hours and 60 seconds where nothing is said; 200,000 and 24 are a region that was away
for a day). They send as agents do: 500 series with 60 samples a request, in the lane of the backlog, one after another,
and wait as they are told to. Meanwhile one more server of each gemeente sends 300 fresh samples every second.
``collector run`` and its engine are real; all runs on this machine, so that senders take their part of its processors.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from array import array
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

import httpx

from regiowacht_contract.wire.encode import backlog, head, request
from regiowacht_contract.wire.snappy import compress
from tests.benchmarks.backlog_engine import rss_mb
from tests.collector.gateway.test_serving import LISTEN, Run, run

GEMEENTEN = ("zandbeke", "oosthove")
OF_A_SERVER, AT_ONCE, LIVE, READINGS = 1_500, 500, 300, 60
MINUTE_MS = 60_000


class Sender:
    """A server that writes; it waits as long as it is told to, and counts what it was told."""

    def __init__(self, url: str, token: str, lane: str) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Encoding": "snappy", "X-Regiowacht-Lane": lane}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=300, trust_env=False)
        self.answers: Counter[int] = Counter()

    def send(self, body: bytes) -> None:
        """Write until it is stored.

        Raises:
            SystemExit: it never will be.
        """
        packed = compress(body)
        while True:
            answer = self._client.post("/api/v1/write", content=packed)
            self.answers[answer.status_code] += 1
            if answer.status_code == 204:
                return
            if answer.status_code not in {429, 503}:
                raise SystemExit(f"{answer.status_code} {answer.text}")
            time.sleep(float(answer.headers["Retry-After"]))


def heads(server: str, series: int) -> list[bytes]:
    """Return the labels of so many series of a server."""
    return [
        head((("__name__", f"node_metric_{number}_total"), ("instance", server), ("job", "node"), ("site", "x")))
        for number in range(series)
    ]


def returns(sender: Sender, server: str, series: int, readings: int, every_s: int) -> None:
    """Send all that a server has kept, the oldest first."""
    told, until_ms = heads(server, series), int(time.time()) * 1000 - 2 * MINUTE_MS
    columns = [array("d", [float(row * 7 % 101 + n % 13) for n in range(AT_ONCE)]) for row in range(READINGS)]
    kept = [until_ms - at * every_s * 1000 for at in range(readings, 0, -1)]
    for first in range(0, readings, READINGS):
        times = kept[first : first + READINGS]
        for at in range(0, series, AT_ONCE):
            some = told[at : at + AT_ONCE]
            sender.send(backlog(some, [column[: len(some)] for column in columns[: len(times)]], times))


def live(sender: Sender, server: str, ended: threading.Event) -> list[float]:
    """Send fresh samples every second until it is told to end; return how long each took, waits included, seconds."""
    told, took = heads(server, LIVE), []
    while not ended.wait(1):
        begun = time.monotonic()
        sender.send(request(told, array("d", [1.0] * LIVE), int(time.time() * 1000)))
        took.append(time.monotonic() - begun)
    return took


def peak_mb(pid: int) -> int:
    """Return the most resident memory that a process ever had, MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1000


def engine_of(pid: int) -> int:
    """Return the process of the engine among those that the collector started."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    pids = [int(child) for found in children for child in found.read_text().split()]
    return next(pid for pid in pids if b"prometheus" in Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0])


def measure(running: Run, series: int, hours: int, every_s: int) -> str:
    """Let the region return, and return a row of the table."""
    readings = hours * 3_600 // every_s
    sizes = [min(OF_A_SERVER, series - at) for at in range(0, series, OF_A_SERVER)]
    names = [f"srv-{number}" for number in range(len(sizes))]
    old, new = (
        [Sender(running.gateway, running.token_of(name, GEMEENTEN[n % 2]), lane) for n, name in enumerate(some)]
        for some, lane in ((names, "backlog"), (["live-0", "live-1"], "live"))
    )
    pids, ended = (running.process.pid, engine_of(running.process.pid)), threading.Event()
    before = [rss_mb(pid) for pid in pids]
    with ThreadPoolExecutor(len(old) + len(new)) as pool:
        fresh = [pool.submit(live, sender, f"live-{n}", ended) for n, sender in enumerate(new)]
        try:
            begun = time.monotonic()
            for done in [pool.submit(returns, *one, readings, every_s) for one in zip(old, names, sizes, strict=True)]:
                done.result()
            took_s = time.monotonic() - begun
        finally:
            ended.set()
        latencies = [one for waiting in fresh for one in waiting.result()]
    samples, cuts = series * readings, quantiles(latencies, n=100, method="inclusive")
    waits = sum((sender.answers for sender in old), Counter[int]())
    live_waits = sum(count for sender in new for status, count in sender.answers.items() if status != 204)
    memory = " | ".join(f"{was} to {peak_mb(pid)} MB" for was, pid in zip(before, pids, strict=True))
    live_ms = " / ".join(f"{each_s * 1000:.0f}" for each_s in (cuts[49], cuts[98], max(latencies)))
    return (
        f"{series} x {hours} h, every {every_s} s | {samples / 1e6:.1f} M | {took_s:.0f} s | "
        f"{samples / took_s / 1000:.0f} k/s | "
        f"{memory} | {waits[503]} / {waits[429]} | {live_ms} ms | {live_waits} of {len(latencies)}"
    )


def main(words: list[str]) -> int:
    """Measure, print, and return 0."""
    series, hours, every_s = (int(word) for word in [*words, *("20000", "2", "60")[len(words) :]])
    with tempfile.TemporaryDirectory() as folder, run(Path(folder) / "data", *LISTEN) as running:
        print(
            "series | samples | time | a second | collector with gateway | engine | told to wait (503 / 429) | "
            "live write: half / 99 of 100 / slowest | of those told to wait"
        )
        print(measure(running, series, hours, every_s))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
