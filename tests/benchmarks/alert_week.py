"""How many notices a region gets in a week: a quiet one, and a normal one with what ``incidents.toml`` plants.

The made-up region of the demo, its daily rhythms and nightly work, every metric that a rule asks for, of every asset.
In both weeks every server restarts once for updates, at night, one agent of each gemeente is heard late once by day,
and there is what ``alert_noise.py`` lays over it: what any week has and nobody is to be told of. promtool plays the
week through the real rules as the engine would: recording rules, ``for``, ``keep_firing_for`` and alerts that ask for
alerts; every 5 minutes, and around whatever happens every 30 seconds. What fires goes through the real
``alertmanager.yml`` (``alert_dispatch.py``).

Everything has a sample a minute; what moves is exact every 5 minutes and goes in a straight line between, and where
something begins or ends every minute is. An outage shorter than a minute may fall between two samples.

Usage: ``python -m tests.benchmarks.alert_week [quiet|normal|planted] [GEMEENTEN DEVICES]``; default the first two, 20
and 200. ``planted`` is the normal week of those gemeenten alone that something is planted in: the others have their
quiet week in it, sample for sample.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from regiowacht.demo.history import Incident, Past, Size, write_region
from regiowacht.demo.history.curves import Flat, Steps
from regiowacht.demo.history.world import make_world
from regiowacht_collector.alerts.routing import WATCHDOG_ALERT, alertmanager_file
from regiowacht_collector.alerts.rule import GROUP, GROUP_BEHIND, alerts, expressions
from regiowacht_collector.alerts.windows import occurrences
from regiowacht_collector.files import write_files
from regiowacht_collector.rule_files import rule_files
from regiowacht_collector.rules import GROUPS
from regiowacht_contract.catalogue import catalogue
from regiowacht_inventory import load
from tests.benchmarks.alert_dispatch import Dispatch, Firing, Sent, Silenced
from tests.benchmarks.alert_noise import own_series, with_noise
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from regiowacht.demo.history.curves import Curve
    from regiowacht.demo.history.series import Series
    from regiowacht_inventory import Region

WEEK_S = 7 * 86_400
START_S = 2966 * WEEK_S
"""A Thursday, 0:00 UTC, as Unix time's own beginning is, where promtool begins: so weekdays and hours agree."""

SAMPLE_S = 60
STEP_S, COARSE_S = 30, 300
"""Between two evaluations, around what happens and elsewhere. The engine's own is 15 s, which would take hours."""

BEFORE_S, AFTER_S = 1200, 2400
"""How much around what happens is looked at closely; the first of it is there to know what was before."""

KNOT_S = 300
AUDIT_S = 3600
"""An audit tells its figures once; promtool would refuse months of a sample a minute."""

PINGED_AT_ONCE, AT_ONCE = 5, 2
"""Of how many lines and services one promtool plays the week, and how many of them run. It holds all in memory, and
refuses a query over more than 10,000 samples: two hours of six of them, pinged each 15 s."""

ORDER = [*(group.name for group in GROUPS), GROUP, GROUP_BEHIND]
NIGHT_S = 86_400 * 3 + 3600 * 2
"""Sunday, 2:00 UTC: servers restart from then on."""

DAY_S = 86_400 * 4 + 3600 * 9
"""Monday morning: agents are late, and devices do not answer once."""

ALERTS_OF_THE_REGION = """
alerts:
  smtp: {server: "mail.regio.example:587", from: regiowacht@regio.example}
  receivers:
    ict: {email: [ict@regio.example]}
  to:
    - {to: [ict]}
"""
ALERTS_OF_A_GEMEENTE = """
alerts:
  receivers:
    balie: {email: [balie@gemeente.example]}
  to:
    - {to: [balie]}
"""


def main(words: Sequence[str]) -> None:
    """Print every figure."""
    kinds = [word for word in words if not word.isdigit()] or ["quiet", "normal"]
    numbers = [int(word) for word in words if word.isdigit()]
    with tempfile.TemporaryDirectory(prefix="regiowacht-week-") as folder:
        region = a_region(Path(folder) / "region", Size(*numbers) if numbers else Size(20, 200))
        for kind in kinds:
            begun = time.perf_counter()
            incidents = () if kind == "quiet" else planted(region)
            slugs = {one.gemeente for one in (incidents if kind == "planted" else region.gemeenten)}
            past = a_week(region, incidents)
            firing = played(past, Path(folder) / kind, slugs=slugs)
            print(f"\n{kind} week, {len(slugs)} gemeenten of {len(region.gemeenten)}, {len(region.assets)} assets")
            report(region, past, firing, slugs)
            print(f"{time.perf_counter() - begun:.0f} s")


