"""Boot time, processes and what the system has counted, from psutil.cpu_stats, boot_time and pids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host


class WindowsSystem:
    """``windows_system_*``."""

    def __init__(self, metrics: Metrics) -> None:
        self._boot = metrics["windows_system_boot_time_timestamp"]
        self._switches = metrics["windows_system_context_switches_total"]
        self._calls = metrics["windows_system_system_calls_total"]
        self._processes = metrics["windows_system_processes"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the figures."""
        told = host.psutil.cpu_stats()
        yield Sample(self._boot, (), int(host.psutil.boot_time()))
        yield Sample(self._switches, (), told.ctx_switches)
        yield Sample(self._calls, (), told.syscalls)
        yield Sample(self._processes, (), len(host.psutil.pids()))


def make(_config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return WindowsSystem(metrics)
