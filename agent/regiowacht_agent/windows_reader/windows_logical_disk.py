"""Volumes, from psutil.disk_partitions and psutil.disk_usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

NOT_ASKED = frozenset({"cdrom", "remote", "unmounted"})
"""Kinds of drives that hold no data of this machine, or that another one has to answer for."""


class WindowsLogicalDisk:
    """``windows_logical_disk_*``; counts and times of a volume are beyond psutil."""

    def __init__(self, metrics: Metrics) -> None:
        self._size = metrics["windows_logical_disk_size_bytes"]
        self._free = metrics["windows_logical_disk_free_bytes"]
        self._readonly = metrics["windows_logical_disk_readonly"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield every local volume; one that is locked or without a disk in it costs only itself."""
        for one in host.psutil.disk_partitions(all=False):
            options = one.opts.split(",")
            if not NOT_ASKED.isdisjoint(options) or not one.fstype:
                continue
            try:
                told = host.psutil.disk_usage(one.mountpoint)
            except OSError:
                continue
            volume = one.mountpoint.rstrip("\\")
            yield Sample(self._size, (volume,), told.total)
            yield Sample(self._free, (volume,), told.free)
            yield Sample(self._readonly, (volume,), int("ro" in options))


def make(_config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return WindowsLogicalDisk(metrics)
