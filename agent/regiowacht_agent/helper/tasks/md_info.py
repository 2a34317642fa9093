"""What software RAID is made of, from /sys and mdadm; under the names of md_info and md_info_detail.

How an array fares is told by the family ``mdadm``, which needs no root. Source: md(4), mdadm(8) ``--detail``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.helper.task import Absent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_agent.config import Config
    from regiowacht_agent.helper.outside import Outside
    from regiowacht_agent.helper.task import Task

DETAIL = re.compile(r"^ *(Raid Devices|Total Devices|Active Devices|Working Devices|Failed Devices|Spare Devices"
                    r"|Array Size|Used Dev Size|Events) : (\d+)", re.MULTILINE)  # fmt: skip
SETS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FAR = 0x1FFFF
"""Bits of a RAID 10's layout that say near and far copies; where others are set, its disks are no plain sets."""


class _Array(NamedTuple):
    device: str
    name: str
    level: str
    metadata_version: str
    disks: str

    @property
    def short(self) -> tuple[str, ...]:
        return (self.device, self.name, self.level, self.metadata_version)

    @property
    def full(self) -> tuple[str, ...]:
        return (self.device, self.name, self.level, self.disks, self.metadata_version)


class MdInfo:
    """``node_md_info*`` and ``node_md_disk_info``."""

    def __init__(self) -> None:
        self._of = Metrics.of("md_info")

    def read(self, outside: Outside) -> Iterator[Sample]:
        """Yield every array, its disks, and what mdadm counts where it is there.

        Raises:
            Absent: no arrays here.
            TaskFailed: mdadm cannot tell.
        """
        folders = sorted(path for path in (outside.root / "sys/block").glob("md*/md") if path.is_dir())
        if not folders:
            raise Absent("no arrays")
        names = _names(outside.root)
        for folder in folders:
            array = _array(folder, names)
            yield Sample(self._of["node_md_info"], array.short, 1)
            yield from self._disks(array, folder)
            if outside.has("mdadm"):
                for key, value in DETAIL.findall(outside.run("mdadm", "--detail", f"/dev/{array.device}").text):
                    yield Sample(self._of[f"node_md_info_{key.replace(' ', '')}"], array.full, int(value))

    def _disks(self, array: _Array, folder: Path) -> Iterator[Sample]:
        for path in sorted(folder.glob("rd[0-9]*")):
            disk = (path / "block").resolve().name
            letter = _set(array, int(path.name[2:]), _text(path / "state"), _text(folder / "layout"))
            yield Sample(self._of["node_md_disk_info"], (disk, array.device, letter), 1)


def _array(folder: Path, names: dict[str, str]) -> _Array:
    device = folder.parent.name
    level = _text(folder / "level").removeprefix("raid")
    return _Array(
        device, names.get(device, device), level, _text(folder / "metadata_version"), _text(folder / "raid_disks")
    )


def _names(root: Path) -> dict[str, str]:
    """Return the name that an array was given by its device."""
    links = sorted((root / "dev/md").glob("*"))
    return {link.resolve().name: link.name for link in links if link.is_symlink()}


def _set(array: _Array, number: int, state: str, layout: str) -> str:
    """Return which copy of a RAID 10's data a disk holds, "" where it is no plain set."""
    if array.level != "10" or state != "in_sync" or not layout.isdecimal() or int(layout) & ~FAR:
        return ""
    copies = (int(layout) & 0xFF) * (int(layout) >> 8 & 0xFF)
    if not copies or copies > len(SETS) or int(array.disks or 0) % copies:
        return ""
    return SETS[number % copies]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def make(_config: Config) -> Task:
    """Return the task."""
    return MdInfo()
