"""Reads small files of /proc and /sys again and again through descriptors that stay open."""

from __future__ import annotations

import errno
import os
import stat

from regiowacht_agent.system import NO_TERMINAL, NOT_BLOCKING, NOT_INHERITED, resource
from regiowacht_contract.light import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

PAGE_BYTES = 4096
"""What one attribute of /sys holds at most (sysfs(5))."""

LINE_BYTES = 512
"""What no line of tables such as those of sockets, neighbours and disks is longer than."""

READ_BYTES = 65_536
OPEN_MAX = 1024
"""Room for a server of 64 processors and 40 interfaces; each descriptor of /sys costs the kernel about 4 kB."""

READS_AGAIN = hasattr(os, "pread")
"""Whether a descriptor can be read again and again; on Windows, which has no /sys either, it cannot."""

GONE = frozenset({errno.ENODEV, errno.ENOENT, errno.ESTALE, errno.ENXIO, errno.ESRCH, errno.EBADF})
"""What reading says when the thing behind a descriptor is no more; anything else is about the value alone."""


def raise_limit() -> None:
    """Let this process open four times ``OPEN_MAX`` files, as far as its hard limit allows.

    The usual soft limit of 1024 is there for programs that use select(2), which this is not (systemd.exec(5)).
    """
    if resource is None:
        return
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = 4 * OPEN_MAX if hard == resource.RLIM_INFINITY else min(4 * OPEN_MAX, hard)
    if _allowed() < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def shape(data: bytes, fill: bytes = b"") -> bytes:
    """Return what is left of a table without its numbers: names, which stay the same as long as the kernel runs.

    It costs a tenth of taking the table apart, and tells whether what was learnt of it still holds.

    Args:
        data: the table.
        fill: what columns are filled up to a width with, if anything, which goes as well.
    """
    return data.translate(None, b"-0123456789" + fill)


def open_file(path: Path | str) -> int:
    """Return a new descriptor of a file that is no pipe and no device, without waiting for anybody.

    Below a ``path.procfs`` of one's own there may be anything: a pipe that nobody writes to would hold every reading
    up, and a device may have no end.

    Raises:
        OSError: it is not there, may not be read, or is a pipe or a device.
    """
    descriptor = os.open(path, os.O_RDONLY | NOT_INHERITED | NOT_BLOCKING | NO_TERMINAL)
    kind = stat.S_IFMT(os.fstat(descriptor).st_mode)
    if kind in {stat.S_IFREG, stat.S_IFDIR}:  # reading a folder says at once that it is one
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "no ordinary file", str(path))


def once(path: str) -> bytes:
    """Return the first page of a file that is not read again soon; nothing where it cannot be had."""
    try:
        descriptor = open_file(path)
    except OSError:
        return b""
    try:
        return os.read(descriptor, PAGE_BYTES)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


