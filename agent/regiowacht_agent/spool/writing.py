"""Adds readings to a file of the spool."""

from __future__ import annotations

import os
from errno import ENOENT

from regiowacht_agent.spool.disk import open_binary, sync, sync_folder, write_all
from regiowacht_agent.spool.encoder import Encoder
from regiowacht_agent.spool.segment import Segment
from regiowacht_agent.spool.summary import written
from regiowacht_contract.light import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

ROOTS = 16
"""A file grows at least to so many times what its first bases take, so that these hardly count."""


class Writing:
    """The file that readings are added to.

    Args:
        folder: where it is.
        first: number of its first reading.

    Attributes:
        segment: the file.

    Raises:
        OSError: the disk does not take it.
    """

    def __init__(self, folder: str, first: int) -> None:
        self.segment = Segment(folder, first)
        self.segment.forget_arrived()
        self._encoder = Encoder(first)
        self._is_named = False
        self._folder = folder
        self._descriptor = open_binary(self.segment.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        self.segment.is_open = True

    def is_full(self, size_bytes: int) -> bool:
        """Return whether it has so many bytes, and enough to be worth its bases."""
        return self.segment.size >= max(size_bytes, ROOTS * self._encoder.roots_bytes)

    def add(self, number: int, shape: int, at_ms: int, values: array[float]) -> int:
        """Add a reading; return how many bytes it took.

        Raises:
            OSError: the disk does not take it; the file is of no further use but for what it holds already.
        """
        segment = self.segment
        if not os.fstat(self._descriptor).st_nlink:
            raise FileNotFoundError(ENOENT, "somebody deleted it", segment.path)
        frames = self._encoder.add(number, shape, at_ms, values)
        write_all(self._descriptor, frames)
        segment.size += len(frames)
        segment.summary = segment.summary.plus(number - segment.first, len(values), at_ms, shape)
        return len(frames)

    def sync(self) -> None:
        """Wait until all of it is on the disk.

        Raises:
            OSError: the disk does not take it.
        """
        sync(self._descriptor)
        if not self._is_named:
            sync_folder(self._folder)
            self._is_named = True

    def end(self) -> int:
        """End the file; return how many bytes that took. Where the disk takes none, it is ended at the next start."""
        end = self._encoder.end() + written(self.segment.summary, self.segment.first)
        self.segment.is_open = False
        try:
            write_all(self._descriptor, end)
            self.sync()
        except OSError:
            return self.abandon()
        self._close()
        self.segment.size += len(end)
        return len(end)

    def abandon(self) -> int:
        """Let go of the file as it was after the last reading that the disk took; return 0, what that takes."""
        self.segment.is_open = False
        if self._descriptor < 0:  # let go of already: the number may be another file's by now
            return 0
        with suppress(OSError):  # else what stands behind is no whole reading, and is passed over
            os.ftruncate(self._descriptor, self.segment.size)
            self.sync()
        with suppress(OSError):  # tells of what could not be written once more
            self._close()
        return 0

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)
