"""One file of the spool: what it holds, and which of it arrived."""

from __future__ import annotations

import os
import zlib
from struct import Struct

from regiowacht_agent.spool import summary as summaries
from regiowacht_agent.spool.disk import open_binary, read_at, read_whole, remove, size_of, sync, write_all
from regiowacht_agent.spool.frames import scan
from regiowacht_agent.spool.record import BASE, READING, read, when
from regiowacht_agent.spool.summary import Summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from regiowacht_agent.spool.shapes import Shapes

ENDING, ARRIVED = ".seg", ".ack"
DIGITS = 16
ENTRY = Struct("<III")
"""Of the file that says what arrived: an offset, how many from there on, and the check sum of both."""


def number_of(name: str) -> int | None:
    """Return the first number of a file of the spool by its name; None: it is none."""
    number = name[:DIGITS]
    return int(number) if name[DIGITS:] == ENDING and number.isascii() and number.isdigit() else None


class Segment:
    """One file.

    Args:
        folder: where it is.
        first: number of its first reading.

    Attributes:
        first: likewise.
        path: the file.
        size: in bytes.
        summary: what it holds.
        is_open: whether more comes.
        damaged: what could not be read of it.
    """

    __slots__ = ("_arrived", "_done", "_gone_to", "damaged", "first", "is_open", "path", "size", "summary")

    def __init__(self, folder: str, first: int) -> None:
        self.first = first
        self.path = os.path.join(folder, f"{first:0{DIGITS}}{ENDING}")  # noqa: PTH118 - without pathlib
        self.size = 0
        self.summary = Summary()
        self.is_open = False
        self.damaged = 0
        self._arrived = self.path[: -len(ENDING)] + ARRIVED
        self._done = 0
        self._gone_to = 0

    @property
    def waiting(self) -> int:
        """Readings that did not arrive yet."""
        return max(0, self.summary.readings - self._done.bit_count())

    @property
    def waiting_samples(self) -> int:
        """Samples of those: of readings that differ in size, about so many."""
        summary = self.summary
        return summary.samples * self.waiting // summary.readings if summary.readings else 0

    @property
    def end(self) -> int:
        """The number after its last one."""
        return self.first + self.summary.span

    def is_done(self, number: int) -> bool:
        """Return whether that reading arrived."""
        return bool(self._done >> (number - self.first) & 1)

    def oldest_ms(self) -> int:
        """Return the time of the first reading that did not arrive yet; of all of them, where that cannot be read.

        What arrived is passed over once: the next call goes on where this one stopped.
        """
        if not self._done:
            return self.summary.oldest_ms
        try:
            descriptor = open_binary(self.path, os.O_RDONLY)
        except OSError:
            return self.summary.oldest_ms
        try:
            frames = scan(lambda at, size: read_at(descriptor, at, size), self._gone_to, self.size, self.first)
            for begin, _end, body in frames:
                self._gone_to = begin
                if body[0] in {READING, BASE}:
                    offset, at_ms = when(body)
                    if not self._done >> offset & 1:
                        return at_ms
        except (OSError, ValueError):
            pass
        finally:
            os.close(descriptor)
        return self.summary.oldest_ms

    def load(self, shapes: Shapes) -> None:
        """Look what the file of an earlier process holds, and end it where that process did not come to it.

        Raises:
            OSError: it cannot be read.
        """
        self.size = size_of(self.path)
        descriptor = open_binary(self.path, os.O_RDONLY)
        try:

            def part(at: int, size: int) -> bytes:
                return read_at(descriptor, at, size)

            found = summaries.found(part, self.size, self.first)
            self.summary, seen = (found, 0) if found is not None else self._counted(part, shapes)
        finally:
            os.close(descriptor)
        self._load_arrived()
        if found is None:
            # What arrived before it was damaged counts for a reading too, or as many others would be taken for arrived.
            self.summary = self.summary._replace(readings=(seen | self._done).bit_count())
            self.damaged += max(0, self.summary.span - self.summary.readings)
            self._end()

    def arrive(self, numbers: Iterable[int]) -> int:
        """Note that readings arrived, also on disk; return how many were not known to."""
        before = self._done.bit_count()
        runs = list(_runs(sorted(number - self.first for number in numbers)))
        for begin, count in runs:
            self._done |= (1 << count) - 1 << begin
        told = b"".join([ENTRY.pack(*run, zlib.crc32(ENTRY.pack(*run, 0))) for run in runs])
        try:
            descriptor = open_binary(self._arrived, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            try:
                write_all(descriptor, told)
            finally:
                os.close(descriptor)
        except OSError:
            pass  # after a restart it is sent once more, which costs nothing but that
        return self._done.bit_count() - before

    def read_whole(self, seen: int) -> int:
        """Note which readings there turned out to be, a bit for each offset; return how many were lost."""
        readings = (seen | self._done).bit_count()
        lost = max(0, self.summary.readings - readings)
        self.damaged += lost
        self.summary = self.summary._replace(readings=readings)
        return lost

    def let_go(self) -> int:
        """Take all that waits for arrived; return how many readings that were."""
        waiting = self.waiting
        self._done = (1 << self.summary.span) - 1
        self.summary = self.summary._replace(readings=self._done.bit_count())
        return waiting

    def replaced(self, summary: Summary, size: int) -> None:
        """Take the file for another one that holds less."""
        self.summary, self.size = summary, size
        self._done = self._gone_to = 0

    def forget_arrived(self) -> bool:
        """Delete the file that says what arrived; return whether it is gone."""
        return remove(self._arrived)

    def delete(self) -> bool:
        """Delete the files; return whether they are gone."""
        return remove(self.path) and remove(self._arrived)

    def _counted(self, part: Callable[[int, int], bytes], shapes: Shapes) -> tuple[Summary, int]:
        """Return what is whole in the file, and a bit for each offset of it."""
        found, seen, after = Summary(), 0, 0
        for _begin, end, body in scan(part, 0, self.size, self.first):
            after = end
            if body[0] not in {READING, BASE}:
                continue
            try:
                record = read(body)
            except ValueError:
                continue
            if not seen >> record.offset & 1:  # else it is the second copy of a base
                seen |= 1 << record.offset
                found = found.plus(record.offset, shapes.size(record.shape), record.at_ms, record.shape)
        self.damaged += after < self.size
        return found, seen

    def _end(self) -> None:
        end = summaries.written(self.summary, self.first)
        try:
            descriptor = open_binary(self.path, os.O_WRONLY | os.O_APPEND)
            try:
                write_all(descriptor, end)
                sync(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            return  # it is counted again the next time
        self.size += len(end)

    def _load_arrived(self) -> None:
        try:
            told = read_whole(self._arrived)
        except OSError:
            return
        for at in range(0, len(told) - ENTRY.size + 1, ENTRY.size):
            begin, count, check = ENTRY.unpack_from(told, at)
            if check == zlib.crc32(ENTRY.pack(begin, count, 0)) and begin + count <= self.summary.span:
                self._done |= (1 << count) - 1 << begin


def _runs(offsets: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Yield each run of offsets that follow each other, as its begin and how many they are."""
    begin = after = -1
    for offset in offsets:
        if offset != after:
            if after > begin >= 0:
                yield begin, after - begin
            begin = offset
        after = offset + 1
    if after > begin >= 0:
        yield begin, after - begin
