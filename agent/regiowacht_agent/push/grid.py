"""When an agent measures its server: evenly, and not at the moment at which all others do.

Readings carry the moment at which they were due, to the millisecond: times that are evenly apart take hardly any room,
neither here nor at the collector.
"""

from __future__ import annotations

import zlib

LATE_MAX_MS = 1_000


class Grid:
    """Moments that are an interval apart.

    Args:
        interval_s: seconds between two.
        name: decides where in an interval they are; the same after every start.
    """

    def __init__(self, interval_s: float, name: str) -> None:
        self._interval_ms = round(interval_s * 1000)
        self._offset_ms = zlib.crc32(name.encode()) % self._interval_ms
        self._due_ms: int | None = None

    def wait_ms(self, now_ms: int) -> int:
        """Return how long it is to the next moment; the first one is at once."""
        if self._due_ms is None:
            return 0
        if self._due_ms - now_ms > self._interval_ms:  # the clock was set back
            self._due_ms = self._next(now_ms)
        return max(0, self._due_ms - now_ms)

    def take(self, now_ms: int) -> int:
        """Return the time that a reading gets which is taken now, and go on to the next moment."""
        due_ms, self._due_ms = self._due_ms, self._next(now_ms)
        is_in_time = due_ms is not None and 0 <= now_ms - due_ms <= min(LATE_MAX_MS, self._interval_ms // 4)
        return due_ms if due_ms is not None and is_in_time else now_ms

    def _next(self, now_ms: int) -> int:
        return now_ms + self._interval_ms - (now_ms - self._offset_ms) % self._interval_ms
