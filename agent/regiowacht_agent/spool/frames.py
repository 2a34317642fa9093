"""Pieces of a file that are told apart and proven each by itself, so that damage costs only what it hits.

A frame is two bytes by which it is found again, the size of its body, and the CRC-32 of a salt and the body. The salt
is the file's number: what was copied from another file is not taken for its own.
"""

from __future__ import annotations

import zlib
from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARK = b"\xf7\x01"
"""How a frame begins: a byte that is rare, and the version of the format."""

HEAD = Struct("<2sII")
BODY_MAX_BYTES = 1 << 26
READ_BYTES = 1 << 16


def pack(body: bytes, salt: int) -> bytes:
    """Return the frame of a body."""
    return HEAD.pack(MARK, len(body), _crc(body, salt)) + body


def scan(read: Callable[[int, int], bytes], begin: int, end: int, salt: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield where each whole frame of a file begins and ends, and its body; what is damaged is passed over.

    Args:
        read: returns so many bytes from a place in the file, or fewer.
        begin: where to begin.
        end: where to end.
        salt: the file's.
    """
    window = _Window(read, end)
    at = begin
    while at + HEAD.size <= end:
        head = window.take(at, HEAD.size)
        if len(head) < HEAD.size:
            return
        mark, size, crc = HEAD.unpack(head)
        after = at + HEAD.size + size
        if mark == MARK and size <= BODY_MAX_BYTES and after <= end:
            body = window.take(at + HEAD.size, size)
            if len(body) == size and _crc(body, salt) == crc:
                yield at, after, body
                at = after
                continue
        at = window.find(MARK, at + 1)
        if at < 0:
            return


def _crc(body: bytes, salt: int) -> int:
    return zlib.crc32(body, zlib.crc32(salt.to_bytes(8, "little")))


class _Window:
    """Reads a file in large pieces."""

    def __init__(self, read: Callable[[int, int], bytes], end: int) -> None:
        self._read, self._end = read, end
        self._at, self._held = 0, b""

    def take(self, at: int, size: int) -> bytes:
        """Return so many bytes from a place on, or fewer."""
        begin = at - self._at
        if begin < 0 or begin + size > len(self._held):
            self._at = at
            self._held = self._read(at, min(max(size, READ_BYTES), self._end - at))
            begin = 0
        return self._held[begin : begin + size]

    def find(self, mark: bytes, at: int) -> int:
        """Return where the mark comes next, or -1."""
        while at + len(mark) <= self._end:
            held = self.take(at, min(READ_BYTES, self._end - at))
            found = held.find(mark)
            if found >= 0:
                return at + found
            if len(held) < len(mark):
                return -1
            at += len(held) - len(mark) + 1
        return -1
