"""Waits for a condition, never for a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from tests.lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

LOOK_EVERY_S = 0.02
SLOWER = 5
"""How much slower than a quiet machine a busy one may be before the lab gives up."""


def until(look: Callable[[], T], within_s: float, what: str, every_s: float = LOOK_EVERY_S) -> T:
    """Return what ``look`` answers, as soon as that is true in a boolean context.

    Args:
        look: asked again and again; an exception of it ends the wait at once.
        within_s: how long this takes on a quiet machine at most; five times that are granted.
        what: what is waited for, for the error: ``OSPF between a and b``.
        every_s: pause between two looks; longer where a look costs much.

    Raises:
        LabError: it did not come; tells the last answer.
    """
    deadline = time.monotonic() + within_s * SLOWER
    while not (answer := look()):
        if time.monotonic() > deadline:
            raise LabError(f"waited {within_s * SLOWER:g} s in vain for {what}; the last answer was {answer!r}")
        time.sleep(every_s)
    return answer
