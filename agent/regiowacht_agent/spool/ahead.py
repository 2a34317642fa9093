"""Reads what is still to be sent, in order, a little ahead of who sends it."""

from __future__ import annotations

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.spool.reading import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    from regiowacht_agent.push.scrape import Scrape, Shape
    from regiowacht_agent.spool.segment import Segment
    from regiowacht_agent.spool.shapes import Shapes

    Batch: TypeAlias = tuple[tuple[int, Scrape], ...]

TRIES = 5
FIRST_PAUSE_S = 60.0
"""After a file could not be read; each further one is twice as long."""


class _Unreadable:
    """How a file fares that the disk does not give."""

    __slots__ = ("after", "tries")

    def __init__(self) -> None:
        self.tries, self.after = 0, 0.0


class Ahead:
    """The readings that come next.

    Args:
        segments: the files, in order; others add to it and take from it.
        shapes: what their readings are of.
        monotonic: seconds that never jump.
    """

    def __init__(self, segments: Sequence[Segment], shapes: Shapes, monotonic: Callable[[], float]) -> None:
        self._segments, self._shapes, self._monotonic = segments, shapes, monotonic
        self._held: dict[int, Scrape] = {}
        self._reading: Reading | None = None
        self._read_to = 0
        self._unreadable: dict[int, _Unreadable] = {}

    def take(self, limit_samples: int, before: int | None) -> list[Batch]:
        """Return what comes next: of each shape a batch, at least one reading where there is any."""
        found: dict[Shape, list[tuple[int, Scrape]]] = {}
        samples = 0
        for number, scrape in self._next():
            if before is not None and number >= before:
                break
            samples += len(scrape.values)
            if found and samples > limit_samples:
                break
            found.setdefault(scrape.shape, []).append((number, scrape))
        return [tuple(batch) for batch in found.values()]

    def is_at(self, segment: Segment) -> bool:
        """Return whether readings of that file were read and are not known to have arrived."""
        at = self._reading is not None and self._reading.segment is segment
        return at or any(segment.first <= number < segment.end for number in self._held)

    def late(self, segment: Segment) -> None:
        """Take in a file that could not be read until now, though later ones were."""
        self._unreadable[segment.first] = _Unreadable()

    def forget(self, segment: Segment) -> None:
        """Let go of a file."""
        self._held = {
            number: scrape for number, scrape in self._held.items() if not segment.first <= number < segment.end
        }
        self._unreadable.pop(segment.first, None)
        if self._reading is not None and self._reading.segment is segment:
            self._reading = None

    def _next(self) -> Iterator[tuple[int, Scrape]]:
        """Yield what was read before and still waits, then what the files hold."""
        of = {segment.first: segment for segment in self._segments}
        firsts = sorted(of, reverse=True)
        for number in list(self._held):
            first = next((first for first in firsts if first <= number), None)
            if first is None or of[first].is_done(number):
                del self._held[number]
        yield from list(self._held.items())
        while True:
            self._reading = reading = self._reading or self._open()
            if reading is None:
                return
            try:
                for number, scrape in reading.more():
                    self._held[number] = scrape
                    yield number, scrape
            except OSError as error:
                self._failed(reading.segment, error)
            else:
                if reading.segment.is_open:
                    return
                self._unreadable.pop(reading.segment.first, None)
                if reading.end():
                    LOGGER.warning(line("spool-damaged", file=reading.segment.path, readings=reading.segment.damaged))
            self._read_to = max(self._read_to, reading.segment.first)
            self._reading = None

    def _open(self) -> Reading | None:
        """Return the first file that was not read yet, and may be now."""
        now = self._monotonic()
        for segment in self._segments:
            trouble = self._unreadable.get(segment.first)
            if (segment.first > self._read_to) if trouble is None else (now >= trouble.after):
                return Reading(segment, self._shapes)
        return None

    def _failed(self, segment: Segment, error: OSError) -> None:
        trouble = self._unreadable.setdefault(segment.first, _Unreadable())
        trouble.after = self._monotonic() + FIRST_PAUSE_S * 2**trouble.tries
        trouble.tries += 1
        if trouble.tries == 1:
            LOGGER.warning(line("spool-unreadable", file=segment.path, reason=error.strerror or error))
        if trouble.tries > TRIES:
            segment.damaged += segment.let_go()
