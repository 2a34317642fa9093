"""The series that readings are of, each set of them once in a file of its own.

A file holds the same twice, so that damage to one of them costs nothing. Where both are lost, the file is written anew
as soon as the source tells the same series again.
"""

from __future__ import annotations

import os
import zlib

from regiowacht_agent.push.heads import Heads
from regiowacht_agent.push.scrape import Shape
from regiowacht_agent.spool.disk import read_whole, remove, size_of, write_whole
from regiowacht_agent.spool.frames import pack, scan
from regiowacht_agent.spool.record import numbers_of
from regiowacht_contract.wire.varint import varint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

ENDING = ".shape"
LEVEL = 6
OF_SHAPES = 1 << 63
"""Tells the frames of these files from those of readings, whose salts are small numbers."""

KEPT = 128
"""Shapes of the past that are held in memory, beside those that are told now: a poller has two for each device."""


class Shapes:
    """Numbers shapes, and finds them by their numbers.

    Args:
        folder: where their files are.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._names: dict[int, str] = {}
        self._live: dict[Shape, int] = {}
        self._read: dict[int, Shape] = {}
        self._sizes: dict[int, int] = {}

    def open(self) -> int:
        """Look what there is; return its size in bytes.

        Raises:
            OSError: the folder cannot be read.
        """
        size = 0
        with os.scandir(self._folder) as entries:
            for entry in entries:
                number, _dash, rest = entry.name.partition("-")
                if entry.name.endswith(ENDING) and number.isdigit() and len(rest) == 8 + len(ENDING):
                    self._names[int(number)] = entry.name
                    size += entry.stat().st_size
        return size

    def clear(self) -> None:
        """Forget all of it: the folder is another one."""
        self._names.clear()
        self._live.clear()
        self._read.clear()
        self._sizes.clear()

    def number(self, shape: Shape) -> tuple[int, int]:
        """Return a shape's number, and how many bytes of disk it took to keep it.

        Raises:
            OSError: the disk does not take it.
        """
        known = self._live.get(shape)
        if known is not None:
            return known, 0
        plain = _plain(shape)
        check = f"{zlib.crc32(plain):08x}"
        for number, name in self._names.items():
            if name[-8 - len(ENDING) : -len(ENDING)] == check and self._content(number) in {plain, None}:
                self._know(shape, number)
                if self._content(number) is None:
                    self._keep(number, name, plain)
                return number, 0
        number = max(self._names, default=0) + 1
        name = f"{number}-{check}{ENDING}"
        size = self._keep(number, name, plain)
        self._names[number] = name
        self._know(shape, number)
        return number, size

    def shape(self, number: int) -> Shape | None:
        """Return the shape of a number; None: it cannot be read."""
        found = self._read.get(number)
        if found is not None:
            return found
        content = self._content(number)
        if content is None:
            return None
        while len(self._read) >= KEPT + len(self._live):
            live = set(self._live.values())
            old = next((one for one in self._read if one not in live), None)
            if old is None:
                break
            del self._read[old]
        shape = self._read[number] = _shape(content)
        return shape

    def size(self, number: int) -> int:
        """Return how many series the shape of a number has; 0: it cannot be read."""
        if number not in self._sizes:
            content = self._content(number)
            self._sizes[number] = numbers_of(content, 2)[0][1] if content else 0
        return self._sizes[number]

    def number_of(self, shape: Shape) -> int:
        """Return the number of a shape that ``shape`` returned a moment ago."""
        return next(number for number, one in self._read.items() if one is shape)

    def forget(self, shape: Shape) -> None:
        """Take a shape for one of the past: its source tells other series now."""
        self._live.pop(shape, None)

    def sweep(self, needed: Collection[int]) -> int:
        """Delete the files of shapes that nobody needs; return how many bytes that gave back."""
        freed = 0
        live = set(self._live.values())
        for number in [one for one in self._names if one not in needed and one not in live]:
            path = self._path(self._names[number])
            try:
                size = size_of(path)
            except OSError:
                size = 0
            if not remove(path):
                continue
            del self._names[number]
            self._read.pop(number, None)
            self._sizes.pop(number, None)
            freed += size
        return freed

    def _know(self, shape: Shape, number: int) -> None:
        self._live[shape] = number
        self._read[number] = shape

    def _keep(self, number: int, name: str, plain: bytes) -> int:
        frame = pack(zlib.compress(plain, LEVEL), OF_SHAPES | number)
        write_whole(self._path(name), frame + frame)
        return 2 * len(frame)

    def _content(self, number: int) -> bytes | None:
        name = self._names.get(number)
        try:
            told = read_whole(self._path(name)) if name else b""
        except OSError:
            return None
        for _begin, _end, body in scan(lambda at, size: told[at : at + size], 0, len(told), OF_SHAPES | number):
            return zlib.decompress(body)
        return None

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)  # noqa: PTH118 - without pathlib


def _plain(shape: Shape) -> bytes:
    source = shape.source.encode()
    sizes = b"".join([varint(len(head)) for head in shape.heads])
    return b"".join((b"\0", varint(len(source)), varint(len(shape.heads)), source, sizes, *shape.heads))


def _shape(plain: bytes) -> Shape:
    (source_size, count), at = numbers_of(plain, 2)
    source, at = plain[at : at + source_size].decode(), at + source_size
    sizes, at = numbers_of(plain, count, at)
    heads: list[bytes] = []
    for size in sizes:
        heads.append(plain[at : at + size])
        at += size
    return Shape(source, Heads(heads))
