"""Says each step that worked, with a mark and how long it took."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht.console import Console

MARK, PLAIN_MARK = "\u2713", "+"
"""A check mark, and what stands for it on a terminal that has none."""


class Steps:
    """Tells a person how far it is.

    Args:
        console: of the person.
        now: monotonic seconds.
    """

    def __init__(self, console: Console, now: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._now = now
        self._began = self._since = now()
        self._mark = MARK if _can_write(console, MARK) else PLAIN_MARK

    @property
    def total_s(self) -> float:
        """How long all of it took up to now."""
        return self._now() - self._began

    def done(self, key: str, /, **values: object) -> None:
        """Say a step that worked just now; it took the time since the one before."""
        now = self._now()
        text = say(key, self._console.lang, **values).strip()
        self._console.talk(f"{self._mark} {text}  [{now - self._since:.1f} s]")
        self._since = now


def _can_write(console: Console, sign: str) -> bool:
    encoding = getattr(console.stderr, "encoding", None) or "ascii"
    try:
        sign.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
