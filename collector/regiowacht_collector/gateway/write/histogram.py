"""Checks a native histogram as strictly as the engine does, which would refuse the whole write for one that is wrong.

Sources: Prometheus' ``prompb/types.proto`` (``Histogram``) and what its storage asks of one (``histogram.Validate``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate, pairwise
from struct import Struct, pack, unpack
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.reader import BYTES, FIXED64, MANY, VARINT
from regiowacht_contract.wire.encode import field, number
from regiowacht_contract.wire.errors import Malformed
from regiowacht_contract.wire.varint import read_varint, signed, varint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_collector.gateway.write.reader import Found, Reader, Shape

SPANS, DELTAS, DOUBLES = (8, 11), (9, 12), (10, 13, 16)
"""Numbers of fields: of both sides, of which the negative one comes first; 16 has the bounds of custom buckets."""

SHAPE: Shape = {
    **dict.fromkeys((1, 4, 6, 14, 15), VARINT),
    **dict.fromkeys((2, 3, 5, 7), FIXED64),
    **dict.fromkeys(SPANS, BYTES | MANY),
    **dict.fromkeys((*DELTAS, *DOUBLES), BYTES),
}
"""Buckets come packed, as every proto3 encoder writes them."""

SCALAR = (VARINT, FIXED64)

SPAN: Shape = {1: VARINT, 2: VARINT}
COUNTS, ZERO_COUNTS = (1, 2), (6, 7)
"""Whole numbers or floating ones; both is a mistake, since the last would win."""

SCHEMAS = range(-4, 9)
CUSTOM = -53
"""Schema of a histogram that tells the bounds of its buckets itself."""

HINTS = range(4)
MOST_BUCKETS = 2000

_DOUBLE = Struct("<d")


@dataclass(frozen=True, slots=True)
class Buckets:
    """One side of a histogram.

    Attributes:
        spans: (how many buckets are left out, how many follow).
        deltas: of whole numbers, each against the one before.
        counts: floating numbers instead.
    """

    spans: Sequence[tuple[int, int]]
    deltas: Sequence[int]
    counts: Sequence[float]

    @property
    def are_right(self) -> bool:
        """Whether spans and buckets fit, and nothing is below zero."""
        if any(offset < 0 for offset, _ in self.spans[1:]) or (self.deltas and self.counts):
            return False
        size = len(self.deltas) or len(self.counts)
        return (
            size <= MOST_BUCKETS and sum(length for _, length in self.spans) == size and min(self._all, default=0) >= 0
        )

    @property
    def total(self) -> float:
        """All that is counted on this side."""
        return sum(self._all)

    @property
    def _all(self) -> Sequence[float]:
        return list(accumulate(self.deltas)) if self.deltas else self.counts


def read_histogram(reader: Reader, begin: int, stop: int) -> tuple[int, bytes]:
    """Return when a histogram was measured, and the histogram in its shortest form; b"" where it makes no sense.

    Raises:
        Malformed: it cannot be read, or not by everybody in the same way.
    """
    found = reader.message(begin, stop, SHAPE)
    at_ms = signed(found[15][0][0]) if 15 in found else 0
    negative, positive = (_side(reader, found, *numbers) for numbers in zip(SPANS, DELTAS, DOUBLES[:2], strict=True))
    bounds = _doubles(reader, found, DOUBLES[2])
    right = negative.are_right and positive.are_right and _is_right(reader, found, (negative, positive), bounds)
    if not right:
        return at_ms, b""
    told = {one: _scalar(reader, found, one) for one, kind in SHAPE.items() if one in found and kind in SCALAR}
    for side, numbers in ((negative, (8, 9, 10)), (positive, (11, 12, 13))):
        told.update(zip(numbers, _encoded(side, *numbers), strict=True))
    told[16] = _packed(16, _of_doubles(bounds))
    return at_ms, b"".join(told[one] for one in sorted(told))


def _side(reader: Reader, found: Found, spans: int, deltas: int, counts: int) -> Buckets:
    places = found.get(spans, ())
    return Buckets(
        [_span(reader, *place) for place in places], _numbers(reader, found, deltas), _doubles(reader, found, counts)
    )


def _encoded(side: Buckets, spans: int, deltas: int, counts: int) -> tuple[bytes, bytes, bytes]:
    told = [number(0x08, _zigzag(offset)) + number(0x10, length) for offset, length in side.spans]
    return (
        b"".join(field(spans << 3 | BYTES, one) for one in told),
        _packed(deltas, b"".join(varint(_zigzag(delta)) for delta in side.deltas)),
        _packed(counts, _of_doubles(side.counts)),
    )


def _of_doubles(values: Sequence[float]) -> bytes:
    return pack(f"<{len(values)}d", *values)


def _is_right(reader: Reader, found: Found, sides: tuple[Buckets, Buckets], bounds: Sequence[float]) -> bool:
    whole = 1 in found
    if (2 in found) == whole or (7 in found if whole else 6 in found):
        return False
    if any(side.counts if whole else side.deltas for side in sides) or found.get(14, [(0, 0)])[0][0] not in HINTS:
        return False
    count, zero = (_count(reader, found, one) for one in (COUNTS, ZERO_COUNTS))
    if not (count >= 0 and zero >= 0):
        return False
    counted = zero + sides[0].total + sides[1].total
    if whole and not (counted <= count if math.isnan(_double(reader, found, 3)) else counted == count):
        return False
    return _schema_is_right(_unzigzag(found[4][0][0]) if 4 in found else 0, zero, sides, bounds)


def _schema_is_right(schema: int, zero: float, sides: tuple[Buckets, Buckets], bounds: Sequence[float]) -> bool:
    if schema != CUSTOM:
        return schema in SCHEMAS and not bounds
    rises = all(low < high for low, high in pairwise(bounds))
    spans = sides[1].spans
    reach = sum(offset + length for offset, length in spans)
    return (
        rises
        and not zero
        and not sides[0].spans
        and min((one for one, _ in spans[:1]), default=0) >= 0
        and reach <= len(bounds) + 1
    )


def _count(reader: Reader, found: Found, numbers: tuple[int, int]) -> float:
    whole, floating = numbers
    return found[whole][0][0] if whole in found else _double(reader, found, floating)


def _double(reader: Reader, found: Found, one: int) -> float:
    value: float = _DOUBLE.unpack(reader.body[slice(*found[one][0])])[0] if one in found else 0.0
    return value


def _scalar(reader: Reader, found: Found, one: int) -> bytes:
    """Return a field that holds one number; zero is left away but where a choice of two fields is told by it."""
    value, _ = found[one][0]
    if SHAPE[one] == FIXED64:
        told = reader.body[slice(*found[one][0])]
        return b"%c%b" % (one << 3 | 1, told) if any(told) or one in {2, 7} else b""
    return b"%c%b" % (one << 3, varint(value)) if value or one in {1, 6} else b""


def _span(reader: Reader, begin: int, stop: int) -> tuple[int, int]:
    found = reader.message(begin, stop, SPAN)
    offset, length = (found[one][0][0] if one in found else 0 for one in (1, 2))
    wide = (offset | length) >> 32  # a reader would keep the lower half
    return (_unzigzag(offset), length) if not wide else (0, MOST_BUCKETS + 1)


def _numbers(reader: Reader, found: Found, one: int) -> list[int]:
    told: list[int] = []
    for at, stop in found.get(one, ()):
        while at < stop:
            value, at = read_varint(reader.body, at, stop)  # noqa: PLW2901 - walks through the field
            told.append(_unzigzag(value))
    return told


def _doubles(reader: Reader, found: Found, one: int) -> Sequence[float]:
    begin, stop = found[one][0] if one in found else (0, 0)
    if (stop - begin) % 8:
        raise Malformed("truncated")
    return unpack(f"<{(stop - begin) // 8}d", reader.body[begin:stop])


def _packed(one: int, content: bytes) -> bytes:
    return (varint(one << 3 | 2) + varint(len(content)) + content) if content else b""


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _unzigzag(value: int) -> int:
    return value >> 1 ^ -(value & 1)
