"""Processor time by mode, from psutil.cpu_times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

MODES = {"idle": "idle", "user": "user", "privileged": "system", "interrupt": "interrupt", "dpc": "dpc"}
"""windows_exporter's mode and psutil's field; privileged time includes interrupts and DPCs with both."""


class WindowsCpu:
    """``windows_cpu_*``; ``core`` is GROUP,NUMBER, and psutil sees the first group of 64 processors."""

    def __init__(self, metrics: Metrics) -> None:
        self._time = metrics["windows_cpu_time_total"]
        self._count = metrics["windows_cpu_logical_processor"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the time of every logical processor, in seconds."""
        times = host.psutil.cpu_times(percpu=True)
        for number, told in enumerate(times):
            for mode, field in MODES.items():
                yield Sample(self._time, (f"0,{number}", mode), getattr(told, field))
        yield Sample(self._count, (), len(times))


def make(_config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return WindowsCpu(metrics)
