"""Virtual memory, from /proc/vmstat."""

from __future__ import annotations

import re

from regiowacht_agent.block import Block, Kept

TYPE_CHECKING = False
if TYPE_CHECKING:
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
        self._fields: list[str] = []
        self._at: list[int] = []

    def read(self, host: Host) -> Block:
        """Return one series a wanted field, in pages or events since boot (proc_vmstat(5))."""
        words = host.files.read(self._path).split()
        fields = words[::2]
        if fields != self._fields:
            self._fields = fields
            self._at = [2 * at + 1 for at, field in enumerate(fields) if self._wanted.search(field)]
        layout = self._kept.layout(fields, lambda: [(self._metric(words[at - 1]), ()) for at in self._at])
        return Block(layout, [words[at] for at in self._at])

    def _metric(self, field: str) -> Metric:
        return self._metrics.or_other(f"node_vmstat_{field}", "untyped", f"/proc/vmstat information field {field}.")


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Vmstat(config, metrics)
