"""Keeps the spool within its bounds: thins the oldest readings out before any are dropped."""

from __future__ import annotations

import os

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.spool.thinning import thin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from regiowacht_agent.spool.ahead import Ahead
    from regiowacht_agent.spool.limits import Limits
    from regiowacht_agent.spool.segment import Segment
    from regiowacht_agent.spool.shapes import Shapes

FILES, FILE_MAX_BYTES, FILE_MIN_BYTES = 64, 512_000, 4_000
"""So many files at least make up a full spool, unless they would be too small; and none is too large to be dropped."""

LEFT_SHARE = 0.02
"""Share of the disk that others are left."""

THIN_FROM = 0.9
"""Share of the size from which readings are thinned out, so that it is done when the room is needed."""

WHOLE_SHARE = 0.25
"""Share of the size that the newest readings have, which are never thinned out."""

STEP_S, STEP_SHARE = 0.02, 0.02
"""How long thinning may take at each reading that is kept, and which share of the time in all."""

STEPS_LEAST = 4
"""Readings that it looks at each time in any case: three of four go, so that it keeps pace."""

STEADY_S = 3600.0
"""How long the clock must have gone on steadily before it is believed that a reading is too old."""

JUMP_S = 30.0
PATIENCE_S = 3600.0
RATE_FROM_S = 300.0
"""How long readings must have come before it is said how long there is room for them."""


