"""Whether what should be mounted is, by fstab(5); under the name of fstab-check.

A mount that hangs is told by the family ``filesystem``; one that never came, by nobody else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.helper.task import Absent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.helper.outside import Outside
    from regiowacht_agent.helper.task import Task

ESCAPE = re.compile(r"\\([0-7]{3})")
LATER = frozenset({"noauto", "x-systemd.automount"})
"""Options of what is mounted when somebody asks for it."""

MOUNTS = ("proc/1/mounts", "proc/self/mounts")
"""The machine's own mounts, which only root may see where /proc hides processes, and this process's."""


class Fstab:
    """``node_fstab_mount_status``."""

    def __init__(self) -> None:
        self._status = Metrics.of("fstab")["node_fstab_mount_status"]

    def read(self, outside: Outside) -> Iterator[Sample]:
        """Yield each mount point that should be there.

        Raises:
            Absent: no fstab here, or an empty one.
        """
        wanted = list(dict.fromkeys(_wanted(_text(outside, "etc/fstab"))))
        if not wanted:
            raise Absent("nothing in fstab")
        mounts = next(filter(None, (_text(outside, path) for path in MOUNTS)), "")
        # The kernel escapes blank, tab and new line alone; a path with another separator makes no line of its own.
        rows = (row.split(" ") for row in mounts.split("\n"))
        there = {_unescaped(words[1]) for words in rows if len(words) > 1}
        for mount_point in wanted:
            yield Sample(self._status, (mount_point,), int(mount_point in there))


def _wanted(fstab: str) -> Iterator[str]:
    for row in fstab.splitlines():
        words = row.split()
        if len(words) < 2 or words[0].startswith("#") or not words[1].startswith("/"):
            continue
        options = words[3].split(",") if len(words) > 3 else []
        if LATER.isdisjoint(options):
            mount_point = _unescaped(words[1])
            yield mount_point.rstrip("/") or "/"


def _text(outside: Outside, path: str) -> str:
    try:
        return (outside.root / path).read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return ""


def _unescaped(text: str) -> str:
    """Return a path as it is; white space stands in octal (getmntent(3))."""
    return ESCAPE.sub(lambda found: chr(int(found[1], 8)), text)


def make(_config: Config) -> Task:
    """Return the task."""
    return Fstab()
