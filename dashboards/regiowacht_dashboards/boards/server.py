"""Server: one machine from its state down to the families of its agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import gauge, not_regex, regex
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import BarGauge, Column, Gauge, Query, Stat, StateTimeline, Table, TimeSeries
from regiowacht_dashboards.queries import (
    ASSET,
    REAL_DISKS,
    REAL_FILESYSTEMS,
    REAL_INTERFACES,
    aggregate,
    total,
    value,
)
from regiowacht_dashboards.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    RED,
    from_contract,
    from_one,
    plain,
    state_mapping,
    value_mapping,
)
from regiowacht_dashboards.variables import chosen

if TYPE_CHECKING:
    from regiowacht_dashboards.panels import Panel
    from regiowacht_dashboards.words import Words

IDLE = regex("idle|iowait")
"""Modes in which a processor does no work; waiting for a disk is no work of the processor."""


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("infrastructuur",),
        variables=(
            variables.datasource(),
            variables.regio(),
            variables.gemeente(many=False),
            variables.site(),
            variables.instance(many=False, kind="server"),
        ),
        links=(links.back("rw-regio", words),),
        sections=(
            Section("", (_tiles(words), Line(4, ((24, _identity()),)))),
            Section("cpu", (Line(8, ((9, _cpu_modes()), (8, _cpu_cores()), (7, _load(words)))),)),
            Section("memory", (Line(8, ((16, _memory(words)), (8, _swap(words)))),)),
            Section("disks", (Line(8, _thirds(_fill(), _fill_over_time(), _inodes())), _disk_io(words))),
            Section("network", (Line(8, ((14, _traffic(words)), (10, _faults(words)))),)),
            Section("measuring", (Line(9, ((14, _timeline(words)), (10, _families(words)))),)),
        ),
    )


def _device(words: Words, what: str) -> str:
    """Return a legend of the device and what of it is drawn."""
    return "{{device}} " + words.own(f"legend-{what}")


def _thirds(*panels: Panel) -> tuple[tuple[int, Panel], ...]:
    return tuple((8, panel) for panel in panels)


def _tiles(words: Words) -> Line:
    state = value("regiowacht:asset_state")
    return of_equal_width(
        4,
        Stat(key="state", queries=(Query(str(state)),), mappings=(state_mapping(words.lang),)),
        Stat(key="uptime", queries=(Query(_uptime()),), unit="s", steps=from_contract("uptime")),
        _dial("cpu-now", _cpu_usage(), "cpu_usage"),
        _dial("memory-now", _memory_usage(), "memory_usage"),
        _dial("swap-now", _swap_usage(), "swap_usage"),
        _dial("disk-now", aggregate("max", _filesystem_usage(), *ASSET), "filesystem_usage"),
        Stat(
            key="load-now",
            queries=(Query(_load_per_cpu()),),
            decimals=2,
            colours="value",
            steps=from_contract("load_per_cpu"),
        ),
        Stat(key="families-failing", queries=(Query(_families_failing()),), decimals=0, steps=from_one(RED)),
    )


def _dial(key: str, expr: str, limit: str) -> Gauge:
    return Gauge(
        key=key,
        queries=(Query(expr),),
        unit="percentunit",
        decimals=0,
        minimum=0,
        maximum=1,
        steps=from_contract(limit),
    )


def _uptime() -> str:
    return f"{value('node_time_seconds')} - {value('node_boot_time_seconds')}"


def _cpu_usage(*by: str) -> str:
    """Return the share of time that processors worked: all together, or one by one with ``by="cpu"``."""
    idle = aggregate("sum", total("node_cpu_seconds_total", mode=IDLE).rate(), *ASSET, "cpu")
    return f"1 - {aggregate('avg', idle, *ASSET, *by)}"


def _memory_usage() -> str:
    return f"1 - {value('node_memory_MemAvailable_bytes')} / {value('node_memory_MemTotal_bytes')}"


def _swap_usage() -> str:
    """Return the share of swap in use; 0 on a machine without swap."""
    size, free = value("node_memory_SwapTotal_bytes"), value("node_memory_SwapFree_bytes")
    return f"({size} - {free}) / clamp_min({size}, 1)"


def _filesystem_usage() -> str:
    """Return the share in use as df shows it to ordinary users: root's reserve counts as used."""
    size = value("node_filesystem_size_bytes", fstype=REAL_FILESYSTEMS)
    return f"1 - {value('node_filesystem_avail_bytes', fstype=REAL_FILESYSTEMS)} / ({size} > 0)"


