"""Reads protobuf messages more strictly than protobuf does: nothing is skipped, and nothing counts twice.

What another reader might take otherwise is refused as a whole: a field that is written twice where one is meant (the
last would win), an unknown one, one of another type, a group. Longer forms of numbers are read, and leave as short
ones. See protobuf, "Encoding".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.wire.errors import Malformed
from regiowacht_contract.wire.varint import read_varint

if TYPE_CHECKING:
    from collections.abc import Mapping

VARINT, FIXED64, BYTES = 0, 1, 2
"""Wire types."""

MANY = 8
"""Beside a wire type: there may be more of the field than one."""

Shape = dict[int, int]
Found = dict[int, list[tuple[int, int]]]

LABEL: Shape = {1: BYTES, 2: BYTES}
SAMPLE: Shape = {1: FIXED64, 2: VARINT}
EXEMPLAR: Shape = {1: BYTES | MANY, 2: FIXED64, 3: VARINT}
SERIES: Shape = {1: BYTES | MANY, 2: BYTES | MANY, 3: BYTES | MANY, 4: BYTES | MANY}
METADATA: Shape = {1: VARINT, 2: BYTES, 4: BYTES, 5: BYTES}
"""Messages: the wire type of every field by its number."""

MOST_NUMBER = (1 << 29) - 1


class Reader:
    """Reads messages out of one body.

    Args:
        body: not packed.
        fields: how many may be read in all.
    """

    __slots__ = ("_left", "body")

    def __init__(self, body: bytes, fields: int) -> None:
        self.body = body
        self._left = fields

    def message(self, at: int, stop: int, shape: Mapping[int, int]) -> Found:
        """Return where the fields of a message stand, by number, those of a number in their order.

        A field is (begin, end) of its content; of a number it is (value, where it ends).

        Raises:
            Malformed: it cannot be read, or not by everybody in the same way; or too many fields were read.
        """
        found: Found = {}
        while at < stop:
            self._left -= 1
            if self._left < 0:
                raise Malformed("many-fields")
            tag, at = read_varint(self.body, at, stop)
            number, wire = tag >> 3, tag & 7
            expected = shape.get(number, -1)
            if expected & 7 != wire or expected < 0:
                raise Malformed(_strange(number, wire, known=expected >= 0))
            begin, at = self._content(wire, at, stop)
            if number not in found:
                found[number] = [(begin, at)]
            elif expected & MANY:
                found[number].append((begin, at))
            else:
                raise Malformed("field-twice")
        return found

    def _content(self, wire: int, at: int, stop: int) -> tuple[int, int]:
        if wire == VARINT:
            return read_varint(self.body, at, stop)
        size = 8
        if wire == BYTES:
            size, at = read_varint(self.body, at, stop)
        if size > stop - at:
            raise Malformed("truncated")
        return at, at + size


def _strange(number: int, wire: int, *, known: bool) -> str:
    if known and wire <= BYTES:
        return "wrong-type"
    return "unknown-field" if 0 < number <= MOST_NUMBER and wire in {VARINT, FIXED64, BYTES, 5} else "not-protobuf"
