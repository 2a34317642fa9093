"""Snappy's block format, which remote write packs bodies in (snappy, "format_description.txt")."""

from __future__ import annotations

import cramjam

from regiowacht_contract.wire.errors import Malformed, TooLarge
from regiowacht_contract.wire.varint import read_varint

MOST_OUT, MOST_IN = 64, 3
"""Nothing grows more than a copy of 64 bytes, told in three: what says more lies, and no memory is taken for it."""

OTHERS = (
    (b"\x28\xb5\x2f\xfd", "not-snappy-zstd"),
    (b"\x1f\x8b", "not-snappy-gzip"),
    (b"\xff\x06\x00\x00sNaPpY", "snappy-stream"),
)
"""How bodies begin that were packed in another way; none of them is a likely body of snappy."""


def compress(data: bytes | bytearray) -> bytes:
    """Return a body packed as one block."""
    return bytes(cramjam.snappy.compress_raw(data))


def decompress(data: bytes, limit: int) -> bytes:
    """Return what one block holds.

    Args:
        data: the block.
        limit: bytes that it may hold; a block that says more is not unpacked.

    Raises:
        TooLarge: it says that it holds more.
        Malformed: it is no block of snappy, holds another length than it says, or is packed in another way.
    """
    size, begin = _length(data)
    if size > limit:
        raise _other(data) or TooLarge(size, limit)
    if size * MOST_IN > (len(data) - begin) * MOST_OUT:
        raise _other(data) or Malformed("lying-length")
    try:
        return bytes(cramjam.snappy.decompress_raw(data))
    except cramjam.DecompressionError:
        raise _other(data) or Malformed("not-snappy") from None


def _length(data: bytes) -> tuple[int, int]:
    """Return the length that stands before a block, 32 bits at most, and where it ends."""
    try:
        size, begin = read_varint(data, 0, len(data))
    except Malformed:
        raise _other(data) or Malformed("not-snappy") from None
    if size >> 32:
        raise _other(data) or Malformed("not-snappy")
    return size, begin


def _other(data: bytes) -> Malformed | None:
    return next((Malformed(reason) for begin, reason in OTHERS if data.startswith(begin)), None)
