"""Reads one file of the spool, from its begin to where it ends now, and on from there."""

from __future__ import annotations

import os
from array import array

from regiowacht_agent.push.scrape import Scrape
from regiowacht_agent.spool import deltas
from regiowacht_agent.spool.disk import open_binary, read_at
from regiowacht_agent.spool.frames import scan
from regiowacht_agent.spool.record import BASE, READING, read
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.push.scrape import Shape
    from regiowacht_agent.spool.record import Record
    from regiowacht_agent.spool.segment import Segment
    from regiowacht_agent.spool.shapes import Shapes

BASES_KEPT = 3
"""Bases of one shape that are remembered: readings differ from the latest, and it from the one before."""


class _Base(NamedTuple):
    values: array[float]
    digits: bytes


class Reading:
    """A file that is being read.

    Args:
        segment: the file.
        shapes: what its readings are of.
    """

    def __init__(self, segment: Segment, shapes: Shapes) -> None:
        self.segment = segment
        self._shapes = shapes
        self._at = 0
        self._seen = 0
        self._bases: dict[int, dict[int, _Base]] = {}

    def end(self) -> int:
        """Take what did not come by now for lost; return how many readings that are."""
        return self.segment.read_whole(self._seen)

    def more(self) -> Iterator[tuple[int, Scrape]]:
        """Yield the readings that did not arrive yet, with their numbers, as far as the file goes now.

        Raises:
            OSError: it cannot be read; it goes on later where it stopped.
        """
        if self._at >= self.segment.size:
            return
        descriptor = open_binary(self.segment.path, os.O_RDONLY)
        try:
            end = self.segment.size
            for _begin, after, body in scan(
                lambda at, size: read_at(descriptor, at, size), self._at, end, self.segment.first
            ):
                self._at = after
                found = self._one(body, descriptor)
                if found is not None:
                    yield found
            self._at = end
        finally:
            os.close(descriptor)

    def _one(self, body: bytes, descriptor: int) -> tuple[int, Scrape] | None:
        kind = body[0]
        if kind not in {READING, BASE}:
            return None
        try:
            record = read(body)
            if self._seen >> record.offset & 1:
                return None
            number = self.segment.first + record.offset
            is_done = self.segment.is_done(number)
            shape = self._shapes.shape(record.shape) if kind == BASE or not is_done else None
            if shape is None:
                self._seen |= int(is_done) << record.offset
                return None
            values = self._values(record, shape, descriptor, is_base=kind == BASE)
        except (ValueError, IndexError):
            return None
        self._seen |= 1 << record.offset
        return None if is_done else (number, Scrape(record.at_ms, shape, values))

    def _values(self, record: Record, shape: Shape, descriptor: int, *, is_base: bool) -> array[float]:
        """Return a reading's values.

        Raises:
            ValueError: its base is lost, or it is none.
        """
        known = self._bases.setdefault(record.shape, {})
        if record.base < 0:
            base = _Base(array("d", bytes(8 * len(shape.heads))), record.digits)
        else:
            base = known.get(record.base) or self._second_copy(record, shape, descriptor)
        digits = record.digits or base.digits
        if len(digits) != len(base.values):
            raise ValueError("of another number of series")
        values = deltas.decode(record.told, base.values, digits)
        if is_base:
            known[record.offset] = _Base(values, digits)
            if len(known) > BASES_KEPT:
                del known[min(known)]
        return values

    def _second_copy(self, record: Record, shape: Shape, descriptor: int) -> _Base:
        """Return a base whose first copy is damaged.

        Raises:
            ValueError: so is the second.
        """
        parts = scan(lambda at, size: read_at(descriptor, at, size), self._at, self.segment.size, self.segment.first)
        for _begin, _end, body in parts:
            if body[0] == BASE:
                found = read(body)
                if found.shape == record.shape and found.offset == record.base:
                    self._values(found, shape, descriptor, is_base=True)
                    return self._bases[record.shape][record.base]
        raise ValueError("its base is lost")
