"""What a made-up region's history costs: generated, loaded, and shown, beside promtool that only loads.

No other program makes such a history, so the peer is the loading alone: the same files, written beforehand, given to
promtool one after the other and two at a time. Text goes through the disk in both cases.

Usage: python -m tests.benchmarks.history [GEMEENTEN DEVICES]; default 20 and 2000.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.demo.history import Past, Size, load_past, make_past, write_region
from regiowacht.demo.history.pieces import DAY_S
from regiowacht_collector import backfill as loading
from regiowacht_collector import running_collector
from regiowacht_collector.engine import Engine, find_engine
from regiowacht_collector.options import Options
from regiowacht_collector.settings import Settings
from regiowacht_inventory import load

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = 20


def main(words: list[str]) -> None:
    """Print every figure."""
    size = Size(*map(int, words)) if words else Size()
    engine = find_engine()
    print(f"{size.gemeenten} gemeenten, {size.devices} devices; {engine.name()}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory(prefix="regiowacht-history-") as folder:
        past = ours(Path(folder), size, engine)
        shown(Path(folder), past, engine)
        peer(Path(folder), past, engine)


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Print how long a block took, and the processor time of this process and of those that ended in it."""
    before, start = cpu(), time.perf_counter()
    yield
    own, children = (after - earlier for after, earlier in zip(cpu(), before, strict=True))
    WALLS[what] = time.perf_counter() - start
    print(f"{what:48} {WALLS[what]:7.2f} s   own cpu {own:6.2f} s   promtool's cpu {children:6.2f} s", flush=True)


WALLS: dict[str, float] = {}


def cpu() -> tuple[float, float]:
    """Processor seconds of this process, and of its children that have ended."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return usage[0].ru_utime + usage[0].ru_stime, usage[1].ru_utime + usage[1].ru_stime


def ours(folder: Path, size: Size, engine: Engine) -> Past:
    """Make and load everything, as the demo does."""
    with watched(folder / "storage") as most, measured("generated and loaded, ready for an engine"):
        write_region(folder / "region", size)
        past = make_past(load(folder / "region"), int(time.time()))
        load_past(past, folder / "storage", engine.promtool)
    samples = sum(
        json.loads(meta.read_text(encoding="utf-8"))["stats"]["numSamples"]
        for meta in (folder / "storage").glob("*/meta.json")
    )
    stored = sum(path.stat().st_size for path in (folder / "storage").rglob("*") if path.is_file())
    print(
        f"{samples:,} samples, {stored / 1e6:.0f} MB stored, at most {most[0] / 1e6:.0f} MB of text and blocks at once"
    )
    print(f"{samples / WALLS['generated and loaded, ready for an engine']:,.0f} samples/s")
    print(f"memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most")
    return past


@contextmanager
def watched(folder: Path) -> Iterator[list[int]]:
    """Look how much a folder holds, five times a second."""
    most = [0]
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.2):
            total = 0
            for path in folder.rglob("*"):
                try:
                    total += path.stat().st_size
                except OSError:  # it went meanwhile
                    continue
            most[0] = max(most[0], total)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        stop.set()
        watcher.join()


def shown(folder: Path, past: Past, engine: Engine) -> None:
    """Start an engine on it and ask what dashboards ask."""
    settings = Settings(data=folder, port=0, engine=engine.prometheus, restarts=False)
    start = time.perf_counter()
    with running_collector(past.region, settings, Options(exporter_port=0, only=[])) as collector:
        print(f"engine ready on it after {time.perf_counter() - start:.2f} s")
        for title, expr, days, step in (
            ("states of 90 days, every 2 hours", "max by (gemeente) (regiowacht:asset_state)", 90, 7200),
            ("cpu of a week, every 15 minutes", "topk(8, instance:node_cpu_usage:ratio_rate5m)", 7, 900),
        ):
            asked = {"query": expr, "start": past.end_s - days * DAY_S, "end": past.end_s // step * step, "step": step}
            start = time.perf_counter()
            with urllib.request.urlopen(
                f"{collector.url}/api/v1/query_range?{urllib.parse.urlencode(asked)}"
            ) as answer:
                series = len(json.load(answer)["data"]["result"])
            print(f"{title}: {series} series in {time.perf_counter() - start:.2f} s")
    start_cpu = time.process_time()
    pages = [past.page(past.end_s + 15 * number) for number in range(PAGES)]
    cost_ms = (time.process_time() - start_cpu) / PAGES * 1000
    print(f"a live page: {pages[-1].count(10):,} lines, {len(pages[-1]) / 1e6:.1f} MB, {cost_ms:.1f} ms")


def peer(folder: Path, past: Past, engine: Engine) -> None:
    """Load the same files by promtool alone."""
    files = past.write(folder / "text")
    print(f"text: {sum(file.stat().st_size for file in files) / 1e6:.0f} MB in {len(files)} files")
    for at_once in (1, 2):
        loading.AT_ONCE = at_once
        with measured(f"promtool alone, {at_once} at a time"):
            loading.backfill(files, folder / f"peer-{at_once}", engine.promtool)
        ratio = WALLS["generated and loaded, ready for an engine"] / WALLS[f"promtool alone, {at_once} at a time"]
        print(f"generated and loaded / loaded by promtool alone, {at_once} at a time: {ratio:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
