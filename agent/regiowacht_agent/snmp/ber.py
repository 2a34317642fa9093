"""The part of the Basic Encoding Rules that SNMP uses (X.690; RFC 3417, 8): lengths, integers, and a strict reader."""

from __future__ import annotations

SEQUENCE = 0x30
LENGTH_OCTETS_MAX = 4


class Malformed(ValueError):
    """Bytes from outside that are not what they should be; the words hold no octets of theirs."""


def encode_length(length: int) -> bytes:
    """Return the length octets: one below 128, else definite long form."""
    if length < 0x80:
        return bytes((length,))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


def encode(tag: int, body: bytes) -> bytes:
    """Return tag, length and content."""
    return bytes((tag,)) + encode_length(len(body)) + body


def encode_integer(number: int, tag: int = 0x02) -> bytes:
    """Return a number in two's complement, as short as it goes."""
    return encode(tag, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


class Reader:
    """Reads tagged values out of bytes that nobody vouches for, one after the other.

    Args:
        data: the bytes.
        start: where to begin.
        end: where to stop; nothing beyond is ever looked at.

    Attributes:
        at: where the next value begins.
        end: where the last one has to end.
    """

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, start: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = start
        self.end = len(data) if end is None else end

    @property
    def is_done(self) -> bool:
        """Whether everything was read."""
        return self.at >= self.end

    def head(self) -> tuple[int, int, int]:
        """Return tag, begin and end of the content of the next value, and go to its content's end.

        Raises:
            Malformed: there is none, or its length says more than there is.
        """
        data, at = self.data, self.at
        if at + 2 > self.end:
            raise Malformed("it ends too early")
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            octets = length & 0x7F
            if not 0 < octets <= LENGTH_OCTETS_MAX or at + octets > self.end:
                raise Malformed("a length cannot be")
            length = int.from_bytes(data[at : at + octets], "big")
            at += octets
        if at + length > self.end:
            raise Malformed("a length goes beyond the end")
        self.at = at + length
        return tag, at, self.at

    def body(self, wanted: int) -> bytes:
        """Return the content of the next value, which must have that tag.

        Raises:
            Malformed: it has another one.
        """
        tag, start, end = self.head()
        if tag != wanted:
            raise Malformed(f"tag {tag:#04x} where {wanted:#04x} should be")
        return self.data[start:end]

    def integer(self, octets_max: int = 5) -> int:
        """Return the next value, an INTEGER.

        Raises:
            Malformed: it is none, or has more than that many octets.
        """
        body = self.body(0x02)
        if not 0 < len(body) <= octets_max:
            raise Malformed("an integer of a length that cannot be")
        return int.from_bytes(body, "big", signed=True)

    def inside(self, wanted: int = SEQUENCE) -> Reader:
        """Return a reader of the content of the next value, which must have that tag."""
        tag, start, end = self.head()
        if tag != wanted:
            raise Malformed(f"tag {tag:#04x} where {wanted:#04x} should be")
        return Reader(self.data, start, end)
