"""Traffic of disks, from psutil.disk_io_counters.

Times are left out: psutil's are in seconds or milliseconds by version there, and nobody has looked at a real one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import NoData, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

FIELDS = {
    "windows_physical_disk_reads_total": "read_count",
    "windows_physical_disk_writes_total": "write_count",
    "windows_physical_disk_read_bytes_total": "read_bytes",
    "windows_physical_disk_write_bytes_total": "write_bytes",
}
PREFIX = "PhysicalDrive"


class WindowsPhysicalDisk:
    """``windows_physical_disk_*``; ``disk`` is the number of the drive."""

    def __init__(self, metrics: Metrics) -> None:
        self._fields = tuple((metrics[name], field) for name, field in FIELDS.items())

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the counters of every drive.

        Raises:
            NoData: Windows keeps none; older ones do after ``diskperf -y``.
        """
        drives = host.psutil.disk_io_counters(perdisk=True, nowrap=False)
        if not drives:
            raise NoData("Windows keeps no counters of disks; diskperf -y may help")
        for drive, told in drives.items():
            for metric, field in self._fields:
                yield Sample(metric, (drive.removeprefix(PREFIX),), getattr(told, field))


def make(_config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return WindowsPhysicalDisk(metrics)
