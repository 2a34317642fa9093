"""Compresses a page by pieces, and takes pieces that were compressed for an earlier page as they are (RFC 1952).

Of what devices tell, most is the same at the next page. A piece that was compressed apart, between two full flushes,
refers to nothing outside itself (RFC 1951, 3.2; the manual of zlib, ``deflate``); so it stands as well in another page,
and only the check sum of the whole is to be worked out anew.
"""

from __future__ import annotations

import functools
import zlib

from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Piece: TypeAlias = "bytes | Block | Same | Ready"

HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
"""Of a gzip file without a name and a time, compressed for speed (RFC 1952, 2.3)."""

LEVEL = 1
"""Keeps the cost low; higher ones take a tenth off the page, for twice the time."""

POLYNOMIAL, ONE, TOP = 0xEDB8_8320, 0x8000_0000, 0x8000_0000
"""Of CRC-32, with its lowest power in the highest bit (RFC 1952, 8)."""


class Block(NamedTuple):
    """A piece that was compressed apart.

    Attributes:
        packed: its bytes, compressed.
        crc: check sum of the bytes themselves.
        shift: what a check sum of anything before it is multiplied by: x to the power of eight times ``size``.
        size: octets of the bytes themselves.
    """

    packed: bytes
    crc: int
    shift: int
    size: int


class Shelf:
    """Where a piece is kept between pages.

    Attributes:
        block: the piece, or None: it was not compressed apart, or is another one now.
        stamp: what it was made of.
    """

    __slots__ = ("block", "stamp")

    def __init__(self) -> None:
        self.block: Block | None = None
        self.stamp: object = None


class Same(NamedTuple):
    """A piece that is the same as at the page before: worth being kept.

    Attributes:
        told: its bytes.
        shelf: where to keep it.
    """

    told: bytes
    shelf: Shelf


class Ready(NamedTuple):
    """A piece that is compressed already.

    Attributes:
        told: its bytes, in parts.
        packed: those compressed, whole octets that refer to nothing before them.
    """

    told: tuple[bytes, ...]
    packed: bytes


class Packer:
    """Compresses one page."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._parts = [HEADER]
        self._crc = self._size = 0
        self._is_cut = True

    def add(self, piece: Piece) -> None:
        """Add a piece."""
        if isinstance(piece, bytes):
            self._parts.append(self._packer.compress(piece))
            self._crc = zlib.crc32(piece, self._crc)
            self._size += len(piece)
            self._is_cut = False
            return
        self._cut()
        if isinstance(piece, Ready):
            self._parts.append(piece.packed)
            for told in piece.told:
                self._crc = zlib.crc32(told, self._crc)
                self._size += len(told)
            return
        if isinstance(piece, Same):
            piece.shelf.block = block = self._apart(piece.told)
        else:
            block = piece
        self._parts.append(block.packed)
        self._crc = product(block.shift, self._crc) ^ block.crc
        self._size += block.size

    def end(self) -> bytes:
        """Return the page."""
        self._parts.append(self._packer.flush())
        self._parts.append(self._crc.to_bytes(4, "little") + (self._size % 2**32).to_bytes(4, "little"))
        return b"".join(self._parts)

    def _apart(self, told: bytes) -> Block:
        packed = self._packer.compress(told) + self._packer.flush(zlib.Z_FULL_FLUSH)
        return Block(packed, zlib.crc32(told), power(8 * len(told)), len(told))

    def _cut(self) -> None:
        if not self._is_cut:
            self._parts.append(self._packer.flush(zlib.Z_FULL_FLUSH))
            self._is_cut = True


@functools.lru_cache(500)
def packed_head(told: str) -> bytes:
    """Return lines that come at each page, compressed apart."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(told.encode()) + packer.flush(zlib.Z_FULL_FLUSH)


def product(one: int, other: int) -> int:
    """Return the product of two polynomials over GF(2), modulo that of CRC-32."""
    found, bit = 0, TOP
    while one:
        if one & bit:
            found ^= other
            one ^= bit
        bit >>= 1
        other = other >> 1 ^ POLYNOMIAL if other & 1 else other >> 1
    return found


def power(exponent: int) -> int:
    """Return x to that power, modulo the polynomial of CRC-32."""
    found, square = ONE, ONE >> 1
    while exponent:
        if exponent & 1:
            found = product(square, found)
        square = product(square, square)
        exponent >>= 1
    return found
