"""Counts what became of writes and samples, for the agent's own metrics."""

from __future__ import annotations

import threading
import time
from collections import Counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LANES = ("live", "backlog")


class Totals:
    """What came of everything that was sent; several threads count.

    Args:
        wall: seconds since 1970.

    Attributes:
        writes: by lane and outcome: ``taken``, or why not in a word.
        sent_bytes: bodies, packed, whatever became of them.
        samples: taken, by lane.
        refused: samples, by why.
        lost: samples that neither the collector nor the disk took.
        success: when samples were last taken, in seconds since 1970; 0: nothing was yet.
    """

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._lock = threading.Lock()
        self.writes: Counter[tuple[str, str]] = Counter()
        self.sent_bytes = 0
        self.samples: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.lost = 0
        self.success = 0.0

    def lane(self, name: str) -> Counts:
        """Return what one lane counts with."""
        return Counts(self, name)

    def write(self, lane: str, outcome: str, size: int) -> None:
        """Count a write."""
        with self._lock:
            self.writes[lane, outcome] += 1
            self.sent_bytes += size
            if outcome == "taken" and lane in LANES:
                self.success = self._wall()

    def taken(self, lane: str, samples: int) -> None:
        """Count samples that arrived."""
        with self._lock:
            self.samples[lane] += samples

    def refuse(self, reason: str, samples: int) -> None:
        """Count samples that nobody will take."""
        if samples:
            with self._lock:
                self.refused[reason] += samples

    def lose(self, samples: int) -> None:
        """Count samples that are nowhere any more."""
        with self._lock:
            self.lost += samples


class Counts:
    """The totals, as one lane counts."""

    def __init__(self, totals: Totals, lane: str) -> None:
        self._totals, self._lane = totals, lane

    def write(self, outcome: str, size: int = 0) -> None:
        """Count a write and the bytes that it had."""
        self._totals.write(self._lane, outcome, size)

    def taken(self, samples: int) -> None:
        """Count samples that arrived."""
        self._totals.taken(self._lane, samples)

    def refused(self, reason: str, samples: int) -> None:
        """Count samples that nobody will take."""
        self._totals.refuse(reason, samples)
