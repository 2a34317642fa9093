"""Values over time: at one moment for a live page, at many for a file, from the same function."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from regiowacht.demo.history.waves import after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht.demo.history.waves import Times, Wave

GROWTH_OVER_S = 90 * 86_400


class Curve(Protocol):
    """A value at every moment; None where there is none, as when nobody tells."""

    def at(self, at_s: float) -> float | None:
        """Return the value at one moment."""

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the value at each of these moments."""


@dataclass(frozen=True, slots=True)
class Flat:
    """Always the same."""

    value: float | None

    def at(self, at_s: float) -> float | None:
        """Return the value."""
        del at_s
        return self.value

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the value as often as asked."""
        return [self.value] * len(times)


@dataclass(frozen=True, slots=True)
class Ramp:
    """A straight line through ``(from_s, first)`` and ``(until_s, last)``, as far as ``limit`` where there is one."""

    from_s: float
    first: float
    until_s: float
    last: float
    limit: float | None = None

    def at(self, at_s: float) -> float:
        """Return the value at one moment."""
        value = self.first + (self.last - self.first) * (at_s - self.from_s) / (self.until_s - self.from_s)
        if self.limit is None:
            return value
        return min(self.limit, value) if self.last > self.first else max(self.limit, value)

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the value at each of these moments."""
        return [self.at(time) for time in times]


@dataclass(frozen=True, slots=True)
class Swing:
    """Between ``low`` (nobody there) and ``high`` (all at work), by a wave.

    Attributes:
        wave: how busy it is.
        low: value when it is quiet.
        high: value when it is busiest, at ``end_s``.
        growth: how much more the upper part is at ``end_s`` than 90 days before, as a share.
        end_s: when ``high`` holds.
        is_smooth: leave out what changes from minute to minute.
    """

    wave: Wave
    low: float
    high: float
    growth: float = 0.0
    end_s: float = 0.0
    is_smooth: bool = False

    def at(self, at_s: float) -> float:
        """Return the value at one moment."""
        busy = self.wave.smooth(at_s) if self.is_smooth else self.wave.level(at_s)
        return self.low + (self.high - self.low) * busy * (1 + self.growth * (at_s - self.end_s) / GROWTH_OVER_S)

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the value at each of these moments."""
        busy = self.wave.smooths(times) if self.is_smooth else self.wave.levels(times)
        low, reach = self.low, self.high - self.low
        if not self.growth:
            return [low + reach * level for level in busy]
        slope = self.growth / GROWTH_OVER_S
        first = 1 - slope * self.end_s
        return [low + reach * level * (first + slope * time) for level, time in zip(busy, times, strict=True)]


@dataclass(frozen=True, slots=True)
class Total:
    """A counter: so much a second when it is quiet, and so much more when it is busiest."""

    wave: Wave
    start: float
    anchor_s: float
    quiet: float
    busy: float

    def at(self, at_s: float) -> float:
        """Return the value at one moment."""
        return self.start + self.quiet * max(0.0, at_s - self.anchor_s) + self.busy * self.wave.integral(at_s)

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the value at each of these moments."""
        start, anchor, quiet, busy = self.start, self.anchor_s, self.quiet, self.busy
        return [
            start + quiet * max(0.0, time - anchor) + busy * sum_
            for time, sum_ in zip(times, self.wave.integrals(times), strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Scaled:
    """``factor`` times another curve, and ``offset`` on top."""

    of: Curve
    factor: float
    offset: float = 0.0

    def at(self, at_s: float) -> float | None:
        """Return the value at one moment."""
        value = self.of.at(at_s)
        return None if value is None else self.offset + self.factor * value

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the value at each of these moments."""
        offset, factor = self.offset, self.factor
        return [None if value is None else offset + factor * value for value in self.of.many(times)]


@dataclass(frozen=True, slots=True)
class Bursts:
    """A counter that grows by so much a second more within each of the stretches of time."""

    of: Curve
    rate: float
    stretches: tuple[tuple[float, float], ...]

    def at(self, at_s: float) -> float | None:
        """Return the value at one moment."""
        value = self.of.at(at_s)
        if value is None:
            return None
        return value + self.rate * sum(max(0.0, min(at_s, until) - since) for since, until in self.stretches)

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the value at each of these moments."""
        return [self.at(time) for time in times]


@dataclass(frozen=True, slots=True)
class Latest:
    """When something that happens every ``every_s`` last happened; ``offset_s`` is its time within that."""

    every_s: int
    offset_s: int

    def at(self, at_s: float) -> float:
        """Return the moment."""
        return (at_s - self.offset_s) // self.every_s * self.every_s + self.offset_s

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the moment at each of these moments."""
        return [self.at(time) for time in times]


@dataclass(frozen=True, slots=True)
class Mean:
    """The average of what others tell; nothing where none does."""

    of: tuple[Curve, ...]

    def at(self, at_s: float) -> float | None:
        """Return the average at one moment."""
        return _mean([curve.at(at_s) for curve in self.of])

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the average at each of these moments."""
        return [_mean(values) for values in zip(*(curve.many(times) for curve in self.of), strict=True)]


def _mean(values: Sequence[float | None]) -> float | None:
    told = [value for value in values if value is not None]
    return sum(told) / len(told) if told else None


@dataclass(frozen=True, slots=True)
class Steps:
    """A value that stays until it changes.

    Attributes:
        moments: when it changes, sorted.
        values: before the first change, then from each change on; one more than ``moments``.
    """

    moments: tuple[float, ...]
    values: tuple[float | None, ...]

    def at(self, at_s: float) -> float | None:
        """Return the value at one moment."""
        return self.values[bisect_right(self.moments, at_s)]

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the value at each of these moments."""
        found: list[float | None] = []
        for until, value in zip((*self.moments, float("inf")), self.values, strict=True):
            found += [value] * (after(times, until) - len(found))
        return found


@dataclass(frozen=True, slots=True)
class Patch:
    """What holds instead within a stretch of time."""

    from_s: float
    until_s: float
    curve: Curve


@dataclass(frozen=True, slots=True)
class Patched:
    """Another curve, with something else in some stretches of time; a later patch covers an earlier one."""

    of: Curve
    patches: tuple[Patch, ...]

    def at(self, at_s: float) -> float | None:
        """Return the value at one moment."""
        for patch in reversed(self.patches):
            if patch.from_s <= at_s < patch.until_s:
                return patch.curve.at(at_s)
        return self.of.at(at_s)

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the value at each of these moments."""
        found = list(self.of.many(times))
        for patch in self.patches:
            first, last = after(times, patch.from_s), after(times, patch.until_s)
            if first < last:
                found[first:last] = patch.curve.many(times[first:last])
        return found
