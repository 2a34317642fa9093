"""Makes the bodies that go on out of what was found: one of fresh samples, one of old ones."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write import reasons
from regiowacht_collector.gateway.write.checked import Checked
from regiowacht_collector.gateway.write.run import FRAMES
from regiowacht_collector.gateway.write.times import Age

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regiowacht_collector.gateway.write.found import Found, Row
    from regiowacht_collector.gateway.write.run import Run
    from regiowacht_collector.gateway.write.times import Times


GOING = (Age.FRESH, Age.OLD)


def assemble(body: bytes, found: Found, times: Times) -> Checked:
    """Return what of a body goes on.

    Args:
        body: in which this was found; it goes on itself where it holds nothing else.
        found: what it holds.
        times: the moments of it.
    """
    at_once = _at_once(body, found, times) if found.is_plain else None
    if at_once is not None:
        return at_once
    refused = found.refused
    kept, histograms = _allowed(found.rows(), refused), _allowed(found.histograms, refused)
    exemplars = _allowed(found.exemplars, Counter())  # they go where their series goes
    series = {row[0].head: row[0] for row in kept}
    if len(series) < len(kept) or histograms or exemplars:
        kept = _each_once(kept + histograms, refused)
        bodies = {age: _grouped(_of(age, kept), _of(age, exemplars)) for age in GOING}
        series = {row[0].head: row[0] for row in kept}
    else:
        bodies = {age: _single(_of(age, kept)) for age in GOING}
    if found.metadata:
        bodies[Age.FRESH] += b"".join(found.metadata)
    return Checked(
        fresh=bodies[Age.FRESH],
        old=bodies[Age.OLD],
        samples=len(kept),
        series=len(series),
        refused=dict(refused),
        corrected=sum(one.corrected for one in series.values()),
        newest_ms=max((row[2].at_ms for row in kept), default=0),
        instances=instances(kept),
        heads=tuple(series),
    )


def _at_once(body: bytes, found: Found, times: Times) -> Checked | None:
    """Return what goes on of a plain body whose samples are of one age, each series with one; None of any other."""
    ages = times.ages()
    if found.beyond or len(ages) != 1 or Age.REFUSED in ages:
        return None
    all_of = found.together()
    if not all_of.is_once:
        return None
    if not all_of.is_whole:
        body = b"".join([piece for part in found.parts for piece in _pieces(part)])
    times_ms = {moment.at_ms for moment in times.values() if moment is not None}
    return Checked(
        fresh=body if Age.FRESH in ages else b"",
        old=body if Age.OLD in ages else b"",
        samples=len(all_of.heads),
        series=len(all_of.heads),
        refused=Counter(all_of.refused),
        corrected=all_of.corrected,
        newest_ms=max(times_ms) if all_of.heads else 0,
        instances=dict.fromkeys(all_of.pairs, max(times_ms)) if len(times_ms) == 1 else instances(_going(found.rows())),
        heads=all_of.heads,
    )


def _pieces(part: Run | list[Row]) -> Iterable[bytes]:
    """Return what a part of a body consists of where it goes on."""
    if not isinstance(part, list):
        return part.pieces()
    return chain.from_iterable(_parts(series.head, sample) for series, sample, _ in part if not series.refusal)


def _parts(head: bytes, sample: bytes) -> tuple[bytes, bytes, bytes]:
    return FRAMES[len(head) + len(sample)], head, sample


def instances(rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """Return instance and job of all series that have both, each with the time of its newest sample."""
    found: dict[tuple[str, str], int] = {}
    for series, _, moment in rows:
        if series.pair is not None and moment.at_ms > found.get(series.pair, moment.at_ms - 1):
            found[series.pair] = moment.at_ms
    return found


def _allowed(rows: list[Row], refused: Counter[str]) -> list[Row]:
    """Return the rows that go on, and count the others."""
    going = _going(rows)
    if len(going) < len(rows):
        refused.update(row[0].refusal or row[2].refusal for row in rows if row[0].refusal or row[2].refusal)
    return going


def _going(rows: list[Row]) -> list[Row]:
    return [row for row in rows if not row[0].refusal and not row[2].refusal]


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
    return b"".join(chain.from_iterable(_parts(series.head, sample) for series, sample, _ in rows))


def _grouped(samples: list[Row], exemplars: list[Row]) -> bytes:
    """Return a body in which each series stands once: its samples or histograms, then its exemplars."""
    parts: dict[bytes, list[bytes]] = {}
    for series, content, _ in chain(samples, exemplars):
        parts.setdefault(series.head, [series.head]).append(content)
    joined = map(b"".join, parts.values())
    return b"".join(part for one in joined for part in (FRAMES[len(one)], one))
