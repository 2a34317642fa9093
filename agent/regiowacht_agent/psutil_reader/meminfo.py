"""Memory, from psutil.virtual_memory and psutil.swap_memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

VIRTUAL = {
    "node_memory_MemTotal_bytes": "total",
    "node_memory_MemFree_bytes": "free",
    "node_memory_MemAvailable_bytes": "available",
    "node_memory_Buffers_bytes": "buffers",
    "node_memory_Shmem_bytes": "shared",
    "node_memory_Slab_bytes": "slab",
    "node_memory_Active_bytes": "active",
    "node_memory_Inactive_bytes": "inactive",
}
SWAP = {"node_memory_SwapTotal_bytes": "total", "node_memory_SwapFree_bytes": "free"}
APART = {"node_memory_Cached_bytes": "Cached", "node_memory_SReclaimable_bytes": "SReclaimable"}
"""psutil tells these two only as their sum, so they come from its source, /proc/meminfo (in kB, proc(5))."""


class Meminfo:
    """``node_memory_*_bytes``, as far as psutil tells."""

    def __init__(self, metrics: Metrics) -> None:
        self._virtual = {metrics[name]: field for name, field in VIRTUAL.items()}
        self._swap = {metrics[name]: field for name, field in SWAP.items()}
        self._apart = {metrics[name]: field for name, field in APART.items()}

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the figures in bytes."""
        for table, told in (
            (self._virtual, host.psutil.virtual_memory()._asdict()),
            (self._swap, host.psutil.swap_memory()._asdict()),
            (self._apart, _apart(host)),
        ):
            for metric, field in table.items():
                if field in told:
                    yield Sample(metric, (), told[field])


def _apart(host: Host) -> dict[str, int]:
    rows = (row.split() for row in host.text(f"{host.procfs}/meminfo", "").splitlines())
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) > 1}


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Meminfo(metrics)
