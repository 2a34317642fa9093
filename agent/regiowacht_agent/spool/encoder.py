"""Makes the frames of one file of the spool."""

from __future__ import annotations

from array import array

from regiowacht_agent.spool import deltas
from regiowacht_agent.spool.frames import pack
from regiowacht_agent.spool.record import Record, write

APART_BYTES = 4096
"""How far at least a base's second copy stands behind the first, so that a lost page has not both."""


class _Base:
    """What readings of one shape differ from.

    Attributes:
        first: size of the first reading that did, in bytes; 0: none yet.
        excess: bytes that later ones took more than that.
    """

    __slots__ = ("digits", "excess", "first", "offset", "values")

    def __init__(self, offset: int, values: array[float], digits: bytes) -> None:
        self.offset, self.values, self.digits = offset, values, digits
        self.first = self.excess = 0

    def is_worn(self, size: int) -> bool:
        """Note the size of a reading; return whether a new base would by now have paid for its second copy."""
        self.first = self.first or size
        self.excess += size - self.first
        return self.excess > size


class Encoder:
    """Makes the frames of one file, in order.

    Args:
        first: number of the file's first reading.

    Attributes:
        roots_bytes: what bases took that differ from nothing: what a file costs however short it is.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self._bases: dict[int, _Base] = {}
        self._worn: set[int] = set()
        self._copies: list[tuple[int, bytes]] = []
        self._at = 0
        self.roots_bytes = 0

    def add(self, number: int, shape: int, at_ms: int, values: array[float]) -> bytes:
        """Return the frames of a reading, and the copies of bases that are due."""
        offset, base = number - self._first, self._bases.get(shape)
        if base is None or shape in self._worn:
            frame = self._rebase(offset, shape, at_ms, values, base)
        else:
            told = deltas.encode(values, base.values, base.digits)
            frame = pack(write(Record(offset, shape, base.offset, at_ms, b"", told), is_base=False), self._first)
            if base.is_worn(len(frame)):
                self._worn.add(shape)
        due = [copy for after, copy in self._copies if after <= self._at]
        if due:
            self._copies = [one for one in self._copies if one[0] > self._at]
        return self._counted(b"".join((frame, *due)))

    def end(self) -> bytes:
        """Return the copies that are left."""
        left, self._copies = b"".join([copy for _after, copy in self._copies]), []
        return self._counted(left)

    def _rebase(self, offset: int, shape: int, at_ms: int, values: array[float], before: _Base | None) -> bytes:
        if before is None:
            digits = deltas.scales(values, b"")
            told = deltas.encode(values, array("d", bytes(8 * len(values))), digits)
            record = Record(offset, shape, -1, at_ms, digits, told)
        else:
            digits = deltas.scales(values, before.digits)
            told = deltas.encode(values, before.values, digits)
            record = Record(offset, shape, before.offset, at_ms, b"" if digits == before.digits else digits, told)
        frame = pack(write(record, is_base=True), self._first)
        self._bases[shape] = _Base(offset, values, digits)
        self._worn.discard(shape)
        self._copies.append((self._at + len(frame) + APART_BYTES, frame))
        self.roots_bytes += 2 * len(frame) if before is None else 0
        return frame

    def _counted(self, frames: bytes) -> bytes:
        self._at += len(frames)
        return frames
