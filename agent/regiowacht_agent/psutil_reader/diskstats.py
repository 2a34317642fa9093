"""Block devices, from psutil.disk_io_counters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.family import NoData, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

FIELDS = {
    "node_disk_reads_completed_total": ("read_count", 1),
    "node_disk_reads_merged_total": ("read_merged_count", 1),
    "node_disk_read_bytes_total": ("read_bytes", 1),
    "node_disk_read_time_seconds_total": ("read_time", 1000),
    "node_disk_writes_completed_total": ("write_count", 1),
    "node_disk_writes_merged_total": ("write_merged_count", 1),
    "node_disk_written_bytes_total": ("write_bytes", 1),
    "node_disk_write_time_seconds_total": ("write_time", 1000),
    "node_disk_io_time_seconds_total": ("busy_time", 1000),
}
"""psutil's field and what to divide it by; its times are in milliseconds."""


class Diskstats:
    """``node_disk_*`` of whole devices; partitions, loops and RAM disks are left out by default."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._fields = tuple((metrics[name], field, by) for name, (field, by) in FIELDS.items())
        self._filter = DeviceFilter.of(config.diskstats.device_exclude, config.diskstats.device_include)

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the counters of every device, raw: a counter that wraps is Prometheus's to handle.

        Raises:
            NoData: the kernel keeps no such counters.
        """
        try:
            devices = host.psutil.disk_io_counters(perdisk=True, nowrap=False) or {}
        except NotImplementedError as error:
            raise NoData(str(error)) from None
        for device, told in devices.items():
            if self._filter.takes(device):
                for metric, field, by in self._fields:
                    value = getattr(told, field, None)
                    if value is not None:
                        yield Sample(metric, (device,), value if by == 1 else value / by)


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Diskstats(config, metrics)
