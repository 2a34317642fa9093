"""Disk panels of one server: how full, how busy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract import host
from regiowacht_dashboards.layout import Line, of_equal_width
from regiowacht_dashboards.panels import BarGauge, TimeSeries
from regiowacht_dashboards.queries import ASSET, aggregate, total
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import from_contract
from regiowacht_dashboards.variables import chosen

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def filesystem_usage() -> str:
    """Return how full each chosen file system is."""
    return host.filesystem_usage(**chosen(*ASSET))


def inode_usage() -> str:
    """Return the share of inodes in use of each chosen file system."""
    return host.inode_usage(**chosen(*ASSET))


def fill() -> BarGauge:
    """Return how full each file system is now."""
    return BarGauge(
        key="fill",
        queries=(
            Query(f"sort_desc({aggregate('max', filesystem_usage(), *ASSET, 'mountpoint')})", legend="{{mountpoint}}"),
        ),
        unit="percentunit",
        decimals=1,
        minimum=0,
        maximum=1,
        steps=from_contract("filesystem_usage"),
    )


def fill_over_time() -> TimeSeries:
    """Return how fast each file system fills."""
    return TimeSeries(
        key="fill-over-time",
        queries=(Query(aggregate("max", filesystem_usage(), *ASSET, "mountpoint"), legend="{{mountpoint}}"),),
        unit="percentunit",
        minimum=0,
        maximum=1,
        shows_limits=True,
        steps=from_contract("filesystem_usage"),
    )


def inodes() -> BarGauge:
    """Return how many inodes are used."""
    return BarGauge(
        key="inodes",
        queries=(
            Query(f"sort_desc({aggregate('max', inode_usage(), *ASSET, 'mountpoint')})", legend="{{mountpoint}}"),
        ),
        unit="percentunit",
        decimals=1,
        minimum=0,
        maximum=1,
        steps=from_contract("inode_usage"),
    )


def disk_io(words: Words) -> Line:
    """Return throughput, operations and business of the disks."""

    def disk(name: str) -> str:
        return total(name, device=host.DISKS).rate()

    throughput = TimeSeries(
        key="disk-throughput",
        queries=(
            Query(disk("node_disk_read_bytes_total"), legend=words.device("read")),
            Query(disk("node_disk_written_bytes_total"), legend=words.device("write"), mirrored=True),
        ),
        unit="Bps",
        centred=True,
    )
    operations = TimeSeries(
        key="disk-operations",
        queries=(
            Query(disk("node_disk_reads_completed_total"), legend=words.device("read")),
            Query(disk("node_disk_writes_completed_total"), legend=words.device("write"), mirrored=True),
        ),
        unit="iops",
        centred=True,
    )
    busy = TimeSeries(
        key="disk-busy",
        queries=(Query(disk("node_disk_io_time_seconds_total"), legend="{{device}}"),),
        unit="percentunit",
        minimum=0,
        maximum=1,
        shows_limits=True,
        steps=from_contract("disk_busy"),
    )
    return of_equal_width(8, throughput, operations, busy)
