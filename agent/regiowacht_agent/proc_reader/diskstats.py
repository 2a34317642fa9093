"""Block devices, from /proc/diskstats, with what udev knows of them."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.family import NoData
from regiowacht_agent.proc_reader.disk_info import DiskInfo, Info

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

FIELDS = (
    *("reads_completed_total", "reads_merged_total", "read_bytes_total", "read_time_seconds_total"),
    *("writes_completed_total", "writes_merged_total", "written_bytes_total", "write_time_seconds_total"),
    *("io_now", "io_time_seconds_total", "io_time_weighted_seconds_total"),
    *("discards_completed_total", "discards_merged_total", "discarded_sectors_total", "discard_time_seconds_total"),
    *("flush_requests_total", "flush_requests_time_seconds_total"),
)
"""The columns after the device's name in their order (the kernel's Documentation/admin-guide/iostats.rst)."""

NAME = 2
"""Column of the device's name, after the two parts of its number."""

WITH_TRANSFERS, WITH_DISCARDS, WITH_FLUSHES = 11, 15, 17
"""Columns after the name that kernels have: all, those since 4.18, those since 5.5."""

SECTOR_BYTES = 512
"""What the kernel counts in, whatever the device's own sectors are."""


class Diskstats:
    """``node_disk_*`` of whole devices; partitions, loops and RAM disks are left out by default."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/diskstats"
        self._filter = DeviceFilter.of(config.diskstats.device_exclude, config.diskstats.device_include)
        self._metrics = tuple(metrics[f"node_disk_{field}"] for field in FIELDS)
        self._info = DiskInfo(config, metrics)
        self._kept = Kept()
        self._names: list[str] = []
        self._wanted: list[int] = []

    def read(self, host: Host) -> Block:
        """Return the counters of every device, raw: a counter that wraps is Prometheus's to handle.

        Raises:
            NoData: the kernel keeps no such counters.
        """
        try:
            lines = host.files.lines(self._path)
        except FileNotFoundError:
            raise NoData("the kernel counts nothing of block devices") from None
        # A partition of an old kernel has too few columns to mean the same.
        rows = [row for row in map(str.split, lines) if len(row) > NAME + WITH_TRANSFERS]
        names = [row[NAME] for row in rows]
        if names != self._names:
            # A table of several pages can tell a device twice that moved in it between two of them.
            places = {name: at for at, name in enumerate(names)}
            self._wanted = [at for name, at in places.items() if self._filter.takes(name)]
            self._names = names
            self._info.forget(host)
        key: list[tuple[int, Info]] = []
        values: list[Value] = []
        for at in self._wanted:
            row = rows[at]
            told = _values(row[NAME + 1 :])
            info = self._info.read(host, row[0], row[1], row[NAME])
            key.append((len(told), info))
            values += told
            values += info.values
        return Block(self._kept.layout(key, lambda: self._series(key)), values)

    def _series(self, key: list[tuple[int, Info]]) -> Iterator[Series]:
        for size, info in key:
            yield from ((metric, (info.device,)) for metric in self._metrics[:size])
            yield from info.series


def _values(words: Sequence[str]) -> tuple[Value, ...]:
    """Return a device's numbers in base units; the kernel's times are in milliseconds.

    Raises:
        ValueError: a word is no number.
    """
    size = len(words)
    told: tuple[Value, ...] = (
        words[0], words[1], int(words[2]) * SECTOR_BYTES, int(words[3]) / 1000,
        words[4], words[5], int(words[6]) * SECTOR_BYTES, int(words[7]) / 1000,
        words[8], int(words[9]) / 1000, int(words[10]) / 1000,
    )  # fmt: skip
    if size >= WITH_DISCARDS:
        told += (words[11], words[12], words[13], int(words[14]) / 1000)
    if size >= WITH_FLUSHES:
        told += (words[15], int(words[16]) / 1000)
    return told


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Diskstats(config, metrics)
