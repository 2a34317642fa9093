"""What a server is busy with, one series a server."""

from __future__ import annotations

from regiowacht_collector.rules.rule import TARGET, Group, Rule
from regiowacht_contract.promql import counter, gauge, not_regex

WINDOW = "5m"

NOT_A_LINE = not_regex("lo|veth.*|docker.*|br-.*|virbr.*|vnet.*|cni.*|flannel.*|cali.*|tap.*")
"""Interfaces whose traffic does not leave the server, or is counted again on another one."""

NOT_STORAGE = not_regex("tmpfs|ramfs|squashfs|iso9660|devtmpfs")
"""File systems that are memory, or full by nature."""

_SIZE = gauge("node_filesystem_size_bytes", fstype=NOT_STORAGE)
_FREE = gauge("node_filesystem_free_bytes", fstype=NOT_STORAGE)
_AVAIL = gauge("node_filesystem_avail_bytes", fstype=NOT_STORAGE)
_USED = f"({_SIZE} - {_FREE})"
_READ_ONLY = gauge("node_filesystem_readonly")


def _cpu() -> Rule:
    idle = counter("node_cpu_seconds_total", mode="idle").rate(WINDOW)
    return Rule("instance:node_cpu_usage:ratio_rate5m", f"clamp_min(1 - avg by ({TARGET}) ({idle}), 0)")


def _memory() -> Rule:
    available, total = gauge("node_memory_MemAvailable_bytes"), gauge("node_memory_MemTotal_bytes")
    return Rule("instance:node_memory_usage:ratio", f"1 - {available} / ({total} > 0)")


def _filesystem() -> Rule:
    expr = f"max by ({TARGET}) ({_USED} / ({_USED} + {_AVAIL} > 0) unless {_READ_ONLY} == 1)"
    return Rule("instance:node_filesystem_usage:max_ratio", expr)


def _disk() -> Rule:
    busy = counter("node_disk_io_time_seconds_total").rate(WINDOW)
    return Rule("instance:node_disk_busy:max_ratio_rate5m", f"clamp_max(max by ({TARGET}) ({busy}), 1)")


def _network(direction: str) -> Rule:
    bytes_total = counter(f"node_network_{direction}_bytes_total", device=NOT_A_LINE)
    return Rule(f"instance:node_network_{direction}_bytes:rate5m", f"sum by ({TARGET}) ({bytes_total.rate(WINDOW)})")


GROUP = Group(
    name="server",
    purpose="Sums up each server in six figures, so that lists and alerts need not ask every processor and disk.",
    rules=(_cpu(), _memory(), _filesystem(), _disk(), _network("receive"), _network("transmit")),
)