def _inode_usage() -> str:
    files = value("node_filesystem_files", fstype=REAL_FILESYSTEMS)
    return f"1 - {value('node_filesystem_files_free', fstype=REAL_FILESYSTEMS)} / ({files} > 0)"


def _load_per_cpu() -> str:
    cores = aggregate("count", _cores(), *ASSET)
    return f"{aggregate('max', value('node_load5'), *ASSET)} / {cores}"


def _cores() -> str:
    """Return one series for each core."""
    return str(total("node_cpu_seconds_total", mode="idle"))


def _families_failing() -> str:
    return aggregate("sum", f"{value('node_scrape_collector_success')} == bool 0", *ASSET)


def _identity() -> Table:
    uname = ("nodename", "sysname", "release", "machine")
    agent = ("version", "reader")
    return Table(
        key="identity",
        queries=(
            Query(aggregate("max", value("node_uname_info"), *ASSET, *uname)),
            Query(aggregate("max", value("node_os_info"), *ASSET, "pretty_name")),
            Query(aggregate("count", _cores(), *ASSET)),
            Query(aggregate("max", value("node_memory_MemTotal_bytes"), *ASSET)),
            Query(aggregate("max", value("regiowacht_agent_info"), *ASSET, *agent)),
        ),
        columns=(
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="nodename", title="nodename"),
            Column(source="pretty_name", title="os"),
            Column(source="sysname", title="kernel", width=90),
            Column(source="release", title="release"),
            Column(source="machine", title="machine", width=110),
            Column(source="Value #C", title="cores", width=110, unit="short", decimals=0),
            Column(source="Value #D", title="memory", width=120, unit="bytes", decimals=1),
            Column(source="version", title="agent", width=110),
            Column(source="reader", title="reader", width=100),
        ),
        hidden=("Value #A", "Value #B", "Value #E"),
    )


def _cpu_modes() -> TimeSeries:
    modes = total("node_cpu_seconds_total", mode=not_regex("idle"))
    return TimeSeries(
        key="cpu-modes",
        queries=(Query(aggregate("avg", modes.rate(), "mode"), legend="{{mode}}"),),
        unit="percentunit",
        minimum=0,
        maximum=1,
        stacked=True,
        steps=plain(GREY),
    )


def _cpu_cores() -> TimeSeries:
    return TimeSeries(
        key="cpu-cores",
        queries=(Query(_cpu_usage("cpu"), legend="cpu {{cpu}}"),),
        unit="percentunit",
        minimum=0,
        maximum=1,
        shows_limits=True,
        steps=from_contract("cpu_usage"),
    )


def _load(words: Words) -> TimeSeries:
    return TimeSeries(
        key="load",
        queries=(
            Query(str(value("node_load1")), legend="1 min", colour=PALE),
            Query(str(value("node_load5")), legend="5 min", colour=BLUE),
            Query(str(value("node_load15")), legend="15 min", colour=GREY),
            Query(
                aggregate("count", _cores(), *ASSET), legend=words.own("legend-processors"), colour=ORANGE, dashed=True
            ),
        ),
        decimals=2,
        minimum=0,
    )


def _memory(words: Words) -> TimeSeries:
    size, available = value("node_memory_MemTotal_bytes"), value("node_memory_MemAvailable_bytes")
    free = value("node_memory_MemFree_bytes")
    return TimeSeries(
        key="memory-use",
        queries=(
            Query(f"{size} - {available}", legend=words.own("legend-in-use"), colour=BLUE),
            Query(f"{available} - {free}", legend=words.own("legend-reclaimable"), colour=PALE),
            Query(str(free), legend=words.own("legend-free"), colour=GREEN),
            Query(str(size), legend=words.own("legend-total"), colour=GREY, dashed=True),
        ),
        unit="bytes",
        minimum=0,
        stacked=True,
        table_legend=True,
    )


def _swap(words: Words) -> TimeSeries:
    size, free = value("node_memory_SwapTotal_bytes"), value("node_memory_SwapFree_bytes")
    return TimeSeries(
        key="swap-use",
        queries=(
            Query(f"{size} - {free}", legend=words.own("legend-in-use"), colour=BLUE),
            Query(str(size), legend=words.own("legend-total"), colour=GREY, dashed=True),
        ),
        unit="bytes",
        minimum=0,
        table_legend=True,
    )


