"""A request as a tree of fields that can be written in every legal way, and in some illegal ones."""

from __future__ import annotations

from dataclasses import dataclass

from regiowacht_contract.wire.errors import Malformed
from regiowacht_contract.wire.varint import read_varint, varint

VARINT, FIXED64, BYTES = range(3)

SAMPLES = 2
DEPTH = 2
"""Of a label or a sample: their fields are the leaves."""


@dataclass(slots=True)
class Field:
    """One field.

    Attributes:
        number: it has.
        wire: its wire type.
        content: bytes of a leaf, or a number.
        fields: of a message.
        more: bytes by which tag and length are longer than they need be.
        lie: what is added to the length that is told.
    """

    number: int
    wire: int = BYTES
    content: bytes | int = b""
    fields: list[Field] | None = None
    more: int = 0
    lie: int = 0

    def write(self) -> bytes:
        """Return it as bytes."""
        tag = longer(varint(self.number << 3 | self.wire), self.more)
        if isinstance(self.content, int):
            return tag + longer(varint(self.content), self.more)
        content = self.content if self.fields is None else write(self.fields)
        if self.wire != BYTES:
            return tag + content
        return tag + longer(varint(len(content) + self.lie), self.more) + content


def read(data: bytes, depth: int = 0) -> list[Field]:
    """Return the fields of a request, or of a series or a label in it, that protobuf wrote."""
    found: list[Field] = []
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at, len(data))
        number, wire = tag >> 3, tag & 7
        if wire == VARINT:
            value, at = read_varint(data, at, len(data))
            found.append(Field(number, wire, value))
            continue
        size, at = read_varint(data, at, len(data)) if wire == BYTES else (8, at)
        content, at = data[at : at + size], at + size
        found.append(
            Field(number, wire, content, _read(content, depth + 1) if wire == BYTES and depth < DEPTH else None)
        )
    return found


def _read(data: bytes, depth: int) -> list[Field] | None:
    try:
        return read(data, depth)
    except Malformed:
        return None  # a text


def write(fields: list[Field]) -> bytes:
    """Return fields as bytes, one behind the other."""
    return b"".join(one.write() for one in fields)


def longer(number: bytes, more: int) -> bytes:
    """Return an encoded number in a longer form."""
    if not more:
        return number
    return bytes((*number[:-1], number[-1] | 0x80)) + b"\x80" * (more - 1) + b"\x00"
