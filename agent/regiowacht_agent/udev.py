"""What udev knows of block devices, from the files it keeps in /run/udev/data."""

from __future__ import annotations

import os

from regiowacht_agent.files import open_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

PROPERTY = "E:"
NOTHING: Mapping[str, str] = {}


class Udev:
    """Properties of block devices; a file is read again only when udev wrote it anew.

    Args:
        folder: where udev keeps its files.
    """

    __slots__ = ("_folder", "_kept")

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._kept: dict[str, tuple[tuple[int, int], Mapping[str, str]]] = {}

    def properties(self, number: str) -> Mapping[str, str]:
        """Return the properties of a block device, the same object as before while nothing changed.

        Args:
            number: of the device, as in "8:0".
        """
        path = f"{self._folder}/b{number}"
        try:
            # udev writes a new file and renames it into place, so a new one has another number.
            status = os.stat(path)  # noqa: PTH116 - a string that stays, a hundred times a minute
            written = (status.st_ino, status.st_mtime_ns)
            kept = self._kept.get(number)
            if kept is None or kept[0] != written:
                kept = self._kept[number] = (written, _read(path))
        except OSError:
            self._kept.pop(number, None)
            return NOTHING
        return kept[1]

    def forget(self) -> None:
        """Let go of everything; what is asked for next is read anew."""
        self._kept.clear()


def _read(path: str) -> Mapping[str, str]:
    """Return the lines ``E:NAME=VALUE`` of a file; the others are links, tags and the like."""
    with open(open_file(path), encoding="utf-8", errors="surrogateescape", newline="\n") as file:  # noqa: PTH123
        lines = file.read().split("\n")
    pairs = (line.removeprefix(PROPERTY).partition("=") for line in lines if line.startswith(PROPERTY))
    return {name: value for name, _, value in pairs}
