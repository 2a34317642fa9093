"""How fast a backlog is made up for: so many times as fast as is measured, and no faster.

So a region whose line comes back after a day brings the collector a load that can be told beforehand, whatever number
of agents it has.
"""

from __future__ import annotations

import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW_S = 600.0
LEAST_A_SECOND = 500.0
"""A small server makes up for a day in minutes, and nobody feels it."""

MOST_AT_ONCE, LEAST_AT_ONCE = 10_000, 1_000
EVERY_S = 5.0


class Pace:
    """Tells the backlog lane how much it may send.

    Args:
        speed: how many times as fast as is measured.
        interval_s: seconds between two readings.
        monotonic: seconds that never jump.
    """

    def __init__(self, speed: float, interval_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._speed, self._interval_s, self._monotonic = speed, interval_s, monotonic
        self._lock = threading.Lock()
        self._since = monotonic()
        self._samples = 0.0

    def measured(self, samples: int) -> None:
        """Take in that so many samples were measured; what is longer ago counts for less."""
        with self._lock:
            self._samples += samples
            elapsed_s = self._monotonic() - self._since
            if elapsed_s > WINDOW_S:
                self._samples /= 2
                self._since += elapsed_s / 2

    @property
    def measured_a_second(self) -> float:
        """Samples that are measured in a second, of late."""
        with self._lock:
            return self._samples / max(self._interval_s, self._monotonic() - self._since)

    @property
    def a_second(self) -> float:
        """Samples of the backlog that may be sent in a second."""
        return max(LEAST_A_SECOND, self._speed * self.measured_a_second)

    def most(self) -> int:
        """Return how many samples of the backlog are sent at once: those of some seconds."""
        return int(min(MOST_AT_ONCE, max(LEAST_AT_ONCE, EVERY_S * self.a_second)))

    def wait_s(self, samples: int) -> float:
        """Return how long so many samples have to last."""
        return samples / self.a_second
