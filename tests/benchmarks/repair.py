"""What it costs to repair what was recorded of a gemeente over a cut.

Usage: python -m tests.benchmarks.repair [SERVERS] [LINES] [HOURS]

Four gemeenten, each with so many servers of eight processors and so many lines, measured every 15 s; one of them was
cut off for so many hours, and all of that has come in. Told are the time and the processor time of all that runs for
it, and how large the blocks are.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from regiowacht_collector.repair.repair import Job, Site, repair
from tests.collector.repair.past import GRID, INTERVAL_MS, declared, late, live, main_engine, measured
from tests.parts import need_engine

if TYPE_CHECKING:
    from regiowacht_collector.samples import Rows

HOUR_MS = 3_600_000
PROCESSORS = 8


def many(rows: Rows, servers: int, lines: int) -> Rows:
    """Return the rows once for each server and each line, and those of processors once for each processor."""
    told: Rows = {}
    for labels, row in rows.items():
        name, job = dict(labels)["__name__"], dict(labels)["job"]
        for number in range(servers if job == "node" else lines):
            for cpu in range(PROCESSORS if name == "node_cpu_seconds_total" else 1):
                new = {
                    **dict(labels),
                    "instance": f"{job}-{number}",
                    **({"cpu": str(cpu)} if "cpu" in dict(labels) else {}),
                }
                if dict(labels).get("poller"):
                    new["poller"] = "node-0"
                told[tuple(sorted(new.items()))] = row
    return told


def main(words: list[str]) -> int:
    """Measure, print, and return 0."""
    servers, lines, hours = (int(word) for word in [*words, *("15", "120", "2")[len(words) :]])
    until_ms = int(time.time()) * 1000 - HOUR_MS
    cut = (until_ms - (hours + 1) * HOUR_MS, until_ms - HOUR_MS)
    from_ms = cut[0] - HOUR_MS
    engine = need_engine()
    with (
        tempfile.TemporaryDirectory() as place,
        patch("tests.collector.repair.past.measured", lambda *told: many(measured(*told), servers, lines)),
        patch("tests.collector.repair.past.declared", lambda *told: many(declared(*told), servers, lines)),
        patch("regiowacht_collector.repair.repair.evaluation_grid", lambda *_: GRID),
        main_engine(engine, Path(place) / "main") as main_of,
    ):
        from tests.collector.repair.past import write  # noqa: PLC0415 - after the patches

        live(engine, main_of, Path(place) / "rules", from_ms, until_ms, cut)
        write(main_of.client, late(from_ms, until_ms, cut))
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        own = time.process_time()
        site = Site(engine, main_of.client, main_of.storage, Path(place) / "repair", INTERVAL_MS)
        changed = repair(Job(frozenset({"bb"}), cut[0], cut[1] + 360_000), site)
        took, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        engines_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        size = sum(file.stat().st_size for file in main_of.storage.glob("01*/**/*") if file.is_file())
    own_s = time.process_time() - own
    print(f"{servers} servers, {lines} lines, {hours} h, changed {changed}: {took:.1f} s, {own_s:.1f} s of this")
    print(f"process, {engines_s:.1f} s of engines for a moment, {size / 1e6:.1f} MB of blocks")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
