"""Keeps a second process out of a folder."""

from __future__ import annotations

import os

from regiowacht_agent.spool.disk import open_binary

HAS_LOCKS = os.name == "posix"
"""Elsewhere the system sees to it that a service runs once."""

if HAS_LOCKS:
    from fcntl import LOCK_EX, LOCK_NB, flock

NAME = "lock"


class Taken(OSError):
    """Another process has the folder."""


class Lock:
    """A folder's lock, held from its making until it is let go of, or the process ends.

    Args:
        folder: the folder.

    Raises:
        Taken: another process holds it.
        OSError: the disk does not take it, and there is none yet.
    """

    def __init__(self, folder: str) -> None:
        path = os.path.join(folder, NAME)  # noqa: PTH118 - without pathlib
        self._descriptor = -1
        if not HAS_LOCKS:
            return
        try:
            self._descriptor = open_binary(path, os.O_RDWR | os.O_CREAT)
        except OSError:
            self._descriptor = open_binary(path, os.O_RDONLY)  # of a file system that is read-only for now
        try:
            flock(self._descriptor, LOCK_EX | LOCK_NB)
        except BlockingIOError as error:
            self.free()
            raise Taken(f"another process keeps its readings in {folder}") from error

    def free(self) -> None:
        """Let go of it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