class Files:
    """Descriptors by path.

    Opening a file costs more than reading it. A descriptor follows its file when a device is renamed: whoever reads
    below a device calls ``forget`` when the device of that name is another one than before.

    Args:
        open_max: descriptors that stay open at most; by default a quarter of what this process may open, ``OPEN_MAX``
            at most.

    Attributes:
        events: during a reading, the number of the kernel's latest event about a device: while it is the same, no
            device came, went or was renamed. None where nobody counts.
    """

    __slots__ = ("_kept", "_shared", "events", "open_max")

    def __init__(self, open_max: int | None = None) -> None:
        self.open_max = min(OPEN_MAX, _allowed() // 4) if open_max is None else open_max
        self.events: bytes | None = None
        self._kept: dict[str, int] = {}
        self._shared: dict[str, str] | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def begin(self, sysfs: str) -> None:
        """Begin a reading: note the kernel's latest event (/sys/kernel/uevent_seqnum, Documentation/ABI/stable/sysfs).

        It is noted first, so that what happens while devices are listed counts for the next reading. The link of a
        class to its device is made before the event that says so, and taken away before it as well.
        """
        if READS_AGAIN:
            self.events = self._or_nothing(f"{sysfs}/kernel/uevent_seqnum") or None
        self._shared = {}

    def end(self) -> None:
        """End a reading."""
        self.events = self._shared = None

    def shared(self, path: str) -> str:
        """Return what ``piece`` returns; families that look at the same file share it during a reading.

        Raises:
            OSError: it is not there, or may not be read.
        """
        if self._shared is None:
            return self.piece(path)
        if path not in self._shared:
            self._shared[path] = self.piece(path)
        return self._shared[path]

    def read(self, path: str) -> str:
        """Return a whole file of /proc; the kernel gives about a page at a time, so it is read until nothing comes.

        Raises:
            OSError: it is not there, or may not be read.
        """
        return self._read(path, _whole).decode("utf-8", "surrogateescape")

    def lines(self, path: str) -> list[str]:
        """Return the lines of a file of /proc whose lines have at most ``LINE_BYTES``.

        The kernel ends a page with the last line that fits. When there was room for another line and none came, there
        is none, so that it need not be asked again: of a table with 65,536 places, that is half the cost.

        Raises:
            OSError: it is not there, or may not be read.
        """
        lines = self._read(path, _lines).decode("utf-8", "surrogateescape").split("\n")
        return lines if lines[-1] else lines[:-1]

    def piece(self, path: str, default: str | None = None) -> str:
        """Return a file of /proc that the kernel writes in one piece however long it is (single_open in its code).

        Args:
            path: the file.
            default: what to return where there is no such file; without it the FileNotFoundError goes on.

        Raises:
            OSError: it may not be read.
        """
        raw = self.raw_piece(path, None if default is None else default.encode())
        return raw.decode("utf-8", "surrogateescape")

    def raw(self, path: str) -> bytes:
        """Return a whole file of /proc as the kernel gave it.

        Raises:
            OSError: it is not there, or may not be read.
        """
        return self._read(path, _whole)

    def raw_piece(self, path: str, default: bytes | None = None) -> bytes:
        """Return a file that the kernel writes in one piece, as it gave it; otherwise like ``piece``."""
        try:
            return self._read(path, _piece)
        except FileNotFoundError:
            if default is None:
                raise
            return default

    def attribute(self, path: str) -> str:
        """Return an attribute of /sys or /proc/sys without the white space around it: one value, read in one go.

        Raises:
            OSError: it is not there, may not be read, or the driver has no value now (EINVAL, ENODATA, EIO...).
        """
        return self._read(path, _page).decode("utf-8", "surrogateescape").strip()

    def attribute_or(self, path: str, default: str = "") -> str:
        """Return an attribute of /sys, or ``default`` where there is none to be had."""
        try:
            return self.attribute(path)
        except OSError:
            return default

    def attributes(self, paths: Iterable[str], *, keep: bool = True) -> list[bytes]:
        """Return attributes of /sys as the driver gave them, b"" for each that cannot be had.

        Args:
            paths: of the attributes.
            keep: leave their descriptors open, as every other reading does; off for what is seldom read.
        """
        if not keep:
            return [once(path) for path in paths]
        kept = self._kept
        told = []
        for path in paths:
            try:
                told.append(os.pread(kept[path], PAGE_BYTES, 0))
            except KeyError:
                told.append(self._or_nothing(path))
            except OSError as error:
                told.append(self._or_nothing(path) if error.errno in GONE else b"")
        return told

    def forget(self, below: str) -> None:
        """Close every descriptor of a path that begins with ``below``."""
        for path in [path for path in self._kept if path.startswith(below)]:
            os.close(self._kept.pop(path))

    def close(self) -> None:
        """Close all."""
        self.forget("")

    def __del__(self) -> None:
        for descriptor in self._kept.values():
            with suppress(OSError):
                os.close(descriptor)

    def _or_nothing(self, path: str) -> bytes:
        try:
            return self._read(path, _page)
        except OSError:
            return b""

    def _read(self, path: str, how: Callable[[int], bytes]) -> bytes:
        descriptor = self._kept.get(path)
        if descriptor is not None:
            try:
                return how(descriptor)
            except OSError as error:
                if error.errno not in GONE:
                    raise
                # By that name there may be something new.
                os.close(self._kept.pop(path))
        descriptor = open_file(path)
        keep = len(self._kept) < self.open_max
        try:
            return how(descriptor)
        except OSError as error:
            keep = keep and error.errno not in GONE
            raise
        finally:
            if keep:
                self._kept[path] = descriptor
            else:
                os.close(descriptor)


def _allowed() -> int:
    if resource is None:
        return 4 * OPEN_MAX
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 4 * OPEN_MAX if soft == resource.RLIM_INFINITY else soft


def _page(descriptor: int) -> bytes:
    return os.pread(descriptor, PAGE_BYTES, 0)


def _lines(descriptor: int) -> bytes:
    first = os.pread(descriptor, READ_BYTES, 0)
    return first if len(first) <= PAGE_BYTES - LINE_BYTES else _whole(descriptor, first)


def _piece(descriptor: int) -> bytes:
    first = os.pread(descriptor, READ_BYTES, 0)
    return first if len(first) < READ_BYTES else _whole(descriptor, first)


def _whole(descriptor: int, first: bytes = b"") -> bytes:
    parts = [first] if first else []
    at = len(first)
    while part := os.pread(descriptor, READ_BYTES, at):
        parts.append(part)
        at += len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
