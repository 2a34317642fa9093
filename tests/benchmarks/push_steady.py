"""What a region costs the collector day in, day out: every server sends all of its series once a minute.

Usage: python -m tests.benchmarks.push_steady [SERIES] [MINUTES] [EVERY_S]

Servers of 1,500 series in two gemeenten send at moments that are evenly spread over the interval, as agents do (200,000
series, 5 minutes and 60 seconds where nothing is said). A write is on time when it is answered before the next one of
its server is due. ``collector run`` and its engine are real; at the end the engine is asked whether it has every one.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

from regiowacht_collector.gateway.joining.store import Store
from regiowacht_contract.wire.encode import head, request
from tests.benchmarks.backlog_engine import rss_mb
from tests.benchmarks.gateway_return import GEMEENTEN, OF_A_SERVER, Sender, engine_of, peak_mb
from tests.collector.gateway.test_serving import LISTEN, Run, run

NAME, BEGIN_S, STORED_S = "node_made_up_total", 2.0, 60.0


def cpu_s(pid: int) -> float:
    """Return the processor time that a process took, seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def minutes(sender: Sender, server: str, series: int, due: list[float]) -> list[tuple[float, float]]:
    """Send all series at each of these moments; return how late each write began, and when it was answered, seconds."""
    labels = ((("__name__", NAME), ("instance", server), ("job", "node"), ("number", str(at))) for at in range(series))
    told, found = [head(one) for one in labels], []
    for turn, at in enumerate(due):
        time.sleep(max(0.0, at - time.monotonic()))
        began = time.monotonic()
        values = array("d", [float(turn * 7 % 101 + number % 13) for number in range(series)])
        sender.send(request(told, values, int(time.time() * 1000)))
        found.append((began - at, time.monotonic() - at))
    return found


def measure(running: Run, series: int, turns: int, every_s: float) -> str:
    """Let the region send, and return a row of the table."""
    sizes = [min(OF_A_SERVER, series - at) for at in range(0, series, OF_A_SERVER)]
    names = [f"srv-{number}" for number in range(len(sizes))]
    store = Store(running.data)
    tokens = [store.admit_client(GEMEENTEN[at % 2], name, None)[1] for at, name in enumerate(names)]
    store.close()
    senders = [Sender(running.gateway, token, "live") for token in tokens]
    pids = (running.process.pid, engine_of(running.process.pid))
    before, cpu, load = [rss_mb(pid) for pid in pids], [cpu_s(pid) for pid in pids], os.getloadavg()[0]
    begin = time.monotonic() + BEGIN_S
    with ThreadPoolExecutor(len(names)) as pool:
        jobs = [
            pool.submit(minutes, *one, [begin + every_s * (turn + at / len(names)) for turn in range(turns)])
            for at, one in enumerate(zip(senders, names, sizes, strict=True))
        ]
        by_turn = list(zip(*[job.result() for job in jobs], strict=True))
    found = [one for turn in by_turn for one in turn]
    took_s = time.monotonic() - begin
    spent = [cpu_s(pid) - was for pid, was in zip(pids, cpu, strict=True)]
    answered = [after for _, after in found]
    cuts = quantiles(answered, n=100, method="inclusive")
    query = f"count(count_over_time({NAME}[1h]) == {turns})"
    whole, until = 0.0, time.monotonic() + STORED_S
    while whole < series and time.monotonic() < until:
        whole = running.values(query).get("", 0.0)
    memory = " | ".join(
        f"{was} to {peak_mb(pid)} MB, {100 * cost / took_s:.0f} % of a core"
        for was, pid, cost in zip(before, pids, spent, strict=True)
    )
    slowest = (max(answered), *(max(after for _, after in turn) for turn in by_turn[:2]))
    times = " / ".join(f"{each_s * 1000:.0f}" for each_s in (cuts[49], cuts[98], *slowest))
    waits = sum(count for sender in senders for status, count in sender.answers.items() if status != 204)
    late = max(began for began, _ in found)
    return (
        f"{series}, {turns} x {every_s:g} s | {series * turns / 1e6:.1f} M in {took_s:.0f} s | {memory} | {times} ms | "
        f"{sum(after <= every_s for after in answered)} of {len(answered)} | {waits} | {whole:.0f} of {series} | "
        f"load {load:.0f} to {os.getloadavg()[0]:.0f}; the sender itself began {late * 1000:.0f} ms late at most"
    )


def main(words: list[str]) -> int:
    """Measure, print, and return 0."""
    series, turns, every_s = (int(word) for word in [*words, *("200000", "5", "60")[len(words) :]])
    with tempfile.TemporaryDirectory() as folder, run(Path(folder) / "data", *LISTEN) as running:
        print(
            "series | samples | collector with gateway | engine | answered after: half / 99 of 100 / slowest / "
            "of the first turn / of the second | on time | told to wait | series with every sample | machine"
        )
        print(measure(running, series, turns, every_s))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
