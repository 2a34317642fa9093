"""Reads one file that any script may have put there, without waiting, without end or twice without need."""

from __future__ import annotations

import os
import stat

from regiowacht_agent.extra.textfile.format import Parsed, Refused, parse
from regiowacht_agent.system import AS_IT_IS, NO_TERMINAL, NOT_BLOCKING, NOT_INHERITED
from regiowacht_contract.light import dataclass

SETTLED_S = 1.0
"""A file changed less than this ago is read again: the kernel's time stamps are too coarse to tell a second change."""

NOT_READ = {
    "unreadable": "cannot be opened or read",
    "not-a-file": "no ordinary file",
    "too-large": "larger than textfile.file_max_bytes, or all files together than 8 times that",
}
"""Why a file is refused as a whole, beside a time stamp in it."""

Key = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of a file; another object when it was read again.

    Attributes:
        key: changes when the file does.
        settled: whether a change after this reading would change the key.
        mtime: when it was written last, in whole seconds since 1970; None where nothing is told of it.
        parsed: what it holds.
    """

    key: Key | None
    settled: bool
    mtime: int | None
    parsed: Parsed

    @property
    def size_bytes(self) -> int:
        """How large it was when it was read; 0 where it was not."""
        return self.key[2] if self.key else 0


class NotRead(Exception):
    """A file that cannot be read; its message is a key of ``NOT_READ``."""


def look(path: str, before: Known | None, now: float, size_max: int) -> Known:
    """Return what a file holds now, or the same object as before where it did not change.

    A file that is being written keeps what it held before: at most until the next reading.

    Args:
        path: the file; a symbolic link is followed.
        before: what was known of it.
        now: seconds since 1970.
        size_max: bytes that are read at most.
    """
    try:
        found = _stat(path)
        if before is not None and before.settled and before.key == _key(found):
            return before
        data, first, last = _read(path, size_max)
    except NotRead as refused:
        reason = str(refused)
        if before is not None and before.key is None and before.parsed.refused.reason == reason:
            return before
        return Known(None, False, None, Parsed((), Refused(1, 0, reason)))
    settled = now - last.st_ctime > SETTLED_S
    is_whole = _key(first) == _key(last) and (settled or not data or data.endswith(b"\n"))
    if not is_whole and before is not None and before.mtime is not None:
        return before
    parsed = parse(data)
    told = bool(parsed.groups) or not parsed.refused.count
    return Known(_key(last), settled and is_whole, last.st_mtime_ns // 10**9 if told else None, parsed)


def _stat(path: str) -> os.stat_result:
    """Return what there is: looking before opening, since opening a pipe or a device can do things by itself."""
    try:
        found = os.stat(path)  # noqa: PTH116 - once a file and reading: no Path for each
    except OSError:
        raise NotRead("unreadable") from None
    if not stat.S_ISREG(found.st_mode):
        raise NotRead("not-a-file")
    return found


def _read(path: str, size_max: int) -> tuple[bytes, os.stat_result, os.stat_result]:
    """Return content, and what the file was before and after it was read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | NOT_BLOCKING | NOT_INHERITED | NO_TERMINAL | AS_IT_IS)
    except OSError:
        raise NotRead("unreadable") from None
    try:
        first = os.fstat(descriptor)
        if not stat.S_ISREG(first.st_mode):
            raise NotRead("not-a-file")
        parts = []
        left = size_max + 1
        while left and (part := os.read(descriptor, min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
        if not left:
            raise NotRead("too-large")
        return b"".join(parts), first, os.fstat(descriptor)
    except OSError:
        raise NotRead("unreadable") from None
    finally:
        os.close(descriptor)


def _key(found: os.stat_result) -> Key:
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev)