def a_region(folder: Path, size: Size) -> Region:
    """Write a region in which every gemeente has a receiver of its own, and load it."""
    write_region(folder, size)
    for path, more in [
        (folder / "region.yml", ALERTS_OF_THE_REGION),
        *((path, ALERTS_OF_A_GEMEENTE) for path in sorted((folder / "gemeenten").glob("*.yml"))),
    ]:
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    return load(folder)


def planted(region: Region) -> Sequence[Incident]:
    """Return what ``incidents.toml`` plants in the last seven days."""
    return [one for one in make_world(region, START_S + WEEK_S, 1).incidents if one.ends_s > START_S]


def a_week(region: Region, more: Iterable[Incident]) -> Past:
    """Return a week: what is usual, and ``more``."""
    incidents = sorted((*everyday(region), *more), key=lambda one: (one.from_s, one.key))
    world = make_world(region, START_S + WEEK_S, 1, incidents, raw_s=WEEK_S)
    return Past(replace(world, measured=frozenset(region.assets)))


def everyday(region: Region) -> Iterator[Incident]:
    """Yield what happens in any week: each server restarts at night (30 to 60 s), one agent a gemeente is late."""
    servers = [asset for asset in region.assets if asset.job == "node"]
    for number, asset in enumerate(servers):
        from_s = START_S + NIGHT_S + 420 * (number % 17)
        yield Incident("silent-agent", *asset.key, from_s, from_s + 30 + 15 * (number % 3))
    for number, (_, found) in enumerate(groupby(servers, key=lambda asset: asset.gemeente)):
        from_s = START_S + DAY_S + 600 * (number % 4)
        yield Incident("silent-agent", *next(found).key, from_s, from_s + 60)


def played(past: Past, folder: Path, until_s: int = WEEK_S, slugs: Container[str] | None = None) -> list[Firing]:
    """Return what fires in a week or the first part of it, the alert that always does left out.

    Args:
        past: of which region.
        folder: where promtool works.
        until_s: end of the part, in seconds of the week.
        slugs: of these gemeenten alone.

    Raises:
        RuntimeError: promtool refuses it; says its own words.
    """
    pinged = Counter(asset.gemeente for asset in past.region.assets if asset.job == "probe")
    wanted = [one.gemeente for one in past.region.gemeenten if slugs is None or one.gemeente in slugs]
    shares = parts({slug: pinged[slug] for slug in wanted})
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda one: _of_some(past, one[1], folder / str(one[0]), until_s), enumerate(shares))
        return intervals(point for some in found for point in some)


def parts(pinged: Mapping[str, int]) -> list[frozenset[str]]:
    """Return which gemeenten are played together, the largest first; one above ``PINGED_AT_ONCE`` alone is by itself.

    Args:
        pinged: how many lines and services each gemeente has, by slug.
    """
    found: list[frozenset[str]] = []
    room = 0
    for slug, number in sorted(pinged.items(), key=lambda one: (-one[1], one[0])):
        if found and number <= room:
            found[-1] |= {slug}
            room -= number
        else:
            found.append(frozenset({slug}))
            room = PINGED_AT_ONCE - number
    return found


Point = tuple[int, dict[str, str]]
"""A second of the week, and the labels of what fires then."""


def _of_some(past: Past, slugs: frozenset[str], folder: Path, until_s: int) -> list[Point]:
    """Return what fires of some gemeenten, and of what all share."""
    folder.mkdir(parents=True)
    write_files(rule_files(), folder)
    close = stretches((one for one in past.incidents if one.gemeente in slugs), until_s)
    told = list(_told(past, slugs))
    coarse = _asked(told, folder, (0, until_s), COARSE_S)
    found = [one for one in coarse if not any(begin <= one[0] < end for begin, end in close)]
    for begin, end in close:
        known_s = begin + BEFORE_S // 2
        found += [one for one in _asked(told, folder, (begin, end), STEP_S) if one[0] >= known_s]
        found += [one for one in coarse if begin <= one[0] < known_s]
    alerts_seen = sorted({labels["alertname"] for _, labels in found})
    print(f"{' '.join(sorted(slugs))}: {', '.join(alerts_seen) or 'nothing fires'}", file=sys.stderr)
    return found


def stretches(incidents: Iterable[Incident], until_s: int = WEEK_S) -> list[tuple[int, int]]:
    """Return from when until when, in seconds of the week, something begins or ends; no two overlap."""
    moments = sorted(at - START_S for one in incidents for at in (one.from_s, one.until_s) if at is not None)
    merged: list[tuple[int, int]] = []
    for at in moments:
        begin, end = max(0, at - BEFORE_S) // 60 * 60, min(until_s, at + AFTER_S)
        if begin >= until_s or end <= 0:
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], end
        else:
            merged.append((begin, end))
    return merged


