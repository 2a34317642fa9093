"""What the overview of a region asks of a real Prometheus, for growing regions, and what it would ask at 300 gemeenten.

Each gemeente has 100 assets with a state every 15 s over four hours, an alert for everything that is not goed, and as
many more series as ``tests/benchmarks/scale.py`` counts, since a choice of *All* goes over all of them. Every query of
``rw-regio`` is asked as the dashboard asks it, variables too: what shows the present once, what shows the past over
three hours in steps of 15 s, or of what a panel asks for at least. No peer shows this, so there is no ratio: what
counts is the median and the 95th percentile of all answers (whole, over loopback) and the engine's own processor time,
which load beside it changes less.

Usage: python -m tests.benchmarks.overview [GEMEENTEN ...]; default 5 10 20.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regiowacht.demo.history import Size, write_region
from regiowacht.demo.history.agents import told
from regiowacht.demo.history.collector import collector
from regiowacht.demo.history.curves import Flat
from regiowacht.demo.history.openmetrics import write_piece
from regiowacht.demo.history.pieces import RAW, Piece
from regiowacht.demo.history.recorded import recorded
from regiowacht.demo.history.series import Series, series, written
from regiowacht.demo.history.world import make_world
from regiowacht_collector.backfill import backfill
from regiowacht_collector.series import region_families
from regiowacht_contract.states import AssetState
from regiowacht_dashboards.build import render
from regiowacht_dashboards.interpolation import panels, resolve
from regiowacht_dashboards.query import POLLED
from regiowacht_dashboards.settings import for_region
from regiowacht_inventory import load
from tests.benchmarks.scale import OTHERS, PROBES, SERVERS, SWITCHES, sums
from tests.benchmarks.state_rules import cpu_s
from tests.dashboards.preview.engine import prometheus
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regiowacht.demo.history.world import World
    from regiowacht_inventory import Region

UID = "rw-regio"
DEVICES = 100
"""Assets of a gemeente."""

SERIES = round(sums(1).series / (SERVERS + SWITCHES + OTHERS + PROBES))
"""Series of an asset, all told."""

STEP_S, RANGE_S, PAST_S = 15, 3 * 3600, 4 * 3600
END_S = 1_768_478_400
STEPS_S: Mapping[str, int] = {"": STEP_S, POLLED: 60}
"""Seconds between two points, by the least that a panel asks for."""

ROUNDS, LARGE = 20, 300

Query = tuple[str, str, dict[str, str | int]]
"""The panel's title, the path of the API, and what is asked."""


def world(folder: Path, gemeenten: int) -> World:
    """Return a made-up region with what happened in it."""
    write_region(folder, Size(gemeenten, gemeenten * DEVICES))
    return make_world(load(folder), END_S, 1, None)


def write_hours(made: World, path: Path) -> int:
    """Write the last hours as OpenMetrics text; return how many series there are."""
    found: dict[str, list[Series]] = {}
    for one in itertools.chain(_declared(made.region), told(made), recorded(made), collector(made), _alerts(made)):
        found.setdefault(one.name, []).append(one)
    known = sum(map(len, found.values()))
    found["node_netstat_filler"] = list(_others(made.region, known))
    every = {**RAW, "state": (STEP_S,), "server": (STEP_S,), "still": (STEP_S,)}
    write_piece(path, Piece("hours", END_S - PAST_S, END_S + 1, every), found.values())
    return sum(map(len, found.values()))


def _declared(region: Region) -> Iterator[Series]:
    for family in region_families(region):
        for sample in family.samples:
            yield series(sample.name, sample.labels, Flat(sample.value), "still")


def _alerts(made: World) -> Iterator[Series]:
    """Yield an alert that fires for everything that is neer or stil at the end."""
    for asset in made.region.assets:
        if made.states[asset.key].at(END_S) in {AssetState.NEER, AssetState.STIL}:
            about = {**asset.target_labels, "kind": asset.kind, "laag": asset.laag, "leverancier": asset.leverancier}
            labels = {"alertname": "ApparaatNeer", "severity": "critical", **about}
            yield series("ALERTS", {**labels, "alertstate": "firing"}, Flat(1), "still")
            yield series("ALERTS_FOR_STATE", labels, Flat(END_S - 600), "still")


def _others(region: Region, known: int) -> Iterator[Series]:
    """Yield what else a region of this size has: nothing here asks for it, but it is there."""
    each = (len(region.assets) * SERIES - known) // len(region.assets)
    for asset in region.assets:
        head = written(asset.target_labels)
        yield from (
            Series("node_netstat_filler", f'{head},n="{number}"', Flat(number), ".0f", "hourly")
            for number in range(each)
        )


