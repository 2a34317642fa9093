"""Virtual memory, from /proc/vmstat."""

from __future__ import annotations

import re

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.files import shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host
    from regiowacht_contract.catalogue import Metric


class Vmstat:
    """``node_vmstat_*``: the wanted fields, untyped as in node_exporter."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/vmstat"
        self._wanted = re.compile(config.vmstat.fields)
        self._metrics = metrics
        self._kept = Kept()
        self._at: list[int] = []

    def read(self, host: Host) -> Block:
        """Return one series a wanted field, in pages or events since boot (proc_vmstat(5))."""
        raw = host.files.raw(self._path)
        rows = raw.split(b"\n")
        layout = self._kept.layout((len(rows), shape(raw)), lambda: self._series(rows))
        return Block(layout, [rows[at].rpartition(b" ")[2].decode("utf-8", "surrogateescape") for at in self._at])

    def _series(self, rows: list[bytes]) -> Iterator[Series]:
        """Yield the series of the wanted fields, and note on which lines they stand."""
        names = [row.partition(b" ")[0].decode("utf-8", "surrogateescape") for row in rows]
        self._at = [at for at, name in enumerate(names) if name and self._wanted.search(name)]
        return ((self._metric(names[at]), ()) for at in self._at)

    def _metric(self, field: str) -> Metric:
        return self._metrics.or_other(f"node_vmstat_{field}", "untyped", f"/proc/vmstat information field {field}.")


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Vmstat(config, metrics)
