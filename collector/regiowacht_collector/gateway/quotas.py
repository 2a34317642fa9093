"""What a gemeente may write: samples a second, and series at once."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.refused import Refused
from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ACTIVE_S = 3_600.0
"""A series counts for one to two of these after its last sample."""

KNOWN_BODIES = 8
"""Kinds of body that one writer sends in turn: its host, its devices, what is old."""

FULL_AGAIN_S = 60.0
MOST = 10**9
LONGEST_AGAIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Quota:
    """What one gemeente may write.

    Attributes:
        samples_a_second: on the whole; a gemeente of the model with every column writes 2,500 at 15 s.
        burst_s: seconds of that which may come at once; what is old may use the upper half of it alone.
        series: series at once. A known series is never refused; who brings a new one beyond it is.

    Raises:
        UsageError: a number that nobody can mean.
    """

    samples_a_second: int = 50_000
    burst_s: float = 60
    series: int = 500_000

    def __post_init__(self) -> None:
        for name, value in (("gateway-samples-per-second", self.samples_a_second), ("gateway-series", self.series)):
            if not 1 <= value <= MOST:
                raise UsageError("collector.out-of-range", name=name, value=value, lowest=1, highest=MOST)


class Quotas:
    """Keeps count for every gemeente.

    Args:
        quota: what each may.
        now: monotonic seconds.
    """

    def __init__(self, quota: Quota, now: Callable[[], float] = time.monotonic) -> None:
        self.quota = quota
        self._now = now
        self._counts: dict[str, _Counts] = {}

    def may_begin(self, gemeente: str, *, is_live: bool) -> None:
        """Let a write begin.

        Raises:
            Refused: it has written more than it may (429).
        """
        missing = self._of(gemeente).missing(self.quota, self._now(), is_live=is_live)
        if missing > 0:
            again_s = min(LONGEST_AGAIN_S, missing / self.quota.samples_a_second)
            raise Refused(429, "rate", retry_after_s=again_s, limit=self.quota.samples_a_second, gemeente=gemeente)

    def spend(self, gemeente: str, samples: int) -> None:
        """Count the samples of a write, taken or not: each has cost its check."""
        self._of(gemeente).left -= samples

    def enter(self, gemeente: str, writer: str, heads: Sequence[bytes]) -> None:
        """Count the series of a write.

        Args:
            gemeente: whose they are.
            writer: the credential; where its heads are the same object as last time, nothing is counted again.
            heads: encoded labels of each.

        Raises:
            Refused: new ones among them are more than it may have (429).
        """
        counts = self._of(gemeente)
        counts.turn_over(self._now())
        known = counts.known.setdefault(writer, deque(maxlen=KNOWN_BODIES))
        if any(heads is before for before in known):
            return
        found = {hash(head) for head in heads} - counts.active
        new = len(found - counts.before)
        if new and counts.series + new > self.quota.series:
            raise Refused(429, "series", retry_after_s=FULL_AGAIN_S, limit=self.quota.series, gemeente=gemeente)
        counts.active |= found
        counts.series += new
        known.append(heads)

    def active(self) -> dict[str, int]:
        """Return how many series each gemeente has."""
        return {gemeente: counts.series for gemeente, counts in self._counts.items()}

    def _of(self, gemeente: str) -> _Counts:
        found = self._counts.get(gemeente)
        if found is None:
            burst = self.quota.samples_a_second * self.quota.burst_s
            found = self._counts[gemeente] = _Counts(burst, self._now())
        return found


class _Counts:
    """What one gemeente has left, and its series of this period and the one before."""

    def __init__(self, left: float, now_s: float) -> None:
        self.left = left
        self.looked_s = now_s
        self.period_s = now_s
        self.active: set[int] = set()
        self.before: set[int] = set()
        self.series = 0
        self.known: dict[str, deque[Sequence[bytes]]] = {}

    def missing(self, quota: Quota, now_s: float, *, is_live: bool) -> float:
        """Return how many samples it has to wait for; 0 or less: none."""
        burst = quota.samples_a_second * quota.burst_s
        self.left = min(burst, self.left + (now_s - self.looked_s) * quota.samples_a_second)
        self.looked_s = now_s
        return (0 if is_live else burst / 2) - self.left

    def turn_over(self, now_s: float) -> None:
        """Forget the series of the period before the last, when it is time."""
        if now_s - self.period_s >= ACTIVE_S:
            self.before = self.active if now_s - self.period_s < 2 * ACTIVE_S else set()
            self.active, self.known, self.period_s = set(), {}, now_s
            self.series = len(self.before)
