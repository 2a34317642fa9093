"""TCP connections by state, from sock_diag(7), or from /proc/net/tcp where the kernel does not tell by that."""

from __future__ import annotations

import os
from collections import Counter

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.proc_reader import sock_diag
from regiowacht_contract.light import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

STATES = (
    *("unknown", "established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait", "close", "close_wait"),
    *("last_ack", "listen", "closing"),
)
"""By the kernel's numbers (include/net/tcp_states.h)."""

INCOMING, OUTGOING = "rx_queued_bytes", "tx_queued_bytes"
PROC_ROOT_INODE = 1

Told = tuple[dict[int, int], int, int]
"""Sockets by the number of their state, and the bytes in their two queues, in and out."""


class Tcpstat:
    """``node_tcp_connection_states``: states that no connection is in are left out.

    Args:
        config: where /proc is.
        metrics: the family's metrics.
        ask: asks the kernel without walking files; raises OSError where that cannot be.
    """

    def __init__(self, config: Config, metrics: Metrics, ask: Callable[[], Told]) -> None:
        self._procfs = str(config.paths.procfs)
        self._metric = metrics["node_tcp_connection_states"]
        self._ask = ask
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return how many connections are in each state, IPv4 and IPv6 together, and the bytes in their queues.

        Raises:
            OSError: neither the kernel nor /proc tells.
        """
        counts, incoming, outgoing = self._told(host)
        named: dict[str, int] = {}
        for number, count in counts.items():
            name = STATES[number] if number < len(STATES) else STATES[0]
            named[name] = named.get(name, 0) + count
        if named:
            named |= {INCOMING: incoming, OUTGOING: outgoing}
        names = sorted(named)
        layout = self._kept.layout(names, lambda: [(self._metric, (name,)) for name in names])
        return Block(layout, [named[name] for name in names])

    def _told(self, host: Host) -> Told:
        if _is_kernels(self._procfs):
            with suppress(OSError):
                return self._ask()
        return from_files(host, self._procfs)


def from_files(host: Host, procfs: str) -> Told:
    """Return what /proc/net/tcp and tcp6 tell, where there is IPv6 at all (proc_pid_net(5)).

    Raises:
        OSError: there is no /proc/net/tcp.
    """
    rows = host.files.lines(f"{procfs}/net/tcp")[1:]
    with suppress(FileNotFoundError):
        rows += host.files.lines(f"{procfs}/net/tcp6")[1:]
    counts: Counter[int] = Counter()
    incoming = outgoing = 0
    for row in rows:
        _number, _local, _remote, state, queues, _rest = row.split(None, 5)
        counts[int(state, 16)] += 1
        outgoing += int(queues[:8], 16)
        incoming += int(queues[9:], 16)
    return counts, incoming, outgoing


def _is_kernels(procfs: str) -> bool:
    """Return whether this is a mount of procfs, not a copy of its files; the kernel numbers its root 1."""
    try:
        return os.stat(procfs).st_ino == PROC_ROOT_INODE  # noqa: PTH116
    except OSError:
        return False


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Tcpstat(config, metrics, sock_diag.states)
