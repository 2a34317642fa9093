"""Lines of text of which only the numbers change, compressed without compressing anything (RFC 1951).

What stands before a number is compressed once, with references to the line before; each number is a stored block
(3.2.4) between such pieces. While the numbers keep their widths, the places that references point at stay where they
are: then the compressed lines are a template into which the numbers go as they do into the text.
"""

from __future__ import annotations

import functools
import zlib
from operator import itemgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

BREAK = ord("\n")
LAST = b"\x00\x01\x00\xfe\xff\n"
"""A stored block with the line break of the last line."""

EMPTY = b"\x00\x00\xff\xff"
"""How a stored block of no octets ends, with which zlib ends what it flushes: its length, and that inverted."""

NO_TEXT = b"\xff"
"""Stands for each octet of a number in what is referred to: UTF-8 has no such octet, so that no reference finds it."""

WINDOW, WINDOW_BITS, MEMORY = 2000, -12, 5
"""Octets before a line that may be referred to, and zlib's words for a window of that size."""

PATIENCE, PATIENCE_MAX = 3, 96
"""Times that numbers keep their widths before a template is worth making; twice as many after each that was lost."""


PLACES_MAX = 50_000
"""Numbers of places that are kept before they are forgotten, for pages of odd lengths."""


class Stencil:
    """The compressed lines of one run of series, as long as their numbers keep their widths."""

    __slots__ = ("_breaks", "_calm", "_patience", "_size", "_template", "_wanted")

    def __init__(self) -> None:
        self._calm, self._patience = 0, PATIENCE
        self._size = 0
        self._breaks: Callable[[bytes], tuple[int, ...]] | None = None
        self._wanted: tuple[int, ...] = ()
        self._template: bytes | None = None

    def fill(self, told: bytes, numbers: tuple[object, ...]) -> bytes | None:
        """Return lines compressed, whole octets that refer to nothing before them; None: zlib has to do it this time.

        Args:
            told: lines that end with a blank and a whole number each, always the same but for the numbers.
            numbers: those.
        """
        breaks = self._breaks
        # Numbers may change their widths and the whole keep its length: so the end of each line is looked at.
        if breaks is None or len(told) != self._size or breaks(told) != self._wanted:
            self._begin(told)
            return None
        if self._template is None:
            self._calm += 1
            if self._calm < self._patience:
                return None
            self._template = _template(told)
        return self._template % numbers

    def _begin(self, told: bytes) -> None:
        if self._template is not None:
            self._patience = min(2 * self._patience, PATIENCE_MAX)
        self._template, self._calm = None, 0
        ends = _ends(told)
        if ends:
            # The first one twice: of one place alone, itemgetter makes no tuple.
            self._breaks, self._size = itemgetter(ends[0], *ends), len(told)
            self._wanted = _wanted(len(ends) + 1)


@functools.lru_cache(1000)
def _wanted(count: int) -> tuple[int, ...]:
    return (BREAK,) * count


_PLACES: dict[int, int] = {}
"""Numbers of places, each kept once: a hundred devices have some thousand stencils with fifty places each."""


def _ends(told: bytes) -> list[int]:
    """Return where the lines end."""
    found, at = [], told.find(b"\n")
    if len(_PLACES) > PLACES_MAX:
        _PLACES.clear()
    while at >= 0:
        found.append(_PLACES.setdefault(at, at))
        at = told.find(b"\n", at + 1)
    return found


def _template(told: bytes) -> bytes:
    """Return what the lines are compressed, with ``%d`` for each number."""
    parts: list[bytes] = []
    before, start = b"", 0
    for end in _ends(told):
        at = told.rfind(b" ", start, end) + 1
        width = end - at
        parts.append(_apart(told[start:at], before, width).replace(b"%", b"%%"))
        before = (before + told[start:at] + NO_TEXT * width)[-WINDOW:]
        start = end
    return b"%d".join(parts) + b"%d" + LAST


def _apart(told: bytes, before: bytes, width: int) -> bytes:
    """Return text compressed, and the head of a stored block of that many octets."""
    make = zlib.compressobj(9, zlib.DEFLATED, WINDOW_BITS, MEMORY, zlib.Z_DEFAULT_STRATEGY, before)
    packed = make.compress(told) + make.flush(zlib.Z_SYNC_FLUSH)
    assert packed.endswith(EMPTY)  # noqa: S101 - what zlib promises of a flush
    return packed[: -len(EMPTY)] + width.to_bytes(2, "little") + (width ^ 0xFFFF).to_bytes(2, "little")
