"""Readings that are still to be sent, on disk, so that no restart forgets them.

They stand in a row of files: one is added to, what it gets is on the disk before ``put`` returns; a file of which all
arrived is deleted. What a file holds, and how damage to it is contained, is told in ``record.py``.

A disk that is full, read-only, damaged or gone stops nobody: ``put`` then returns None, and every later ``put`` tries
anew. Not for several threads at once.
"""

from __future__ import annotations

import errno
import os
import time
from bisect import bisect_right, insort

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.spool.ahead import Ahead
from regiowacht_agent.spool.bounds import Bounds
from regiowacht_agent.spool.disk import remove
from regiowacht_agent.spool.limits import Limits
from regiowacht_agent.spool.lock import Lock
from regiowacht_agent.spool.segment import Segment, number_of
from regiowacht_agent.spool.shapes import Shapes
from regiowacht_agent.spool.status import Status
from regiowacht_agent.spool.writing import Writing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from regiowacht_agent.push.scrape import Scrape, Shape
    from regiowacht_agent.spool.ahead import Batch

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})

WHY = {errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EFBIG: "full", errno.EROFS: "read-only"}
"""What a disk may have against a reading, by the system's number; else ``failed``."""

LEFT_BEHIND = (".ack", ".new", ".thin")
"""Endings of files that a process which was killed may leave without those that they belong to."""

LOOK_AGAIN_S = 30.0
NUMBERS_LEFT = 1_000_000
"""Numbers that are left to a file of which it is not known yet how many it has."""


