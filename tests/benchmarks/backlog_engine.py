"""What an engine needs to take in a day of a region that was cut off: time, memory, disk.

Usage: python -m tests.benchmarks.backlog_engine [SERIES] [HOURS] [NAME...]

Every series has a sample a minute. They come as a gateway hands on a backlog: requests of 500 series with an hour of
samples each, the oldest hour of all series first, over one connection, after live samples of all series, which go on
every minute of the engine's own time meanwhile. Engines: prometheus (the one of the tests), newest, victoria.
"""

from __future__ import annotations

import http.client
import sys
import tempfile
import time
from array import array
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_collector.engine import inspect
from regiowacht_contract.wire.encode import backlog, head, request
from regiowacht_contract.wire.snappy import compress
from tests.collector.engines.victoria import victoria_metrics
from tests.collector.gateway.engines import real_engine
from tests.parts import need_peer

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE, AN_HOUR, LIVE = 500, 60, 2000
MINUTE_MS = 60_000
HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


class Sender:
    """Writes to one engine over one connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def send(self, body: bytes) -> float:
        """Write a body and return how long that took, seconds."""
        packed = compress(body)
        begun = time.monotonic()
        self._connection.request("POST", "/api/v1/write", packed, HEADERS)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status not in {200, 204}:
            raise SystemExit(f"{answer.status} {said[:200]!r}")
        return time.monotonic() - begun


def heads(series: int) -> list[bytes]:
    """Return the labels of so many series of servers of 300 series each."""
    return [
        head(
            {
                "__name__": f"node_metric_{number % 300}_total",
                "gemeente": f"gemeente-{number // 4500}",
                "scope": f"gemeente-{number // 4500}/infrastructuur",
                "site": "stadhuis",
                "instance": f"srv-{number // 300}",
                "job": "node",
            }.items()
        )
        for number in range(series)
    ]


def rss_mb(pid: int) -> int:
    """Return the resident memory of a process, MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1000


def disk_mb(folder: Path) -> int:
    """Return how large a folder is, MB."""
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file()) // 10**6


def engines(folder: Path, names: list[str]) -> Iterator[tuple[str, int, int, Path]]:
    """Start each and yield its name, port, process and folder; it is ended before the next."""
    for name in names:
        place = folder / name
        place.mkdir()
        with ExitStack() as one:
            if name == "victoria":
                url = one.enter_context(victoria_metrics(place))
                port = int(url.rpartition(":")[2])
                pid = _listens(str(place / "victoria"))
                version = need_peer("victoria_metrics").version
            else:
                newest = inspect(need_peer("prometheus").path) if name == "newest" else None
                real = one.enter_context(real_engine(place / "engine", newest, "15d"))
                port, pid = int(real.url.rpartition(":")[2].partition("/")[0]), real.pid
                version = newest.version_text if newest else "of this Debian"
            yield f"{name} {version}", port, pid, place


def _listens(word: str) -> int:
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in cmdline.read_bytes():
                return int(cmdline.parent.name)
        except OSError:
            continue
    raise SystemExit("no VictoriaMetrics")


def measure(port: int, pid: int, place: Path, series: int, hours: int) -> str:
    """Write and return a row of the table."""
    told, sender = heads(series), Sender(port)
    values = [array("d", [float(minute * 7 % 101 + number % 13) for number in range(AT_ONCE)]) for minute in range(60)]
    begun_ms = int(time.time() * 1000)
    live = [request(told[at : at + LIVE], array("d", [1.0] * len(told[at : at + LIVE])), begun_ms)
            for at in range(0, series, LIVE)]  # fmt: skip
    for body in live:
        sender.send(body)
    before, peak, slowest, next_live = rss_mb(pid), 0, 0.0, time.monotonic() + 60
    begun = time.monotonic()
    for hour in range(hours, 0, -1):
        times = [begun_ms - hour * AN_HOUR * MINUTE_MS + minute * MINUTE_MS for minute in range(AN_HOUR)]
        for at in range(0, series, AT_ONCE):
            some = told[at : at + AT_ONCE]
            sender.send(backlog(some, [column[: len(some)] for column in values], times))
            if time.monotonic() >= next_live:
                now_ms = int(time.time() * 1000)
                for first in range(0, series, LIVE):
                    part = told[first : first + LIVE]
                    slowest = max(slowest, sender.send(request(part, array("d", [1.0] * len(part)), now_ms)))
                next_live += 60
        peak = max(peak, rss_mb(pid))
    took = time.monotonic() - begun
    samples = series * hours * AN_HOUR
    return (
        f"{samples / 1e6:.1f} M samples | {took:.0f} s | {samples / took / 1000:.0f} k/s | {before} MB | {peak} MB | "
        f"{disk_mb(place)} MB | {slowest * 1000:.0f} ms"
    )


def main(words: list[str]) -> int:
    """Measure, print a row an engine, and return 0."""
    series, hours = (int(words[0]) if words else 20_000), (int(words[1]) if len(words) > 1 else 24)
    names = words[2:] or ["prometheus", "newest", "victoria"]
    print("engine | samples | time | a second | memory before | memory at most | disk | slowest live write of 2,000")
    with tempfile.TemporaryDirectory() as folder:
        for name, port, pid, place in engines(Path(folder), names):
            print(f"{name} | {measure(port, pid, place, series, hours)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
