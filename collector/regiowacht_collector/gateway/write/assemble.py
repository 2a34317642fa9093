"""Makes the bodies that go on out of what was found: one of fresh samples, one of old ones."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write import reasons
from regiowacht_collector.gateway.write.checked import Checked
from regiowacht_collector.gateway.write.times import Age
from regiowacht_contract.wire.encode import Frames

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Mapping, Sequence

    from regiowacht_collector.gateway.write.found import Found, Row
    from regiowacht_collector.gateway.write.memory import Series
    from regiowacht_collector.gateway.write.times import Times


GOING = (Age.FRESH, Age.OLD)
FRAMES = Frames(0)
"""What stands before a series, by how long it is."""


def assemble(body: bytes, found: Found, times: Times) -> Checked:
    """Return what of a body goes on.

    Args:
        body: in which this was found; it goes on itself where it holds nothing else.
        found: what it holds.
        times: the moments of it.
    """
    refused = found.refused
    kept, histograms, exemplars = (_allowed(one, refused) for one in (found.rows, found.histograms, found.exemplars))
    series = {row[0].head: row[0] for row in kept}
    if found.is_plain and not refused and len(series) == found.turns and _is_unchanged(series.values()):
        ages = times.ages()
        if len(ages) == 1:
            return _told(dict.fromkeys(ages, body), kept, series, refused)
    if len(series) < found.turns or found.beyond or histograms or exemplars:
        kept, histograms, exemplars = (_each_once(one, refused) for one in (kept, histograms, exemplars))
        bodies = {age: _grouped(_of(age, kept), _of(age, histograms), _of(age, exemplars)) for age in GOING}
        kept = kept + histograms
        series = {row[0].head: row[0] for row in kept}
    else:
        bodies = {age: _single(_of(age, kept)) for age in GOING}
    if found.metadata:
        bodies[Age.FRESH] += b"".join(found.metadata)
    return _told(bodies, kept, series, refused)


def instances(rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """Return instance and job of all series that have both, each with the time of its newest sample."""
    if len({row[2].at_ms for row in rows}) == 1:
        return dict.fromkeys(filter(None, {row[0].pair for row in rows}), rows[0][2].at_ms)
    found: dict[tuple[str, str], int] = {}
    for series, _, moment in rows:
        if series.pair is not None and moment.at_ms > found.get(series.pair, -1):
            found[series.pair] = moment.at_ms
    return found


def _told(
    bodies: Mapping[Age, bytes], kept: Sequence[Row], series: Mapping[bytes, Series], refused: Counter[str]
) -> Checked:
    return Checked(
        fresh=bodies.get(Age.FRESH, b""),
        old=bodies.get(Age.OLD, b""),
        samples=len(kept),
        series=len(series),
        refused=dict(refused),
        corrected=sum(one.corrected for one in series.values()),
        newest_ms=max((row[2].at_ms for row in kept), default=0),
        instances=instances(kept),
        heads=tuple(series),
    )


def _allowed(rows: list[Row], refused: Counter[str]) -> list[Row]:
    """Return the rows that go on, and count the others."""
    allowed = [row for row in rows if not row[0].refusal and not row[2].refusal]
    if len(allowed) < len(rows):
        refused.update(row[0].refusal or row[2].refusal for row in rows if row[0].refusal or row[2].refusal)
    return allowed


def _is_unchanged(series: Iterable[Series]) -> bool:
    return all(one.head is one.sent for one in series)


def _of(age: Age, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row[2].age is age]


def _each_once(rows: list[Row], refused: Counter[str]) -> list[Row]:
    """Return the rows in the order of their series and times, the first one of each series and time."""
    found: dict[bytes, dict[int, Row]] = {}
    for row in rows:
        if found.setdefault(row[0].head, {}).setdefault(row[2].at_ms, row) is not row:
            refused[reasons.TIME_TWICE] += 1
    return [of_series[at_ms] for of_series in found.values() for at_ms in sorted(of_series)]


def _single(rows: list[Row]) -> bytes:
    """Return a body of series that have one sample each."""
    parts = [(FRAMES[len(series.head) + len(sample)], series.head, sample) for series, sample, _ in rows]
    return b"".join(chain.from_iterable(parts))


def _grouped(samples: list[Row], histograms: list[Row], exemplars: list[Row]) -> bytes:
    """Return a body in which each series stands once: its samples, then its exemplars, then its histograms."""
    parts: dict[bytes, list[bytes]] = {}
    for series, content, _ in chain(samples, exemplars, histograms):
        parts.setdefault(series.head, [series.head]).append(content)
    joined = map(b"".join, parts.values())
    return b"".join(part for one in joined for part in (FRAMES[len(one)], one))
