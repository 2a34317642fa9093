"""The readings of now, which go before everything else: a short queue in memory, whatever the disk does.

What waits here for longer than a few intervals is fresh no more: it stays in the spool, and is sent from there when the
newest has gone. From then on only the newest of each source is fresh: a line that comes back narrow is not taken up by
what was measured while it was away. What the spool did not take waits here for as long as there is room.
"""

from __future__ import annotations

import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.push.counts import Totals
    from regiowacht_agent.push.scrape import Scrape

UNSPOOLED_MAX = 100_000
"""Samples that wait in memory alone, 0.8 MB; beyond that the oldest are let go."""

Item = tuple["int | None", "Scrape"]


class Fresh:
    """A queue from who measures to the live lane.

    Args:
        fresh_s: for how long a reading is fresh.
        totals: counts what is lost.
        monotonic: seconds that never jump.

    Attributes:
        changed: notified when something comes, or becomes the backlog's.
    """

    def __init__(self, fresh_s: float, totals: Totals, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fresh_s = fresh_s
        self._totals = totals
        self._monotonic = monotonic
        self._waiting: list[tuple[float, int | None, Scrape]] = []
        self._in_hand: list[tuple[float, int | None, Scrape]] = []
        self._is_closed = False
        self.changed = threading.Condition()

    def put(self, number: int | None, scrape: Scrape) -> None:
        """Add a reading; without a number it is nowhere else."""
        with self.changed:
            self._waiting.append((self._monotonic(), number, scrape))
            self._bound()
            self.changed.notify_all()

    def take(self, most: int) -> list[Item]:
        """Wait for readings and return them, oldest first, so many samples at most; none when all is over."""
        with self.changed:
            self._let_go()
            while not self._waiting and not self._is_closed:
                self.changed.wait()
                self._let_go()
            samples = 0
            for at, (_, _, scrape) in enumerate(self._waiting):
                samples += len(scrape.values)
                if at and samples > most:
                    break
            else:
                at = len(self._waiting)
            self._in_hand, self._waiting = self._waiting[:at], self._waiting[at:]
            return [(number, scrape) for _, number, scrape in self._in_hand]

    def done(self, *, has_arrived: bool = True) -> None:
        """Let go of what was taken: it has arrived, or it cannot be sent; then what is in memory alone is lost."""
        with self.changed:
            if not has_arrived:
                self._totals.lose(sum(len(scrape.values) for _, number, scrape in self._in_hand if number is None))
            self._in_hand = []

    def give_back(self, settled: set[int]) -> None:
        """Put back what was taken, but for the numbers that are settled."""
        with self.changed:
            self._waiting = [one for one in self._in_hand if one[1] not in settled] + self._waiting
            self._in_hand = []
            self._let_go()
            self._bound()

    def before(self) -> int | None:
        """Return the number that the backlog ends before, since it is the live lane's; None: that has nothing now."""
        with self.changed:
            self._let_go()
            return min((one[1] for one in (*self._in_hand, *self._waiting) if one[1] is not None), default=None)

    def close(self) -> None:
        """Nothing more comes: ``take`` returns what is there, and then nothing."""
        with self.changed:
            self._is_closed = True
            self.changed.notify_all()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        with self.changed:
            return not self._waiting

    def _let_go(self) -> None:
        """Leave to the backlog what is fresh no more."""
        since = self._monotonic() - self._fresh_s
        kept = [one for one in self._waiting if one[1] is None or one[0] >= since]
        if len(kept) < len(self._waiting):
            newest = {scrape.shape.source: number for _, number, scrape in kept if number is not None}
            self._waiting = [one for one in kept if one[1] is None or one[1] == newest[one[2].shape.source]]
            self.changed.notify_all()

    def _bound(self) -> None:
        """Lose the oldest of what is in memory alone, where that is too much."""
        over = sum(len(scrape.values) for _, number, scrape in self._waiting if number is None) - UNSPOOLED_MAX
        for one in [one for one in self._waiting if one[1] is None] if over > 0 else ():
            if over <= 0:
                break
            over -= len(one[2].values)
            self._totals.lose(len(one[2].values))
            self._waiting.remove(one)
