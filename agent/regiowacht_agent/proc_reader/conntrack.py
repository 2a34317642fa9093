"""Connections that the firewall follows, from /proc/sys/net/netfilter and /proc/net/stat/nf_conntrack."""

from __future__ import annotations

from regiowacht_agent.block import Block, Layout, Same
from regiowacht_agent.family import NoData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

STATISTICS = ("found", "invalid", "ignore", "insert", "insert_failed", "drop", "early_drop", "search_restart")
"""Columns of the file that are told, each a sum over the processors; the first line names them all."""

NOWHERE = -1


class Conntrack:
    """``node_nf_conntrack_*``: how full the table is, and what became of packets."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        proc = config.paths.procfs
        self._count = f"{proc}/sys/net/netfilter/nf_conntrack_count"
        self._max = f"{proc}/sys/net/netfilter/nf_conntrack_max"
        self._stat = f"{proc}/net/stat/nf_conntrack"
        table = [(metrics[f"node_nf_conntrack_{name}"], ()) for name in ("entries", "entries_limit")]
        statistics = [(metrics[f"node_nf_conntrack_stat_{name}"], ()) for name in STATISTICS]
        self._table = Layout(table)
        self._whole = Layout([*table, *statistics])
        self._same = Same()
        self._head = ""
        self._places: list[int] = []

    def read(self, host: Host) -> Block:
        """Return the table's entries and limit, and the statistics where this kernel keeps them.

        Raises:
            NoData: nothing follows connections here.
        """
        try:
            table = [host.files.attribute(path) for path in (self._count, self._max)]
        except FileNotFoundError:
            raise NoData("connections are not followed") from None
        try:
            rows = host.files.lines(self._stat)
        except FileNotFoundError:
            return Block(self._table, table)
        return self._same.block((table, rows), lambda: Block(self._whole, [*table, *self._sums(rows)]))

    def _sums(self, rows: list[str]) -> list[int]:
        """Return the sum of each column over the processors; 0 for one that this kernel no longer counts."""
        head, *processors = rows or [""]
        if head != self._head:
            names = head.split()
            self._places = [names.index(name) if name in names else NOWHERE for name in STATISTICS]
            self._head = head
        words = [row.split() for row in processors]
        return [sum(int(row[at], 16) for row in words) if at != NOWHERE else 0 for at in self._places]


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Conntrack(config, metrics)
