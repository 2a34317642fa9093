"""The devices of one class of /sys, and whether they are the same ones as before."""

from __future__ import annotations

import os

from regiowacht_agent.family import NoData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.files import Files


ROUND = 20
"""Readings within which every device is due once."""


class Devices:
    """The folders below one folder of /sys, one for each device.

    A name can go to another device between two readings. The kernel numbers every entry of /sys anew, so a name with
    another number is another device, and descriptors of the old one are let go.

    What hardly ever changes is read of the devices that are due: those that are new or others than last time, and each
    other one once every ``ROUND`` readings. The folder is listed when the kernel had anything to say of a device since
    the last reading (``Files.events``), and once every ``ROUND`` readings even so.

    Args:
        folder: such as /sys/class/net.
        wanted: says by a device's name whether it counts; by default each does.
    """

    __slots__ = ("_events", "_folder", "_is_there", "_looks", "_seen", "_wanted", "names")

    def __init__(self, folder: str, wanted: Callable[[str], bool] | None = None) -> None:
        self._folder = folder
        self._wanted = wanted
        self._looks = 0
        self._events: bytes | None = None
        self._is_there = True
        self._seen: list[tuple[str, int]] = []
        self.names: tuple[str, ...] = ()

    def path(self, name: str) -> str:
        """Return where a device's attributes are."""
        return f"{self._folder}/{name}"

    def look(self, files: Files) -> frozenset[str]:
        """Look which devices there are, sorted by name in ``names``; return those that are due.

        ``names`` is another tuple when one of them is another device.

        Raises:
            NoData: there is no such folder.
            OSError: it may not be listed.
        """
        self._looks += 1
        others: set[str] = set()
        if files.events is None or files.events != self._events or self._looks % ROUND == 0:
            self._events = None
            others = self._list(files)
            self._events = files.events
        if not self._is_there:
            raise NoData(f"no {self._folder}")
        return frozenset(self.names[-self._looks % ROUND :: ROUND]) | others.intersection(self.names)

    def _list(self, files: Files) -> set[str]:
        seen: list[tuple[str, int]] = []
        try:
            with os.scandir(self._folder) as entries:
                seen = [(entry.name, entry.inode()) for entry in entries if not entry.is_file(follow_symlinks=False)]
        except (FileNotFoundError, NotADirectoryError):
            self._is_there = False
        else:
            self._is_there = True
        return self._compare(seen, files)

    def _compare(self, seen: list[tuple[str, int]], files: Files) -> set[str]:
        """Take over what is there now; return the names that are of other devices than before."""
        others: set[str] = set()
        if seen != self._seen:
            others = {name for name, _number in set(seen).symmetric_difference(self._seen)}
            for name in others:
                files.forget(f"{self._folder}/{name}/")
            self._seen = seen
            self.names = tuple(sorted(name for name, _number in seen if self._wanted is None or self._wanted(name)))
        return others
