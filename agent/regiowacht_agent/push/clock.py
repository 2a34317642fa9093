"""The time that readings carry: this server's, put right by the collector's where the two are far apart.

A reading from the future would be refused, or keep the ones after it from being taken; one from a wrong past would be
shown at the wrong hour. So what the collector's answers say of the time is held against this server's clock, and a
clock that is set while the agent runs does not tear its readings apart.
"""

from __future__ import annotations

import threading
import time

from regiowacht_agent.log import LOGGER, line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

STEP_S = 1.0
"""A clock that moves by more than that against the monotonic one was set; one that is only steered moves by 0.5 ms a
second at most (adjtimex(2))."""

TOLERATED_S = 30.0
"""Clocks that are closer than that are left alone: an answer's date has whole seconds, and is as late as the line."""


class Clock:
    """Tells the time of readings, to several threads.

    Args:
        wall: seconds since 1970.
        monotonic: seconds that never jump.

    Attributes:
        offset_s: how far the collector's clock is ahead of this server's; None: it never said.
        steps: how often this server's clock was set while the agent ran.
    """

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._apart = wall() - monotonic()
        self._lock = threading.Lock()
        self.offset_s: float | None = None
        self.steps = 0

    def now_ms(self) -> int:
        """Return the time, in milliseconds since 1970."""
        with self._lock:
            self._look()
            return int((self._wall() + self._correction_s) * 1000)

    def at_ms(self, monotonic_s: float) -> int:
        """Return the time of a moment on the monotonic clock, in milliseconds since 1970."""
        return self.now_ms() - max(0, int((self._monotonic() - monotonic_s) * 1000))

    def heard(self, date_s: float, took_s: float) -> None:
        """Take in when an answer was given.

        Args:
            date_s: by its sender's clock, in whole seconds since 1970.
            took_s: how long ago it was asked for, at most.
        """
        with self._lock:
            self._look()
            was_apart = self.is_apart
            self.offset_s = date_s + 0.5 - (self._wall() - took_s / 2)
            if self.is_apart and not was_apart:
                LOGGER.warning(line("clock-apart", collector_ahead_s=round(self.offset_s, 1)))
            elif was_apart and not self.is_apart:
                LOGGER.info(line("clock-right", collector_ahead_s=round(self.offset_s, 1)))

    @property
    def is_apart(self) -> bool:
        """Whether this server's clock is so far from the collector's that readings get the collector's time."""
        return self.offset_s is not None and abs(self.offset_s) > TOLERATED_S

    @property
    def _correction_s(self) -> float:
        return self.offset_s if self.offset_s is not None and self.is_apart else 0.0

    def _look(self) -> None:
        """Notice that the clock was set: what was known of its distance changes by as much."""
        apart = self._wall() - self._monotonic()
        moved_s, self._apart = apart - self._apart, apart
        if abs(moved_s) > STEP_S:
            self.steps += 1
            if self.offset_s is not None:
                self.offset_s -= moved_s
            LOGGER.warning(line("clock-set", by_s=round(moved_s, 1)))
