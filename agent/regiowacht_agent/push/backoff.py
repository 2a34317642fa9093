"""How long to wait before something that failed is tried again.

With full jitter: anywhere between at once and the bound, so that the agents of a region that lost their collector
together do not come back together. Source: Brooker, "Exponential Backoff And Jitter", 2015.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_S = 1.0
ASKED_MAX_S = 600.0
"""An answer that asks to wait for longer is not heeded whole: it may be a mistake, and the line is worth a look."""


def chance() -> float:
    """Return a number from 0 up to 1; without ``random``, which costs half a megabyte."""
    return int.from_bytes(os.urandom(4), "big") / 2**32


class Backoff:
    """The waits between attempts that fail one after the other.

    Args:
        longest_s: the bound that they grow to.
        draw: returns a number from 0 up to 1.
    """

    def __init__(self, longest_s: float, draw: Callable[[], float] = chance) -> None:
        self._longest_s = longest_s
        self._draw = draw
        self._failures = 0

    def worked(self) -> None:
        """Begin with short waits again."""
        self._failures = 0

    def wait_s(self, asked_s: float | None = None) -> float:
        """Return how long to wait after one more failure.

        Args:
            asked_s: what the other side asked for; it is heeded, and a little more, so that not all come at once.
        """
        bound = min(self._longest_s, FIRST_S * (1 << min(self._failures, 30)))
        self._failures += 1
        wait_s = bound * self._draw()
        return wait_s if asked_s is None else min(asked_s, ASKED_MAX_S) + wait_s
