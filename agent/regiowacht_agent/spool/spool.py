"""Readings that are still to be sent."""

from __future__ import annotations

import time

from regiowacht_agent.spool.limits import Limits
from regiowacht_agent.spool.status import Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from regiowacht_agent.push.scrape import Scrape

    Batch: TypeAlias = tuple[tuple[int, Scrape], ...]


class Spool:
    """Readings in the order in which they were taken, until they are acknowledged.

    Args:
        path: the folder that they are kept in; made where it is not there.
        limits: how much may be held.
        clock: seconds since 1970.
    """

    def __init__(self, path: str, limits: Limits | None = None, clock: Callable[[], float] = time.time) -> None:
        self._limits = limits or Limits()
        self._waiting: dict[int, Scrape] = {}
        self._next = 1
        self._set_aside: dict[str, int] = {}

    def put(self, scrape: Scrape) -> int | None:
        """Keep a reading; return its number, larger than those before. None: the disk does not take it."""
        number, self._next = self._next, self._next + 1
        self._waiting[number] = scrape
        return number

    def unsent(self, limit_samples: int, before: int | None = None) -> list[Batch]:
        """Return what is still to be sent, oldest first, readings of one shape together.

        Args:
            limit_samples: how many samples at most; one reading comes in any case.
            before: only what has a smaller number, so that who sends the newest by itself is not in the way.
        """
        found: dict[object, list[tuple[int, Scrape]]] = {}
        samples = 0
        for number, scrape in self._waiting.items():
            if before is not None and number >= before:
                break
            samples += len(scrape.values)
            if found and samples > limit_samples:
                break
            found.setdefault(scrape.shape, []).append((number, scrape))
        return [tuple(batch) for batch in found.values()]

    def acknowledge(self, numbers: Iterable[int]) -> None:
        """Forget readings that arrived."""
        for number in numbers:
            self._waiting.pop(number, None)

    def set_aside(self, numbers: Iterable[int], reason: str) -> None:
        """Forget readings that nobody will take, and count their samples."""
        for number in numbers:
            scrape = self._waiting.pop(number, None)
            if scrape is not None:
                self._set_aside[reason] = self._set_aside.get(reason, 0) + len(scrape.values)

    def status(self) -> Status:
        """Return what is held, and what was let go of."""
        times = [scrape.at_ms for scrape in self._waiting.values()]
        return Status(
            size_max_bytes=self._limits.size_max_bytes,
            waiting=sum(len(scrape.values) for scrape in self._waiting.values()),
            oldest_ms=min(times, default=None),
            newest_ms=max(times, default=None),
            set_aside=dict(self._set_aside),
        )

    def close(self) -> None:
        """Let go of the files; what is held stays."""
