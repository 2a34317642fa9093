"""Memory, from psutil.virtual_memory and psutil.swap_memory, under the names that node_exporter has on macOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

VIRTUAL = ("total", "free", "active", "inactive", "wired")
SWAP = {
    "node_memory_swap_total_bytes": "total",
    "node_memory_swap_used_bytes": "used",
    "node_memory_swapped_in_bytes_total": "sin",
    "node_memory_swapped_out_bytes_total": "sout",
}


class Meminfo:
    """``node_memory_*``; psutil's free memory is without the pages read ahead, node_exporter's with them."""

    def __init__(self, metrics: Metrics) -> None:
        self._virtual = tuple((metrics[f"node_memory_{field}_bytes"], field) for field in VIRTUAL)
        self._swap = tuple((metrics[name], field) for name, field in SWAP.items())

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the figures in bytes."""
        for table, told in (
            (self._virtual, host.psutil.virtual_memory()),
            (self._swap, host.psutil.swap_memory()),
        ):
            for metric, field in table:
                yield Sample(metric, (), getattr(told, field))


def make(_config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Meminfo(metrics)
