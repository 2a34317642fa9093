"""The outside world of a reading, as one argument: where it looks and what it asks."""

from __future__ import annotations

import os
import time

from regiowacht_agent.files import Files, open_file
from regiowacht_agent.mounts import MountAsker
from regiowacht_contract.light import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any, NoReturn

READ_BYTES = 65_536


def _nobody(*_: object) -> NoReturn:
    """Stand in for what this operating system does not have."""
    raise NotImplementedError


GETLOADAVG: Callable[[], tuple[float, float, float]] = getattr(os, "getloadavg", _nobody)
UNAME: Callable[[], os.uname_result] = getattr(os, "uname", _nobody)


@dataclass(frozen=True, slots=True)
class Host:
    """The host as a reader sees it.

    Attributes:
        procfs: where /proc is mounted.
        sysfs: where /sys is mounted.
        rootfs: where the host's / is mounted, for an agent inside a container.
        udev_data: where udev keeps what it knows of devices.
        psutil: the psutil module, or None for a reader that does without.
        mounts: asks filesystems for their figures without hanging on a stale one.
        files: reads small files again and again.
        clock: seconds since 1970.
        monotonic: seconds that never jump, to measure durations with.
        getloadavg: os.getloadavg.
        uname: os.uname.
        registry: a value of Windows' registry below HKEY_LOCAL_MACHINE, by key and name.
    """

    procfs: str = "/proc"
    sysfs: str = "/sys"
    rootfs: str = "/"
    udev_data: str = "/run/udev/data"
    psutil: Any = None
    mounts: MountAsker = field(default_factory=MountAsker)
    files: Files = field(default_factory=Files)
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.perf_counter
    getloadavg: Callable[[], tuple[float, float, float]] = GETLOADAVG
    uname: Callable[[], os.uname_result] = UNAME
    registry: Callable[[str, str], object] = _nobody

    def text(self, path: Path | str, default: str | None = None) -> str:
        """Return a small file of /proc or /sys without the newline at its end.

        Args:
            path: the file.
            default: what to return where the kernel has no such file or no value for it (ENOENT, EINVAL, EACCES...);
                without it the OSError goes on.
        """
        try:
            return _read(path).decode("utf-8", "replace").rstrip("\n")
        except OSError:
            if default is None:
                raise
            return default


def _read(path: Path | str) -> bytes:
    """Return a file's bytes; a file of /proc gives about a page at a time, so read until there is nothing more."""
    descriptor = open_file(path)
    try:
        parts = iter(lambda: os.read(descriptor, READ_BYTES), b"")
        return b"".join(parts)
    finally:
        os.close(descriptor)
