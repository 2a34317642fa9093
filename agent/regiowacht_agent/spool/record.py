"""One reading as it stands in a file of the spool.

Every reading is told as the difference to a base, an earlier reading of the same series. A base stands in the file
twice, some way apart, so that what is damaged costs no other reading. The first base of a file differs from nothing,
each later one from the base before it.
"""

from __future__ import annotations

from regiowacht_contract.light import NamedTuple
from regiowacht_contract.wire.errors import Malformed
from regiowacht_contract.wire.varint import read_varint, varint

READING, BASE, SUMMARY = 0, 1, 2
"""Kinds of frames, by the first byte of their bodies."""


class Record(NamedTuple):
    """One reading.

    Attributes:
        offset: its number, counted from the file's first.
        shape: number of its series' file.
        base: offset of its base; -1: it has none.
        at_ms: when, in milliseconds since 1970.
        digits: a base's: digits after the point of each series; empty: those of its own base.
        told: the difference.
    """

    offset: int
    shape: int
    base: int
    at_ms: int
    digits: bytes
    told: bytes


def write(record: Record, *, is_base: bool) -> bytes:
    """Return the body of a reading's frame."""
    head = bytes((BASE if is_base else READING,))
    numbers = (record.offset, record.shape, record.offset - record.base, max(0, record.at_ms), len(record.digits))
    return head + b"".join(map(varint, numbers)) + record.digits + record.told


def read(body: bytes) -> Record:
    """Return the reading that a frame holds.

    Raises:
        ValueError: it holds none.
    """
    numbers, at = numbers_of(body, 5)
    offset, shape, back, at_ms, digits = numbers
    return Record(offset, shape, offset - back, at_ms, body[at : at + digits], body[at + digits :])


def when(body: bytes) -> tuple[int, int]:
    """Return the offset and the time of the reading that a frame holds, without the rest.

    Raises:
        ValueError: it holds none.
    """
    (offset, _shape, _back, at_ms), _at = numbers_of(body, 4)
    return offset, at_ms


def numbers_of(body: bytes, count: int, at: int = 1) -> tuple[list[int], int]:
    """Return so many numbers of a body, and where they end.

    Raises:
        ValueError: there are fewer.
    """
    found: list[int] = []
    for _turn in range(count):
        try:
            number, at = read_varint(body, at, len(body))
        except Malformed as error:
            raise ValueError(str(error)) from error
        found.append(number)
    return found, at