def _asked(told: Sequence[tuple[Series, Curve]], folder: Path, span: tuple[int, int], step: int) -> list[Point]:
    asked = f'ALERTS{{alertstate="firing",alertname!="{WATCHDOG_ALERT}"}}'
    moments = range(0, span[1] - span[0], step)
    document = {
        "rule_files": ["rules/*.yml"],
        "evaluation_interval": f"{step}s",
        "group_eval_order": ORDER,
        "tests": [
            {
                "interval": f"{SAMPLE_S}s",
                "input_series": list(inputs(told, span)),
                "promql_expr_test": [{"expr": asked, "eval_time": f"{at}s", "exp_samples": []} for at in moments],
            }
        ],
    }
    (folder / "test.yml").write_text(json.dumps(document), encoding="utf-8")
    answer = subprocess.run(
        [need("promtool"), "test", "rules", "test.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GOGC": "400"},  # it holds all until its end
    )
    said = answer.stdout + answer.stderr
    if answer.returncode and ("got:" not in said or "err:" in said):
        raise RuntimeError(said[:2000])
    return [(span[0] + at, labels) for at, labels in points(said)]


def _told(past: Past, slugs: frozenset[str]) -> Iterator[tuple[Series, Curve]]:
    """Yield the series of some gemeenten that rules ask for, with noise; of a server's processors the first."""
    kinds = {asset.key: asset.kind for asset in past.region.assets}
    own = list(own_series(past.region, past.end_s))
    for name in sorted(asked_for()):
        for one in (*past.curves(name), *(found for found in own if found.name == name)):
            is_first = name != "node_cpu_seconds_total" or 'cpu="0"' in one.labels
            if is_first and re.findall(r'gemeente="([^"]*)"', one.labels)[0] in slugs | {"_regio"}:
                yield one, with_noise(one, START_S, DAY_S, kinds)


def inputs(told: Iterable[tuple[Series, Curve]], span: tuple[int, int]) -> Iterator[dict[str, str]]:
    """Yield series as promtool writes them."""
    for one, curve in told:
        shift = START_S + span[0] if catalogue()[one.name].unit == "timestamp" else 0
        written = pushed(curve, span, shift) if 'job="audit"' in one.labels else values(curve, span, shift)
        yield {"series": f"{one.name}{{{one.labels}}}", "values": written}


def pushed(curve: Curve, span: tuple[int, int], shift: float = 0) -> str:
    """Return what an audit each hour pushes, as promtool writes it: rules ask for its last figure within months."""
    told = curve.many(range(START_S + span[0], START_S + span[1], AUDIT_S))
    silent = AUDIT_S // SAMPLE_S
    return " ".join(f"_x{silent}" if one is None else f"{one - shift:.10g} _x{silent - 1}" for one in told)


def asked_for() -> set[str]:
    """Return the metrics that any rule asks for."""
    written = [rule.expr for group in GROUPS for rule in group.rules]
    written += [expr for one in alerts() for expr, _ in expressions(one)]
    return {word for expr in written for word in names_in(expr)}


def names_in(expr: str) -> set[str]:
    """Return the metrics of the catalogue that an expression names."""
    return {word for word in re.findall(r"[a-zA-Z_:][\w:]*", expr) if word in catalogue()}


