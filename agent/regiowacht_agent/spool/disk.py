"""Reads and writes files so that they outlive a power cut, without what ``pathlib`` and ``io`` weigh."""

from __future__ import annotations

import os

TYPE_CHECKING = False

READ_BYTES = 1 << 20


def sync(descriptor: int) -> None:
    """Wait until what was written to a file is on the disk."""
    getattr(os, "fdatasync", os.fsync)(descriptor)


def sync_folder(path: str) -> None:
    """Wait until the names in a folder are on the disk; where the system has no such thing, it sees to it itself."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: str, content: bytes) -> None:
    """Put a file in the place of the one there is, if any: wholly, or not at all.

    Raises:
        OSError: the disk does not take it.
    """
    beside = path + ".new"
    try:
        descriptor = open_binary(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            write_all(descriptor, content)
            sync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(beside, path)  # noqa: PTH105 - without pathlib
    except OSError:
        remove(beside)
        raise
    sync_folder(os.path.dirname(path))  # noqa: PTH120 - without pathlib


def write_all(descriptor: int, content: bytes | bytearray) -> None:
    """Write all of it.

    Raises:
        OSError: the disk does not take it; some of it may stand there.
    """
    with memoryview(content) as whole:
        at = 0
        while at < len(whole):
            at += os.write(descriptor, whole[at:])


def read_whole(path: str) -> bytes:
    """Return a file's bytes.

    Raises:
        OSError: it cannot be read.
    """
    descriptor = open_binary(path, os.O_RDONLY)
    try:
        return b"".join(iter(lambda: os.read(descriptor, READ_BYTES), b""))
    finally:
        os.close(descriptor)


def read_at(descriptor: int, at: int, size: int) -> bytes:
    """Return so many bytes from a place in a file, or fewer at its end.

    Raises:
        OSError: it cannot be read.
    """
    if hasattr(os, "pread"):
        return os.pread(descriptor, size, at)
    os.lseek(descriptor, at, os.SEEK_SET)
    return os.read(descriptor, size)


def open_binary(path: str, flags: int) -> int:
    """Return a descriptor that no child process gets, of a file that only this user may read.

    Raises:
        OSError: it cannot be opened.
    """
    return os.open(path, flags | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0), 0o600)


def remove(path: str) -> bool:
    """Delete a file; return whether it is gone."""
    try:
        os.unlink(path)  # noqa: PTH108 - without pathlib
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def size_of(path: str) -> int:
    """Return a file's size in bytes.

    Raises:
        OSError: there is none, or it cannot be looked at.
    """
    return os.stat(path).st_size  # noqa: PTH116 - without pathlib
