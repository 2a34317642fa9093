"""The kernel's own counters, from psutil.cpu_stats and psutil.boot_time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host


class Stat:
    """Boot time, context switches and interrupts."""

    def __init__(self, metrics: Metrics) -> None:
        self._boot = metrics["node_boot_time_seconds"]
        self._switches = metrics["node_context_switches_total"]
        self._interrupts = metrics["node_intr_total"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the counters since boot."""
        told = host.psutil.cpu_stats()
        yield Sample(self._boot, (), int(host.psutil.boot_time()))
        yield Sample(self._switches, (), told.ctx_switches)
        yield Sample(self._interrupts, (), told.interrupts)


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Stat(metrics)
