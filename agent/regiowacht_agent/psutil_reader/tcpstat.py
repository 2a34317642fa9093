"""TCP connections, from psutil.net_connections."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

NAMES = {"NONE": "unknown"}
"""Where psutil's name is not that of node_exporter in capitals."""


class Tcpstat:
    """``node_tcp_connection_states``; walks every socket and every process, so it costs on a busy server."""

    def __init__(self, metrics: Metrics) -> None:
        self._states = metrics["node_tcp_connection_states"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield how many connections are in each state that at least one is in."""
        states = Counter(one.status for one in host.psutil.net_connections(kind="tcp"))
        for state in sorted(states):
            yield Sample(self._states, (NAMES.get(state, state.lower()),), states[state])


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Tcpstat(metrics)
