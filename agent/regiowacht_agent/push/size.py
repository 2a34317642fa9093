"""How much a write holds: less after one for which the line was too slow, and more again while it is quick enough.

A write has a time within which it must be answered. On a narrow line one that is too large would never be, however
often it is sent.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LEAST = 100
QUICK = 0.25
"""Share of the time that a write has; one that took less may be followed by one of twice the size."""


class Size:
    """Tells how many samples a write holds at most.

    Args:
        most: returns how many where the line is no hindrance.
    """

    def __init__(self, most: Callable[[], int]) -> None:
        self._most = most
        self._bound = 0

    def now(self) -> int:
        """Return how many samples the next write may hold."""
        return min(self._most(), self._bound or self._most())

    def too_slow(self) -> None:
        """Take in that a write was not answered in time."""
        self._bound = max(min(LEAST, self._most()), self.now() // 2)

    def took(self, share: float) -> None:
        """Take in that a write was answered after such a share of the time that it had."""
        if self._bound and share < QUICK:
            self._bound *= 2
            if self._bound >= self._most():
                self._bound = 0
