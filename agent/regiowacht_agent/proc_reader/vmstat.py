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
        self._size = 0
        self._at: list[int] = []

    def read(self, host: Host) -> Block:
        """Return one series a wanted field, in pages or events since boot (proc_vmstat(5))."""
        raw = host.files.raw(self._path)
        rows = raw.split(b"\n")
        if len(rows) != self._size:
            self._learn(rows)
        pairs = [rows[at].decode("utf-8", "surrogateescape").partition(" ") for at in self._at]
        # Which fields there are was settled when the kernel was built.
        fields = [field for field, _, _value in pairs]
        layout = self._kept.layout(fields, lambda: [(self._metric(field), ()) for field in fields])
        return Block(layout, [value for _field, _, value in pairs])

    def _learn(self, rows: list[bytes]) -> None:
        """Note on which lines the wanted fields stand."""
        names = [row.partition(b" ")[0].decode("utf-8", "surrogateescape") for row in rows]
        self._at = [at for at, name in enumerate(names) if name and self._wanted.search(name)]
        self._size = len(rows)

    def _metric(self, field: str) -> Metric:
        return self._metrics.or_other(f"node_vmstat_{field}", "untyped", f"/proc/vmstat information field {field}.")


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Vmstat(config, metrics)