def _fill() -> BarGauge:
    return BarGauge(
        key="fill",
        queries=(
            Query(f"sort_desc({aggregate('max', _filesystem_usage(), *ASSET, 'mountpoint')})", legend="{{mountpoint}}"),
        ),
        unit="percentunit",
        decimals=1,
        minimum=0,
        maximum=1,
        steps=from_contract("filesystem_usage"),
    )


def _fill_over_time() -> TimeSeries:
    return TimeSeries(
        key="fill-over-time",
        queries=(Query(aggregate("max", _filesystem_usage(), *ASSET, "mountpoint"), legend="{{mountpoint}}"),),
        unit="percentunit",
        minimum=0,
        maximum=1,
        shows_limits=True,
        steps=from_contract("filesystem_usage"),
    )


def _inodes() -> BarGauge:
    return BarGauge(
        key="inodes",
        queries=(
            Query(f"sort_desc({aggregate('max', _inode_usage(), *ASSET, 'mountpoint')})", legend="{{mountpoint}}"),
        ),
        unit="percentunit",
        decimals=1,
        minimum=0,
        maximum=1,
        steps=from_contract("inode_usage"),
    )


def _disk_io(words: Words) -> Line:
    def disk(name: str) -> str:
        return total(name, device=REAL_DISKS).rate()

    throughput = TimeSeries(
        key="disk-throughput",
        queries=(
            Query(disk("node_disk_read_bytes_total"), legend=_device(words, "read")),
            Query(disk("node_disk_written_bytes_total"), legend=_device(words, "write"), mirrored=True),
        ),
        unit="Bps",
        centred=True,
    )
    operations = TimeSeries(
        key="disk-operations",
        queries=(
            Query(disk("node_disk_reads_completed_total"), legend=_device(words, "read")),
            Query(disk("node_disk_writes_completed_total"), legend=_device(words, "write"), mirrored=True),
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


def _traffic(words: Words) -> TimeSeries:
    def bits(name: str) -> str:
        return f"8 * {total(name, device=REAL_INTERFACES).rate()}"

    return TimeSeries(
        key="traffic",
        queries=(
            Query(bits("node_network_receive_bytes_total"), legend=_device(words, "in")),
            Query(bits("node_network_transmit_bytes_total"), legend=_device(words, "out"), mirrored=True),
        ),
        unit="bps",
        centred=True,
        table_legend=True,
    )


def _faults(words: Words) -> TimeSeries:
    def packets(name: str) -> str:
        return total(name, device=REAL_INTERFACES).rate()

    return TimeSeries(
        key="network-faults",
        queries=(
            Query(packets("node_network_receive_errs_total"), legend=_device(words, "errors-in")),
            Query(packets("node_network_receive_drop_total"), legend=_device(words, "drops-in")),
            Query(packets("node_network_transmit_errs_total"), legend=_device(words, "errors-out"), mirrored=True),
            Query(packets("node_network_transmit_drop_total"), legend=_device(words, "drops-out"), mirrored=True),
        ),
        unit="pps",
        centred=True,
    )


def _timeline(words: Words) -> StateTimeline:
    """Return the state over time of the server and of everything it polls."""
    state = gauge("regiowacht:asset_state", **chosen("gemeente"))
    polled = gauge("regiowacht_asset_info", **chosen("gemeente"), poller=regex("$instance"))
    return StateTimeline(
        key="timeline",
        queries=(
            Query(str(value("regiowacht:asset_state")), legend="{{instance}}"),
            Query(f"{state} and on (gemeente, instance) {polled}", legend="{{instance}}"),
        ),
        mappings=(state_mapping(words.lang),),
    )


def _families(words: Words) -> Table:
    works = value_mapping({1: (words.shared("family-works"), GREEN), 0: (words.shared("family-fails"), RED)})
    return Table(
        key="families",
        queries=(
            Query(aggregate("max", value("node_scrape_collector_success"), "collector")),
            Query(aggregate("max", value("node_scrape_collector_duration_seconds"), "collector")),
        ),
        columns=(
            Column(source="collector", title="family"),
            Column(source="Value #A", title="works", width=140, mappings=(works,)),
            Column(source="Value #B", title="duration", width=140, unit="s", decimals=4),
        ),
        order=(("works", True), ("family", False)),
    )