class Spool:
    """Readings in the order in which they were taken, until they arrived.

    Args:
        path: the folder that they are kept in; made where it is not there.
        limits: how much may be held.
        clock: seconds since 1970.
        monotonic: seconds that never jump.
    """

    def __init__(
        self,
        path: str,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._monotonic = monotonic
        self._lock: Lock | None = None
        self._look_after = 0.0
        self._trouble = ""
        self._writing: Writing | None = None
        self._segments: list[Segment] = []
        self._unread: list[Segment] = []
        self._shapes = Shapes(path)
        self._told: dict[str, Shape] = {}
        self._next = 1
        self._not_kept: dict[str, int] = {}
        self._aside: dict[str, int] = {}
        self._ahead = Ahead(self._segments, self._shapes, monotonic)
        self._bounds = Bounds(limits or Limits(), self._segments, self._shapes, self._ahead, clock, monotonic)
        self._is_open()

    def put(self, scrape: Scrape) -> int | None:
        """Keep a reading; return its number, larger than those before. None: the disk does not take it."""
        return self.put_all((scrape,))[0]

    def put_all(self, scrapes: Sequence[Scrape]) -> list[int | None]:
        """Keep readings, and wait for the disk once; return the number of each, or None where it is not kept."""
        numbers = [self._kept(scrape) for scrape in scrapes]
        try:
            if self._writing is not None:
                self._writing.sync()
        except OSError as error:
            self._abandon()
            for scrape, number in zip(scrapes, numbers, strict=True):
                if number is not None:
                    self._failed(error, scrape)
            return [None] * len(numbers)
        if self._trouble and None not in numbers:
            LOGGER.info(line("spool-recovered", spool=self._path))
            self._trouble = ""
        return numbers

    def unsent(self, limit_samples: int, before: int | None = None) -> list[Batch]:
        """Return what is still to be sent, oldest first, readings of one shape together.

        Args:
            limit_samples: how many samples at most; one reading comes in any case.
            before: only what has a smaller number, so that who sends the newest by itself is not in the way.
        """
        return self._ahead.take(limit_samples, before) if self._is_open() else []

    def acknowledge(self, numbers: Iterable[int]) -> None:
        """Forget readings that arrived; numbers that are not known are passed over."""
        of: dict[int, list[int]] = {}
        for number in numbers:
            at = bisect_right(self._segments, number, key=_first) - 1
            if at >= 0 and number < self._segments[at].end:
                of.setdefault(at, []).append(number)
        done = []
        for at, found in of.items():
            self._segments[at].arrive(found)
            if not self._segments[at].waiting and not self._segments[at].is_open:
                done.append(self._segments[at])
        for segment in done:
            self._bounds.forget(segment)

    def set_aside(self, numbers: Iterable[int], reason: str) -> None:
        """Forget readings that nobody will take, and count their samples."""
        found = list(numbers)
        before = sum(segment.waiting_samples for segment in self._segments)
        self.acknowledge(found)
        gone = before - sum(segment.waiting_samples for segment in self._segments)
        self._aside[reason] = self._aside.get(reason, 0) + gone

    def status(self) -> Status:
        """Return what is held, and what was let go of."""
        self._is_open()
        waiting = [segment for segment in self._segments if segment.waiting]
        bounds = self._bounds
        return Status(
            size_bytes=bounds.size_bytes,
            size_max_bytes=bounds.limit_bytes,
            waiting=sum(segment.waiting_samples for segment in waiting),
            oldest_ms=waiting[0].oldest_ms() if waiting else None,
            newest_ms=max((segment.summary.newest_ms for segment in waiting), default=None),
            holds_s=bounds.holds_s(),
            dropped=dict(bounds.dropped),
            thinned=bounds.thinned,
            not_kept=dict(self._not_kept),
            damaged=bounds.damaged + sum(segment.damaged for segment in self._segments),
            set_aside=dict(self._aside),
            trouble=self._trouble,
        )

    def close(self) -> None:
        """Let go of the files; what still waits stays."""
        self._bounds.stop()
        self._end_file()
        if self._lock is not None:
            self._lock.free()
            self._lock = None
        self._look_after = float("inf")

    def _kept(self, scrape: Scrape) -> int | None:
        try:
            return self._put(scrape)
        except OSError as error:
            self._failed(error, scrape)
            return None

    def _put(self, scrape: Scrape) -> int:
        if not self._is_open():
            raise OSError(self._trouble or "closed")
        self._bounds.hold()
        before = self._told.get(scrape.shape.source)
        if before is not scrape.shape:
            if before is not None:
                self._shapes.forget(before)
            self._told[scrape.shape.source] = scrape.shape
        try:
            return self._add(scrape)
        except OSError as error:
            had_file = self._writing is not None
            self._abandon()
            if not (self._bounds.make_room() if error.errno in NO_ROOM else had_file):
                raise
        try:
            return self._add(scrape)
        except OSError as error:
            self._abandon()
            if error.errno in NO_ROOM:
                self._bounds.no_room()
            raise

    def _add(self, scrape: Scrape) -> int:
        shape, size = self._shapes.number(scrape.shape)
        self._bounds.grow(size)
        if self._writing is not None and self._writing.is_full(self._bounds.file_bytes):
            self._end_file()
        if self._writing is None:
            self._bounds.fit(self._path)
            self._writing = Writing(self._path, self._next)
            self._segments.append(self._writing.segment)
        number = self._next
        self._bounds.grow(self._writing.add(number, shape, scrape.at_ms, scrape.values), scrape.at_ms)
        self._next += 1
        return number

    def _end_file(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            self._bounds.grow(writing.end())
            self._look_again()
            self._bounds.sweep()

    def _abandon(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.abandon()
            self._bounds.sweep()

    def _failed(self, error: OSError, scrape: Scrape) -> None:
        why = WHY.get(error.errno or 0, "failed")
        self._not_kept[why] = self._not_kept.get(why, 0) + len(scrape.values)
        self._tell(error)
        if isinstance(error, FileNotFoundError) and self._lock is not None:
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Take the folder for one that was not looked at yet: somebody took it away, or another disk is there."""
        self._bounds.stop()
        for segment in list(self._segments):
            self._bounds.lose(segment)
        self._shapes.clear()
        self._told.clear()
        if self._lock is not None:
            self._lock.free()
            self._lock = None

    def _tell(self, error: OSError) -> None:
        trouble = error.strerror or str(error)
        if trouble != self._trouble:
            LOGGER.warning(line("spool-failed", spool=self._path, reason=trouble))
            self._trouble = trouble

    def _is_open(self) -> bool:
        """Return whether the folder could be looked at, now or before."""
        if self._lock is not None:
            return True
        if self._monotonic() < self._look_after:
            return False
        try:
            os.makedirs(self._path, 0o700, exist_ok=True)  # noqa: PTH103 - without pathlib
            self._lock = Lock(self._path)
            self._look()
        except OSError as error:
            if self._lock is not None:
                self._lock.free()
                self._lock = None
            self._segments.clear()
            self._unread.clear()
            self._look_after = self._monotonic() + LOOK_AGAIN_S
            self._tell(error)
            return False
        return True

    def _look_again(self) -> None:
        """Take in the files that could not be read before, where they can be now."""
        for segment in list(self._unread):
            try:
                segment.load(self._shapes)
            except OSError:
                continue
            self._unread.remove(segment)
            self._bounds.grow(segment.size)
            insort(self._segments, segment, key=_first)
            self._ahead.late(segment)

    def _look(self) -> None:
        """Take in what an earlier process left."""
        size = self._shapes.open()
        names = sorted(os.listdir(self._path))  # noqa: PTH208 - without pathlib
        for name in names:
            first = number_of(name)
            if first is None:
                continue
            segment = Segment(self._path, first)
            try:
                segment.load(self._shapes)
            except OSError as error:
                self._tell(error)
                self._unread.append(segment)
                self._next = max(self._next, first + NUMBERS_LEFT)
                continue
            self._segments.append(segment)
            size += segment.size
            self._next = max(self._next, segment.end, first + 1)
        self._bounds.grow(size)
        known = {str(segment.first) for segment in self._segments}
        for name in names:
            stem, dot, ending = name.partition(".")
            if dot + ending.rpartition(".")[2] in LEFT_BEHIND and (ending != "ack" or stem.lstrip("0") not in known):
                remove(os.path.join(self._path, name))  # noqa: PTH118 - without pathlib
        self._bounds.sweep()


def _first(segment: Segment) -> int:
    return segment.first
