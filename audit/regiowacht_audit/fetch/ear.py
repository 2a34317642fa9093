"""Listens to a session: whether a device waits for us while we wait for it, and which system it sounds like."""

from __future__ import annotations

import functools
import re
import time
import tomllib
from importlib import resources
from typing import TYPE_CHECKING

from regiowacht_audit.fetch.whole import ANSI
from regiowacht_audit.pasted import PROMPT
from regiowacht_audit.platform import find_platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_audit.platform import Platform

STUCK_S = 4.0
"""Silence at a prompt after which nothing more comes: a driver that still waits then takes it for another system."""

BEFORE_S = 8.0
"""The same before anything was typed: some drivers listen for a while whether a banner follows the prompt."""

HEAD_CHARS, TAIL_CHARS = 4000, 400


class Ear:
    """What a device said in one session, as far as it tells what it is; in memory alone, as secrets may be in it.

    Args:
        clock: seconds that never jump.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._head = ""
        self._tail = ""
        self._last_s = clock()
        self._is_answered = True
        self._patience_s = BEFORE_S

    def typed(self, line: str) -> None:
        """Note that something was sent; until an answer comes, the prompt on the screen is the old one."""
        if line.strip():
            self._is_answered = False
            self._patience_s = STUCK_S
        self._last_s = self._clock()

    def hear(self, said: str) -> None:
        """Note what came."""
        if not said:
            return
        self._last_s = self._clock()
        self._head += said[: max(0, HEAD_CHARS - len(self._head))]
        self._tail = (self._tail + said)[-TAIL_CHARS:]
        self._is_answered = self._is_answered or "\n" in said or "\r" in said

    @property
    def prompt(self) -> str:
        """The last row, where it is one in which the device asks for a command; else ""."""
        row = ANSI.sub("", self._tail).replace("\r", "\n").rpartition("\n")[2].strip()
        return row if row[-1:] in {"#", ">", "$", "%"} and PROMPT.fullmatch(row) else ""

    @property
    def is_stuck(self) -> bool:
        """Whether it has been waiting for a command in silence for so long that nothing more will come."""
        return self._is_answered and self._clock() - self._last_s > self._patience_s and bool(self.prompt)

    def others(self, platform: Platform) -> list[Platform]:
        """Return the systems that it sounds like; none where it sounds like ``platform``, or like nothing known."""
        said = ANSI.sub("", f"{self._head}\n{self._tail}").replace("\r", "\n")
        for voice, names in _voices():
            if voice.search(said):
                return [] if platform.name in names else [find_platform(name) for name in names]
        return []


@functools.cache
def _voices() -> list[tuple[re.Pattern[str], list[str]]]:
    table = tomllib.loads((resources.files("regiowacht_audit") / "fetch" / "voices.toml").read_text(encoding="utf-8"))
    return [(re.compile(one["says"], re.MULTILINE), one["platforms"]) for one in table["voice"]]
