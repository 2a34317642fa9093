"""What a server is busy with, one series a server."""

from __future__ import annotations

from regiowacht_collector.rules.rule import TARGET, Group, Rule
from regiowacht_contract import host
from regiowacht_contract.labels import TARGET_LABELS
from regiowacht_contract.promql import counter

WINDOW = "5m"


def _cpu() -> Rule:
    return Rule("instance:node_cpu_usage:ratio_rate5m", host.cpu_usage(WINDOW, *TARGET_LABELS))


def _memory() -> Rule:
    return Rule("instance:node_memory_usage:ratio", host.memory_usage())


def _filesystem() -> Rule:
    return Rule("instance:node_filesystem_usage:max_ratio", f"max by ({TARGET}) ({host.filesystem_usage()})")


def _disk() -> Rule:
    busy = counter("node_disk_io_time_seconds_total", device=host.DISKS).rate(WINDOW)
    return Rule("instance:node_disk_busy:max_ratio_rate5m", f"clamp_max(max by ({TARGET}) ({busy}), 1)")


def _network(direction: str) -> Rule:
    bytes_total = counter(f"node_network_{direction}_bytes_total", device=host.LINES)
    return Rule(f"instance:node_network_{direction}_bytes:rate5m", f"sum by ({TARGET}) ({bytes_total.rate(WINDOW)})")


GROUP = Group(
    name="server",
    purpose="Sums up each server in six figures, so that lists and alerts need not ask every processor and disk.",
    rules=(_cpu(), _memory(), _filesystem(), _disk(), _network("receive"), _network("transmit")),
)
