"""Whole numbers as protobuf and snappy write them: seven bits a byte, the lowest first.

Source: protobuf, "Base 128 Varints".
"""

from __future__ import annotations

from regiowacht_contract.wire.errors import Malformed

MOST_BYTES = 10
"""Of a number of 64 bits."""

_WHOLE = 1 << 64


def varint(number: int) -> bytes:
    """Return a number in as few bytes as it takes; negative ones as protobuf's ``int64``, in ten."""
    if 0 <= number < 0x80:
        return bytes((number,))
    left = number % _WHOLE
    told = bytearray()
    while left > 0x7F:
        told.append(left & 0x7F | 0x80)
        left >>= 7
    told.append(left)
    return bytes(told)


def read_varint(data: bytes, at: int, stop: int) -> tuple[int, int]:
    """Return the number that stands at ``at``, 64 bits without a sign, and where it ends; longer forms are read too.

    Raises:
        Malformed: it does not end before ``stop``, or is of more than 64 bits.
    """
    number = shift = 0
    for place in range(at, min(stop, at + MOST_BYTES)):
        byte = data[place]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            if number >= _WHOLE:
                raise Malformed("long-varint")
            return number, place + 1
        shift += 7
    raise Malformed("long-varint" if stop - at >= MOST_BYTES else "truncated")


def signed(number: int) -> int:
    """Return what 64 bits without a sign say as ``int64``."""
    return number - _WHOLE if number >> 63 else number
