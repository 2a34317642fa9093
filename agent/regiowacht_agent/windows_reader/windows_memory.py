"""Memory, from psutil.virtual_memory and psutil.swap_memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host


class WindowsMemory:
    """``windows_memory_*``."""

    def __init__(self, metrics: Metrics) -> None:
        names = ("physical_total_bytes", "physical_free_bytes", "available_bytes", "commit_limit")
        self._metrics = tuple(metrics[f"windows_memory_{name}"] for name in names)

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the figures in bytes; psutil's swap is what may be committed beyond the machine's memory."""
        told = host.psutil.virtual_memory()
        limit = told.total + host.psutil.swap_memory().total
        values = (told.total, told.free, told.available, limit)
        for metric, value in zip(self._metrics, values, strict=True):
            yield Sample(metric, (), value)


def make(_config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return WindowsMemory(metrics)