def values(curve: Curve, span: tuple[int, int], shift: float = 0) -> str:
    """Return a curve within some seconds of the week as promtool writes values, one each ``SAMPLE_S``."""
    begin, end = START_S + span[0], START_S + span[1]
    if isinstance(curve, Flat):
        return _runs([curve.value], (end - begin) // SAMPLE_S, shift)
    if isinstance(curve, Steps):
        return _runs(curve.many(range(begin, end, SAMPLE_S)), 1, shift)
    knots = curve.many(range(begin, end + KNOT_S, KNOT_S))
    exact = {int(at_s - begin - early) // KNOT_S for at_s in borders(curve) if at_s < end for early in (0, 1)}
    words: list[str] = []
    kept: list[float | None] = []
    for number, (first, then) in enumerate(pairwise(knots)):
        at_s = begin + number * KNOT_S
        if number in exact:
            kept += curve.many(range(at_s, at_s + KNOT_S, SAMPLE_S))
        elif first is None or then is None or first == then:
            kept += [None if then is None else first] * (KNOT_S // SAMPLE_S)
        else:
            words += [_runs(kept, 1, shift), _line(first - shift, then - first)]
            kept = []
    return " ".join(word for word in (*words, _runs(kept, 1, shift)) if word)


def _line(first: float, more: float) -> str:
    steps = KNOT_S // SAMPLE_S
    return f"{first:.10g}{more / steps:+.6g}x{steps - 1}"


def borders(curve: Curve | None) -> Iterator[float]:
    """Yield every moment at which something else begins or ends."""
    while curve is not None:
        yield from getattr(curve, "moments", ())
        for patch in getattr(curve, "patches", ()):
            yield from (patch.from_s, patch.until_s)
            yield from borders(patch.curve)
        yield from (at_s for stretch in getattr(curve, "stretches", ()) for at_s in stretch)
        curve = getattr(curve, "of", None)


def _runs(found: Sequence[float | None], times: int, shift: float) -> str:
    """Return values each so often; where a series ends the engine says so, as of a page that it does not get."""
    words = []
    for value, same in groupby(found):
        number = len(list(same)) * times
        words.append(f"stale _x{number - 1}" if value is None else f"{value - shift:.12g}x{number - 1}")
    return " ".join(words)


def points(said: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield what promtool says that it got, and at which second of the week."""
    for at, got in re.findall(r'expr: "ALERTS.*?, time: (\w+),\s*\n\s*exp:.*\n\s*got:\s*(.*)', said):
        for labels in re.findall(r'\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}', got):
            found = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels))
            found = {name: value for name, value in found.items() if name not in {"__name__", "alertstate"}}
            units = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
            yield sum(int(n) * units[unit] for n, unit in re.findall(r"(\d+)([dhms])", at)), found


def intervals(found: Iterable[tuple[int, Mapping[str, str]]]) -> list[Firing]:
    """Return from when until when each fired; moments one step apart are one time."""
    moments: dict[frozenset[tuple[str, str]], list[int]] = defaultdict(list)
    for at, labels in found:
        moments[frozenset(labels.items())].append(at)
    firing = []
    for alert, times in moments.items():
        first = last = min(times)
        for at in [*sorted(times), WEEK_S * 2]:
            if at > last + COARSE_S:
                firing.append(Firing(alert, START_S + first, START_S + last + STEP_S))
                first = at
            last = at
    return sorted(firing, key=lambda one: (one.from_s, sorted(one.labels)))


def report(region: Region, past: Past, firing: Sequence[Firing], slugs: Iterable[str]) -> None:
    """Print how many notices each of these gemeenten gets, of what, and which rules had nothing to go by."""
    dispatch = Dispatch(
        yaml.safe_load(alertmanager_file(region, (2026, 2027), "http://127.0.0.1:1")), firing, silences(region)
    )
    sent = dispatch.sent()
    told = {slug: [one for one in sent if one.receiver.startswith(f"{slug}/")] for slug in slugs}
    shared = [one for one in sent if "/" not in one.receiver]
    held = {slug: sum(bool(one.firing) for one in some) for slug, some in told.items()}
    every = {slug: len(some) for slug, some in told.items()}
    print(f"alerts that fired: {len(firing)}, held back: {len(dispatch.held_back)}")
    print(f"notices a gemeente: at most {max(held.values())}, mean {sum(held.values()) / len(held):.2f}")
    print(f"with those that it is over: at most {max(every.values())}, mean {sum(every.values()) / len(every):.2f}")
    print(
        "by alert:",
        dict(Counter(dict(min(map(sorted, one.firing or one.over)))["alertname"] for one in sent if one.firing)),
    )
    print(f"notices to the region: {sum(bool(one.firing) for one in shared)}")
    for slug, number in sorted(held.items(), key=lambda one: -one[1])[:5]:
        print(f"  {slug}: {number}", [(round(one.at_s - START_S), _names(one)) for one in told[slug] if one.firing])
    print("nothing to go by:", ", ".join(unexercised(past)))


def _names(one: Sent) -> list[str]:
    return sorted(f"{dict(labels)['alertname']} {dict(labels).get('instance', '')}" for labels in one.firing)


def silences(region: Region) -> Iterator[Silenced]:
    """Yield what the region's maintenance windows silence in the week."""
    for one in occurrences(region, datetime.fromtimestamp(START_S, UTC)):
        matchers = [f'{label}{how}"{value}"' for label, how, value in one.matchers]
        yield Silenced(matchers, one.starts.timestamp(), one.ends.timestamp())


def unexercised(past: Past) -> list[str]:
    """Return the alerts of which the week has no series but what the region folder says."""
    there = {rule.record for group in GROUPS for rule in group.rules}
    there |= {one.name for one in own_series(past.region, past.end_s)}
    found = []
    for one in alerts():
        own = {name for expr, _ in expressions(one) for name in names_in(expr)} - ALWAYS_THERE
        if own and not any(name in there or past.curves(name) for name in own):
            found.append(one.alert)
    return found


ALWAYS_THERE = {"ALERTS", "regiowacht_asset_info", "regiowacht_asset_hangs_on", "regiowacht:asset_state"}


if __name__ == "__main__":
    main(sys.argv[1:])
