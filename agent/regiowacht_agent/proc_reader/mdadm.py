"""Software RAID, from /proc/mdstat and /sys/block/md*."""

from __future__ import annotations

import os

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.family import NoData
from regiowacht_agent.mdstat import Array, arrays

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

STATES = ("active", "inactive", "recovering", "resync", "check")
DISK_STATES = ("active", "failed", "spare")


class Mdadm:
    """``node_md_*``: the state of each array, its disks, and how far its repair is."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/mdstat"
        self._block = f"{config.paths.sysfs}/block"
        self._state, self._disks, self._required, self._blocks, self._synced, self._raid_disks, self._degraded = (
            metrics[f"node_md_{name}"]
            for name in ("state", "disks", "disks_required", "blocks", "blocks_synced", "raid_disks", "degraded")
        )
        self._kept = Kept()
        self._text = ""
        self._names: set[str] = set()
        self._arrays: list[Array] = []

    def read(self, host: Host) -> Block:
        """Return what both sources tell, each of the arrays that it knows.

        Raises:
            NoData: the kernel has no software RAID.
        """
        try:
            text = host.files.read(self._path)
        except FileNotFoundError:
            raise NoData("no software RAID") from None
        if text != self._text:
            self._text, self._arrays = text, arrays(text)
        devices = self._devices(host)
        names = [one.name for one in self._arrays]
        layout = self._kept.layout((names, list(devices)), lambda: self._series(names, list(devices)))
        values = [value for one in self._arrays for value in _values(one)]
        return Block(layout, values + [number for numbers in devices.values() for number in numbers])

    def _devices(self, host: Host) -> dict[str, tuple[str, str]]:
        """Return how many disks each array has places for and lacks; a level without copies can lack none."""
        try:
            names = sorted(name for name in os.listdir(self._block) if name.startswith("md"))  # noqa: PTH208
        except OSError:
            return {}
        for gone in self._names - set(names):
            host.files.forget(f"{self._block}/{gone}/md/")
        self._names = set(names)
        found = {}
        for name in names:
            # Of a device that is stopped while it is read nothing is told.
            raid_disks = host.files.attribute_or(f"{self._block}/{name}/md/raid_disks").partition(" ")[0]
            degraded = host.files.attribute_or(f"{self._block}/{name}/md/degraded", "0")
            if raid_disks.isdigit() and degraded.isdigit():
                found[name] = (raid_disks, degraded)
        return found

    def _series(self, names: list[str], devices: list[str]) -> Iterator[Series]:
        for name in names:
            yield from ((self._state, (name, state)) for state in STATES)
            yield from ((self._disks, (name, state)) for state in DISK_STATES)
            yield from ((metric, (name,)) for metric in (self._required, self._blocks, self._synced))
        for name in devices:
            yield from ((metric, (name,)) for metric in (self._raid_disks, self._degraded))


def _values(one: Array) -> tuple[Value, ...]:
    states = (int(one.state == state) for state in STATES)
    return (*states, one.active, one.failed, one.spare, one.required, one.blocks, one.synced)


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Mdadm(config, metrics)
