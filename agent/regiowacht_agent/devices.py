"""The devices of one class of /sys, and whether they are the same ones as before."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from regiowacht_agent.family import NoData

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.files import Files


class Devices:
    """The folders below one folder of /sys, one for each device.

    A name can go to another device between two readings. The kernel numbers every entry of /sys anew, so a name with
    another number is another device, and descriptors of the old one are let go.

    Args:
        folder: such as /sys/class/net.
        wanted: says by a device's name whether it counts; by default each does.
    """

    __slots__ = ("_folder", "_seen", "_wanted", "names")

    def __init__(self, folder: str, wanted: Callable[[str], bool] | None = None) -> None:
        self._folder = folder
        self._wanted = wanted
        self._seen: list[tuple[str, int]] = []
        self.names: tuple[str, ...] = ()

    def path(self, name: str) -> str:
        """Return where a device's attributes are."""
        return f"{self._folder}/{name}"

    def look(self, files: Files) -> frozenset[str]:
        """List the devices again, sorted by name in ``names``; return which are new or others than last time.

        Raises:
            NoData: there is no such folder, or no such device in it.
            OSError: it may not be listed.
        """
        try:
            with os.scandir(self._folder) as entries:
                seen = [(entry.name, entry.inode()) for entry in entries if not entry.is_file(follow_symlinks=False)]
        except (FileNotFoundError, NotADirectoryError):
            seen = []
        others: frozenset[str] = frozenset()
        if seen != self._seen:
            changed = set(seen).symmetric_difference(self._seen)
            for name, _number in changed:
                files.forget(f"{self._folder}/{name}/")
            self._seen = seen
            self.names = tuple(sorted(name for name, _number in seen if self._wanted is None or self._wanted(name)))
            others = frozenset(name for name, _number in changed).intersection(self.names)
        if not self.names:
            raise NoData(f"nothing in {self._folder}")
        return others