class Bounds:
    """Bounds of one spool.

    Args:
        limits: how much may be held.
        segments: the files, in order.
        shapes: what their readings are of.
        ahead: who reads them.
        clock: seconds since 1970.
        monotonic: seconds that never jump.

    Attributes:
        file_bytes: how large a file becomes.
        limit_bytes: what all files may take: the bound, or less where the disk has less.
        size_bytes: what all files take.
        dropped: samples let go of, by why: ``size``, ``age``, ``full`` (there was no room on the disk).
        thinned: samples let go of so that others of the same time could stay.
        damaged: readings of files that are gone which could not be read.
    """

    def __init__(
        self,
        limits: Limits,
        segments: list[Segment],
        shapes: Shapes,
        ahead: Ahead,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._limits, self._segments, self._shapes, self._ahead = limits, segments, shapes, ahead
        self._clock, self._monotonic = clock, monotonic
        self.limit_bytes = limits.size_max_bytes
        self.file_bytes = FILE_MAX_BYTES
        self.size_bytes = 0
        self.dropped: dict[str, int] = {}
        self.thinned = 0
        self.damaged = 0
        self._thinning: tuple[Segment, Iterator[None]] | None = None
        self._not_thin: set[int] = set()
        self._since = (monotonic(), clock() - monotonic())
        self._no_room_until = 0.0
        self._stepped = monotonic()
        self._put_bytes, self._first_ms, self._last_ms = 0, 0, 0

    def grow(self, size: int, at_ms: int | None = None) -> None:
        """Count what was written, of a reading of that time or beside."""
        self.size_bytes += size
        if at_ms is not None:
            self._put_bytes += size
            self._first_ms = self._first_ms or at_ms
            self._last_ms = max(self._last_ms, at_ms)

    def fit(self, folder: str) -> None:
        """Look what room the disk has, before a file is begun.

        Raises:
            OSError: the disk does not say.
        """
        self.limit_bytes = self._limits.size_max_bytes
        if hasattr(os, "statvfs"):
            disk = os.statvfs(folder)
            free = int(disk.f_bavail * disk.f_frsize - LEFT_SHARE * disk.f_blocks * disk.f_frsize)
            self.limit_bytes = min(self.limit_bytes, self.size_bytes + max(0, free))
        self.file_bytes = min(max(self.limit_bytes // FILES, FILE_MIN_BYTES), FILE_MAX_BYTES)

    def holds_s(self) -> float | None:
        """Return for how long there is room at the rate of late, in seconds; None: it is not known yet."""
        spans = [(self._put_bytes, self._last_ms - self._first_ms)]
        spans += [
            (one.size, one.summary.newest_ms - one.summary.oldest_ms)
            for one in self._segments[-2:]
            if not one.summary.is_thinned
        ]
        for size, span_ms in spans:
            if size and span_ms >= RATE_FROM_S * 1000:
                return min(self.limit_bytes / size * span_ms / 1000, self._limits.age_max_s)
        return None

    def hold(self) -> None:
        """Make room for what comes: what is too old goes, then the oldest is thinned out, then it goes."""
        self._drop_old()
        limit = self.limit_bytes
        if self.size_bytes > THIN_FROM * limit:
            self._thin()
        while self.size_bytes > limit and self._drop("size"):
            pass

    def make_room(self) -> bool:
        """Let the oldest file go for a disk that is full; return whether that was done: the last one stays."""
        return len(self._segments) > 1 and self._monotonic() >= self._no_room_until and self._drop("full")

    def no_room(self) -> None:
        """Note that letting go did not help: somebody else fills the disk, and what is held stays for a while."""
        self._no_room_until = self._monotonic() + PATIENCE_S

    def forget(self, segment: Segment) -> None:
        """Delete a file; where the disk does not let it, it goes when it does."""
        if self._thinning is not None and self._thinning[0] is segment:
            self.stop()
        self._ahead.forget(segment)
        if not segment.delete():
            segment.let_go()
            return
        self._remove(segment)

    def lose(self, segment: Segment) -> None:
        """Take a file for gone, with what waits in it."""
        self._ahead.forget(segment)
        segment.damaged += segment.let_go()
        self._remove(segment)

    def _remove(self, segment: Segment) -> None:
        self._segments.remove(segment)
        self._not_thin.discard(segment.first)
        self.size_bytes -= segment.size
        self.damaged += segment.damaged

    def sweep(self) -> None:
        """Delete what nobody needs: files of which all arrived, and shapes that none has readings of."""
        for segment in [one for one in self._segments if not one.is_open and not one.waiting]:
            self.forget(segment)
        needed: set[int] = set().union(*(segment.summary.shapes for segment in self._segments))
        self.size_bytes -= self._shapes.sweep(needed)

    def stop(self) -> None:
        """Leave a file that is being thinned out as it was."""
        if self._thinning is not None:
            _segment, steps = self._thinning
            self._thinning = None
            steps.close()  # type: ignore[attr-defined] # a generator

    def _thin(self) -> None:
        if self._thinning is None:
            segment = self._next_to_thin()
            if segment is None:
                return
            self._thinning = segment, thin(segment, self._shapes)
        segment, steps = self._thinning
        if self._ahead.is_at(segment):  # it is being sent by now: what was read of it must stay where it is
            self.stop()
            return
        size, samples = segment.size, segment.waiting_samples
        now = self._monotonic()
        until, self._stepped = now + min(STEP_S, STEP_SHARE * (now - self._stepped)), now
        try:
            for _turn in range(STEPS_LEAST):
                next(steps)
            while self._monotonic() < until:
                next(steps)
        except StopIteration:
            self._thinning = None
            self.size_bytes -= size - segment.size
            self.thinned += samples - segment.waiting_samples
            LOGGER.info(line("spool-thinned", file=segment.path, left=segment.summary.readings))
        except OSError as error:
            self._thinning = None
            self._not_thin.add(segment.first)
            LOGGER.warning(line("spool-not-thinned", file=segment.path, reason=error.strerror or error))

    def _next_to_thin(self) -> Segment | None:
        """Return the oldest file that can be thinned out."""
        newer = self.size_bytes
        for segment in self._segments:
            newer -= segment.size
            if newer < WHOLE_SHARE * self.limit_bytes or segment.is_open:
                return None
            is_done = segment.summary.is_thinned or segment.first in self._not_thin
            if not is_done and segment.waiting and not self._ahead.is_at(segment):
                return segment
        return None

    def _drop_old(self) -> None:
        now, offset = self._monotonic(), self._clock() - self._monotonic()
        if abs(offset - self._since[1]) > JUMP_S:
            self._since = now, offset
        if now - self._since[0] < STEADY_S:
            return
        oldest = (self._clock() - self._limits.age_max_s) * 1000
        while self._segments and self._segments[0].summary.newest_ms < oldest and self._drop("age"):
            pass

    def _drop(self, why: str) -> bool:
        """Let the oldest file go; return whether that gave room."""
        segment = next((one for one in self._segments if not one.is_open), None)
        if segment is None:
            return False
        samples, size = segment.waiting_samples, self.size_bytes
        self.forget(segment)
        if samples:
            self.dropped[why] = self.dropped.get(why, 0) + samples
            LOGGER.warning(line("spool-dropped", why=why, samples=samples))
        return self.size_bytes < size
