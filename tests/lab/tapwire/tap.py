"""A TAP interface in the network of another process (Linux, Documentation/networking/tuntap.rst)."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import struct

CLONE_NEWNET = 0x40000000
IFF_TAP_NO_PI = 0x0002 | 0x1000
TUNSETIFF = 0x400454CA
TUNSETCARRIER = 0x400454E2
FRAME_LIMIT_BYTES = 9_300

_LIBC = ctypes.CDLL(None, use_errno=True)


class Tap:
    """One end of a wire: a host, and the TAP interface in its network.

    It keeps the host's network alive, so its owner watches ``host`` (pidfd_open(2)) and closes it in time.

    Attributes:
        name: name of the interface in the host.
        host: descriptor that is readable once the host is gone.
        frames: descriptor of the interface, -1 when it is closed.

    Raises:
        OSError: the host is gone, the name is taken there, or there is no /dev/net/tun; its text says which.
    """

    def __init__(self, pid: int, name: str) -> None:
        self.name = name
        try:
            self.host = os.pidfd_open(pid)
            there = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        except (ProcessLookupError, FileNotFoundError):
            raise OSError("that process is gone") from None
        own = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        if os.path.sameopenfile(own, there):
            raise OSError("that process has no network of its own")
        try:
            _enter(there)
            self.frames = _open(name)
        finally:
            _enter(own)
            os.close(own)
            os.close(there)

    def set_carrier(self, *, on: bool) -> None:
        """Give the interface its carrier, or take it away."""
        if self.frames >= 0:
            fcntl.ioctl(self.frames, TUNSETCARRIER, struct.pack("I", on))

    def read(self) -> bytes:
        """Return the next frame the host sends.

        Raises:
            BlockingIOError: it sends nothing now.
            OSError: the interface is gone.
        """
        return os.read(self.frames, FRAME_LIMIT_BYTES)

    def write(self, frame: bytes) -> bool:
        """Hand a frame to the host; return False where its interface is down, full or gone."""
        if self.frames < 0:
            return False
        try:
            os.write(self.frames, frame)
        except OSError:  # EIO: down; ENOBUFS, EAGAIN: no room now; EBADFD: deleted, which the reader notices
            return False
        return True

    def close(self) -> None:
        """Take the interface out of the host."""
        if self.frames >= 0:
            os.close(self.frames)
        self.frames = -1


def _enter(namespace: int) -> None:
    if _LIBC.setns(namespace, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _open(name: str) -> int:
    try:
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise OSError(f"/dev/net/tun: {error.strerror}; try modprobe tun") from None
    try:
        fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP_NO_PI))
    except OSError as error:
        os.close(descriptor)
        if error.errno in (errno.EBUSY, errno.EINVAL):
            raise OSError("an interface of that name exists there") from None
        raise
    return descriptor
