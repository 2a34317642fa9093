"""Swapping, from psutil.swap_memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

PSUTIL_PAGE_BYTES = 4096
"""What psutil multiplies the pages of /proc/vmstat by, whatever the machine's page size is."""


class Vmstat:
    """``node_vmstat_pswpin`` and ``node_vmstat_pswpout``, in pages."""

    def __init__(self, metrics: Metrics) -> None:
        self._in = metrics["node_vmstat_pswpin"]
        self._out = metrics["node_vmstat_pswpout"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the pages swapped in and out since boot."""
        swap = host.psutil.swap_memory()
        yield Sample(self._in, (), swap.sin // PSUTIL_PAGE_BYTES)
        yield Sample(self._out, (), swap.sout // PSUTIL_PAGE_BYTES)


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Vmstat(metrics)
