"""How busy people keep things: a day, a week, and chance, as one curve between 0 and 1."""

from __future__ import annotations

import bisect
import functools
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR_S = 3600
WEEK_S = 7 * 24 * HOUR_S
MONDAY_S = 4 * 24 * HOUR_S
"""1970 began on a Thursday; the first Monday came four days later."""

WORKDAY = (
    0.06, 0.10, 0.08, 0.05, 0.05, 0.07, 0.14, 0.38, 0.74, 0.90, 0.95, 0.92,
    0.66, 0.76, 0.90, 0.88, 0.78, 0.52, 0.30, 0.22, 0.18, 0.13, 0.09, 0.07,
)  # fmt: skip
"""How busy it is at each full hour of a working day, local time; the small bump at night are the backups."""

DAY_OFF = (
    0.06, 0.10, 0.08, 0.05, 0.05, 0.05, 0.06, 0.07, 0.09, 0.11, 0.13, 0.13,
    0.12, 0.12, 0.13, 0.12, 0.11, 0.11, 0.10, 0.09, 0.08, 0.07, 0.06, 0.06,
)  # fmt: skip
HOURS = (*WORKDAY * 5, *DAY_OFF * 2, WORKDAY[0])

SLOW_S = 600
"""Between two points of the slow part: what a five-minute average still shows."""

FAST_S = 60
"""Between two points of the fast part, which comes on top."""

SLOW_CHANCE = 0.18
FAST_CHANCE = 0.12


Times = range | tuple[int, ...]
"""Moments, sorted; something that can be remembered by."""


class Wave:
    """One curve of its own for each number, the same at every run.

    Args:
        seed: of the whole past.
        number: which wave.
        timezone: whose office hours it follows.
        anchor_s: from when on its integral is asked for.
    """

    def __init__(self, seed: int, number: int, timezone: str, anchor_s: int) -> None:
        self._seed = (seed * 1_000_003 + number) * 2
        self._zone = ZoneInfo(timezone)
        self._anchor = anchor_s // FAST_S
        self._slow: dict[int, float] = {}
        self._fast: dict[int, float] = {}
        self._sums = [0.0]
        self._offsets: dict[int, int] = {}
        self.smooths = functools.cache(self._smooths)
        self.levels = functools.cache(self._levels)
        self.integrals = functools.cache(self._integrals)

    def smooth(self, at_s: float) -> float:
        """Return the slow part alone."""
        knot, rest = divmod(at_s, SLOW_S)
        here = self._slow_knot(int(knot))
        return here if not rest else here + (self._slow_knot(int(knot) + 1) - here) * rest / SLOW_S

    def level(self, at_s: float) -> float:
        """Return all of it."""
        knot, rest = divmod(at_s, FAST_S)
        here = self._fast_knot(int(knot))
        return here if not rest else here + (self._fast_knot(int(knot) + 1) - here) * rest / FAST_S

    def integral(self, at_s: float) -> float:
        """Return the seconds of full business since the anchor; 0 before it."""
        knot, rest = divmod(at_s, FAST_S)
        number = int(knot) - self._anchor
        if number < 0:
            return 0.0
        while len(self._sums) <= number:
            last = self._anchor + len(self._sums) - 1
            self._sums.append(self._sums[-1] + (self._fast_knot(last) + self._fast_knot(last + 1)) / 2 * FAST_S)
        return self._sums[number] + (self._fast_knot(int(knot)) + self.level(at_s)) / 2 * rest

    def _smooths(self, times: Times) -> Sequence[float]:
        return [self.smooth(time) for time in times]

    def _levels(self, times: Times) -> Sequence[float]:
        return [self.level(time) for time in times]

    def _integrals(self, times: Times) -> Sequence[float]:
        return [self.integral(time) for time in times]

    def _slow_knot(self, number: int) -> float:
        if number not in self._slow:
            self._slow[number] = self._habit(number * SLOW_S) * (1 + SLOW_CHANCE * _chance(self._seed, number))
        return self._slow[number]

    def _fast_knot(self, number: int) -> float:
        if number not in self._fast:
            chance = FAST_CHANCE * _chance(self._seed + 1, number)
            self._fast[number] = min(1.0, self.smooth(number * FAST_S) * (1 + chance))
        return self._fast[number]

    def _habit(self, at_s: int) -> float:
        """Return what this hour of the week is like."""
        hour, rest = divmod((at_s + self._offset(at_s) - MONDAY_S) % WEEK_S, HOUR_S)
        return HOURS[hour] + (HOURS[hour + 1] - HOURS[hour]) * rest / HOUR_S

    def _offset(self, at_s: int) -> int:
        """Return how far local time is ahead; clocks change on full hours."""
        hour = at_s // HOUR_S
        if hour not in self._offsets:
            ahead = datetime.fromtimestamp(hour * HOUR_S, UTC).astimezone(self._zone).utcoffset()
            self._offsets[hour] = int(ahead.total_seconds()) if ahead else 0
        return self._offsets[hour]


def _chance(seed: int, number: int) -> float:
    """Return a value from -1 to 1 that looks random: SplitMix64's finish (Steele and others, 2014)."""
    mixed = (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return ((mixed ^ (mixed >> 31)) >> 11) / 4503599627370496.0 - 1.0


def after(times: Times, moment_s: float) -> int:
    """Return the index of the first of ``times`` that is not before ``moment_s``."""
    return bisect.bisect_left(times, moment_s)