def queries(region: Region) -> list[Query]:
    """Return what a browser asks when the dashboard opens: everything chosen, the last three hours."""
    raw: dict[str, Any] = json.loads(render(UID, for_region(region)))
    defined = {variable["name"]: variable for variable in raw["templating"]["list"]}
    chosen = {"regio": region.regio}
    window: dict[str, str | int] = {"start": END_S - RANGE_S, "end": END_S}
    asked: list[Query] = []
    for name, variable in defined.items():
        if variable["type"] == "query":
            selector, _, label = variable["query"].removeprefix("label_values(").removesuffix(")").rpartition(", ")
            wanted = {"match[]": resolve(selector, defined, chosen), **window}
            asked.append((f"variable {name}", f"label/{label}/values", wanted))
    for panel in panels(raw["panels"]):
        for target in panel.get("targets", []):
            query = {"query": resolve(target["expr"], defined, chosen)}
            if target.get("range"):
                asked.append(
                    (panel["title"], "query_range", {**query, **window, "step": STEPS_S[target.get("interval", "")]})
                )
            else:
                asked.append((panel["title"], "query", {**query, "time": END_S}))
    return asked


def ask(url: str, query: Query) -> tuple[float, int]:
    """Return milliseconds until the whole answer was there, and its bytes."""
    _, path, wanted = query
    start = time.perf_counter()
    with urllib.request.urlopen(f"{url}/api/v1/{path}?{urllib.parse.urlencode(wanted)}", timeout=120) as answer:
        text = answer.read()
    return (time.perf_counter() - start) * 1000, len(text)


def measure(gemeenten: int) -> list[tuple[str, float]]:
    """Print what one region costs; return title and best milliseconds of every query."""
    with tempfile.TemporaryDirectory(prefix="regiowacht-overview-") as name:
        folder = Path(name)
        made = world(folder / "region", gemeenten)
        count = write_hours(made, folder / "hours.om")
        asked = queries(made.region)
        backfill([folder / "hours.om"], folder / "data", Path(need("promtool")), remove=True)
        with prometheus(folder / "data", folder) as engine:
            first = [ask(engine.url, query) for query in asked]
            before_s = cpu_s(engine.process.pid)
            rounds = [[ask(engine.url, query)[0] for query in asked] for _ in range(ROUNDS)]
            spent_s = (cpu_s(engine.process.pid) - before_s) / ROUNDS
            best = [min(times) for times in zip(*rounds, strict=True)]
            own_s = [_cpu_of(engine.url, engine.process.pid, query) for query in asked]
    told_ms = sorted(itertools.chain.from_iterable(rounds))
    p95 = told_ms[int(len(told_ms) * 0.95)]
    print(
        f"\n{gemeenten} gemeenten, {len(made.region.assets):,} assets, {count:,} series; {len(asked)} queries,"
        f" {sum(size for _, size in first) / 1e6:.2f} MB; load {os.getloadavg()[0]:.1f}\n"
        f"median {statistics.median(told_ms):.1f} ms, p95 {p95:.0f} ms, worst {told_ms[-1]:.0f} ms;"
        f" one look: {sum(best):.0f} ms at best, {spent_s:.2f} CPU s of the engine",
        flush=True,
    )
    rows = sorted(zip(best, own_s, asked, first, strict=True), key=lambda row: -row[1])
    for quick, own, (title, path, _), (cold, size) in rows[:12]:
        print(
            f"  {title:28} {path:24} best {quick:7.1f} ms, {own * 1000:6.1f} CPU ms, cold {cold:7.1f}, {size:,} bytes"
        )
    return [(title, ms) for (title, _, _), ms in zip(asked, best, strict=True)]


def _cpu_of(url: str, pid: int, query: Query) -> float:
    """Return the engine's processor seconds for a query, over enough of them for its clock."""
    before_s, asked, until = cpu_s(pid), 0, time.monotonic() + 1
    while asked < ROUNDS and (asked == 0 or time.monotonic() < until):
        ask(url, query)
        asked += 1
    return (cpu_s(pid) - before_s) / asked


def model(found: Sequence[tuple[int, list[tuple[str, float]]]]) -> None:
    """Print what each query would take of ``LARGE`` gemeenten, by a straight line through what was measured."""
    sizes = [float(gemeenten) for gemeenten, _ in found]
    rows = []
    for at, (title, _) in enumerate(found[0][1]):
        slope, start = statistics.linear_regression(sizes, [times[at][1] for _, times in found])
        rows.append((start + slope * LARGE, slope, title))
    rows.sort(reverse=True)
    worst = [ms for ms, _, _ in rows]
    p95 = worst[len(worst) // 20]
    print(f"\n{LARGE} gemeenten, modelled: one look {sum(worst):,.0f} ms, p95 of its queries {p95:,.0f} ms")
    for ms, slope, title in rows[:12]:
        print(f"  {title:28} {ms:8,.0f} ms, {slope:.2f} ms for each gemeente")


def main(words: Sequence[str]) -> None:
    """Measure each size, then print the model."""
    sizes = [int(word) for word in words] or [5, 10, 20]
    found = [(gemeenten, measure(gemeenten)) for gemeenten in sizes]
    if len(found) > 1:
        model(found)


if __name__ == "__main__":
    main(sys.argv[1:])
