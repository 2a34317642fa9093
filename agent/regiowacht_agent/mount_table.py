"""The mounts of a host, from /proc/PID/mountinfo."""

from __future__ import annotations

import re

from regiowacht_agent.exposition import clean
from regiowacht_agent.mounts import FROM_MEMORY, Mount, is_remote
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ESCAPE = re.compile(r"\\([0-3][0-7]{2})")


class Mounted(NamedTuple):
    """One mount.

    Attributes:
        device: what is mounted, with blanks as octal numbers, as the kernel and node_exporter write it.
        mount_point: where the host has it.
        fs_type: type of the filesystem.
        major: of the device's number.
        minor: of the device's number.
        is_read_only: the mount or the filesystem is.
        asked: where this process asks it.
    """

    device: str
    mount_point: str
    fs_type: str
    major: str
    minor: str
    is_read_only: bool
    asked: Mount


def read_mounts(text: str, rootfs: str) -> list[Mounted]:
    """Return the mounts of a mountinfo file in its order; a line that is none of proc_pid_mountinfo(5) is left out.

    Args:
        text: the file.
        rootfs: where this process reaches the host's /. When the file has mounts there, it is this process's own view
            of the host, and mounts elsewhere are none of the host's; otherwise it is the host's own view.
    """
    mounts = list(_mounts(text))
    if rootfs == "/":
        return mounts
    below = f"{rootfs}/"
    inside = [one for one in mounts if one.mount_point == rootfs or one.mount_point.startswith(below)]
    if inside:
        return [one._replace(mount_point=one.mount_point.removeprefix(rootfs) or "/") for one in inside]
    return [one._replace(asked=one.asked._replace(path=f"{rootfs}{one.mount_point}".rstrip("/"))) for one in mounts]


def with_haste(wanted: Iterable[Mounted], mounts: Iterable[Mounted]) -> list[Mounted]:
    """Return wanted mounts, those marked that the kernel answers for from memory.

    The way to it may not lead through a filesystem that could hang either, whatever is mounted there twice.

    Args:
        wanted: of these mounts.
        mounts: all that this process has.
    """
    slow = {one.asked.path for one in mounts if one.fs_type not in FROM_MEMORY}
    return [
        one
        if any(step in slow for step in _steps(one.asked.path))
        else one._replace(asked=one.asked._replace(at_once=True))
        for one in wanted
    ]


def _steps(path: str) -> Iterator[str]:
    """Yield a path and every folder above it."""
    while path not in {"", "/"}:
        yield path
        path = path.rpartition("/")[0]
    yield "/"


def _mounts(text: str) -> Iterator[Mounted]:
    for line in text.split("\n"):
        mount, _, filesystem = line.partition(" - ")
        words, types = mount.split(" "), filesystem.split(" ")
        if len(words) < 6 or len(types) < 3:
            continue
        major, _, minor = words[2].partition(":")
        mount_point = words[4] if "\\" not in words[4] else _plain(words[4])
        is_read_only = "ro" in words[5].split(",") or "ro" in types[2].split(",")
        asked = Mount(mount_point, is_remote(types[0]))
        yield Mounted(clean(types[1]) or "none", clean(mount_point), clean(types[0]), major, minor, is_read_only, asked)


def _plain(name: str) -> str:
    """Return a name without the kernel's escapes: three octal digits for blank, tab, newline and backslash."""
    return ESCAPE.sub(lambda found: chr(int(found[1], 8)), name)
