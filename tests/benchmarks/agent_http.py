"""The agent beside its peers: what a scrape costs, and what 800 half-open connections do to each.

``python tests/benchmarks/agent_http.py`` prints a table and, for each peer, ratios of the same run. Peers:
prometheus_client's own server in a bare process, and node_exporter, from PATH or unpacked from Debian's package into
a cache folder; a peer that cannot be had is left out and said so. Everything stays on the loopback, and every process
is ended by its own number.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from regiowacht_agent.psutil_reader import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HALF_OPEN = 800
WARM_UPS = 10
SCRAPES = 200
READY_S = 15.0
SETTLE_S = 7.0
"""Longer than the agent's time-outs of 5 s."""

PROMETHEUS_CLIENT = (
    "import sys, threading, prometheus_client\n"
    "prometheus_client.start_http_server(int(sys.argv[1]), addr='127.0.0.1')\n"
    "threading.Event().wait()\n"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process cost: CPU in ms a scrape, memory in MB, answer in bytes and series."""

    cpu_ms: float
    rss_mb: float
    size_bytes: int
    series: int


@dataclass(frozen=True, slots=True)
class Siege:
    """What 800 half-open connections did: threads and MB more, connections held, p99 of a scrape in ms, held later."""

    threads: int
    memory_mb: float
    held: int
    p99_ms: float
    refused: int
    held_later: int


@contextlib.contextmanager
def running(command: Sequence[str], port: int) -> Iterator[psutil.Process]:
    """Run a process until the block ends; yield it once its port answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                scrape(port)
                break
            time.sleep(0.05)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(READY_S)


def scrape(port: int) -> bytes:
    """Return one exposition, over a connection of its own as a scraper that starts afresh makes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read()
    finally:
        connection.close()


def measure(process: psutil.Process, port: int) -> Cost:
    """Return what a scrape costs after the warm-ups."""
    for _ in range(WARM_UPS):
        scrape(port)
    before = sum(process.cpu_times()[:2])
    body = b""
    for _ in range(SCRAPES):
        body = scrape(port)
    used = sum(process.cpu_times()[:2]) - before
    series = sum(not row.startswith(b"#") for row in body.splitlines())
    return Cost(used * 1000 / SCRAPES, process.memory_info().rss / 1e6, len(body), series)


def besiege(process: psutil.Process, port: int) -> Siege:
    """Open 800 connections, half of them silent and half with the start of a request, and scrape meanwhile."""
    threads, memory = process.num_threads(), process.memory_info().rss
    with contextlib.ExitStack() as stack:
        for number in range(HALF_OPEN):
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            if number % 2:
                with contextlib.suppress(OSError):
                    sock.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        time.sleep(0.5)
        times, refused = timed_scrapes(port)
        more = process.num_threads() - threads, (process.memory_info().rss - memory) / 1e6
        held = connections(process)
        time.sleep(SETTLE_S)
        return Siege(more[0], more[1], held, times[int(len(times) * 0.99)] * 1000, refused, connections(process))


def timed_scrapes(port: int) -> tuple[list[float], int]:
    """Return sorted durations in seconds of 100 scrapes, and how many failed."""
    times, refused = [], 0
    for _ in range(100):
        begin = time.perf_counter()
        try:
            scrape(port)
        except (OSError, http.client.HTTPException):
            refused += 1
        times.append(time.perf_counter() - begin)
    return sorted(times), refused


def connections(process: psutil.Process) -> int:
    """Return how many connections the process holds open."""
    return sum(one.status == psutil.CONN_ESTABLISHED for one in process.net_connections(kind="tcp"))


def free_port() -> int:
    """Return a port of the loopback that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


def node_exporter() -> str | None:
    """Return node_exporter's path: from PATH, else unpacked from Debian's package into a cache folder; None without."""
    name = "prometheus-node-exporter"
    found = shutil.which(name) or shutil.which("node_exporter")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "regiowacht-benchmarks"
    unpacked = cache / "unpacked/usr/bin" / name
    if found or unpacked.exists():
        return found or str(unpacked)
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return None
    cache.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", "-qq", name], cwd=cache, check=False, stderr=subprocess.DEVNULL)
    for package in sorted(cache.glob(f"{name}_*.deb")):
        subprocess.run(["dpkg", "-x", package, cache / "unpacked"], check=False)
    return str(unpacked) if unpacked.exists() else None


def peers(port: int) -> dict[str, list[str]]:
    """Return the commands, by what they are called in the table."""
    found = {
        "regiowacht agent": [
            sys.executable, "-m", "regiowacht", "agent", "run", "--listen", f"127.0.0.1:{port}", "--exit-with-parent",
        ],
        "prometheus_client server": [sys.executable, "-c", PROMETHEUS_CLIENT, str(port)],
    }  # fmt: skip
    exporter = node_exporter()
    if exporter is None:
        print("node_exporter cannot be had here: apt install prometheus-node-exporter", file=sys.stderr)
        return found
    listen = f"--web.listen-address=127.0.0.1:{port}"
    same = [f"--collector.{entry.name}" for entry in FAMILIES if entry.default]
    found["node_exporter, default"] = [exporter, listen]
    found["node_exporter, our families"] = [exporter, listen, "--collector.disable-defaults", *same]
    return found


def main() -> None:
    """Print the costs, the sieges and the ratios."""
    costs: dict[str, Cost] = {}
    sieges: dict[str, Siege] = {}
    for name in peers(0):
        port = free_port()
        with running(peers(port)[name], port) as process:
            costs[name] = measure(process, port)
            sieges[name] = besiege(process, port)
    ours = "regiowacht agent"
    print("| process | CPU ms/scrape | RSS MB | series | bytes | CPU ratio | RSS ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, cost in costs.items():
        ratios = f"{costs[ours].cpu_ms / cost.cpu_ms:.2f} | {costs[ours].rss_mb / cost.rss_mb:.2f}"
        print(f"| {name} | {cost.cpu_ms:.2f} | {cost.rss_mb:.1f} | {cost.series} | {cost.size_bytes} | {ratios} |")
    print(
        f"\n| {HALF_OPEN} half-open | threads | MB | held | p99 ms | refused | held {SETTLE_S:g} s later | p99 ratio |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, siege in sieges.items():
        ratio = f"{sieges[ours].p99_ms / siege.p99_ms:.2f}"
        print(
            f"| {name} | +{siege.threads} | {siege.memory_mb:+.1f} | {siege.held} | {siege.p99_ms:.1f} "
            f"| {siege.refused} | {siege.held_later} | {ratio} |"
        )


if __name__ == "__main__":
    main()
