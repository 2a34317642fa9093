"""Packets that each processor took from the network, from /proc/net/softnet_stat."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

COLUMNS = {
    "node_softnet_processed_total": 0,
    "node_softnet_dropped_total": 1,
    "node_softnet_times_squeezed_total": 2,
    "node_softnet_cpu_collision_total": 8,
    "node_softnet_received_rps_total": 9,
    "node_softnet_flow_limit_count_total": 10,
    "node_softnet_backlog_len": 11,
}
"""Where each stands in a line of hexadecimal numbers (softnet_seq_show in the kernel's net/core/net-procfs.c)."""

CPU = 12
"""Column of the processor's number; older kernels have a line for each that is online, without its number."""

WIDTH = 13


class Softnet:
    """``node_softnet_*`` by processor; 0 where the kernel is too old to count."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/net/softnet_stat"
        self._metrics = tuple(metrics[name] for name in COLUMNS)
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return the seven numbers of each processor."""
        cpus: list[str] = []
        values: list[Value] = []
        for position, row in enumerate(host.files.lines(self._path)):
            words = row.split()
            has_number = len(words) >= WIDTH
            cpus.append(str(int(words[CPU], 16)) if has_number else str(position))
            if not has_number:
                words += ["0"] * (WIDTH - len(words))
            values += [int(words[column], 16) for column in COLUMNS.values()]
        return Block(self._kept.layout(cpus, lambda: self._series(cpus)), values)

    def _series(self, cpus: list[str]) -> Iterator[Series]:
        return ((metric, (cpu,)) for cpu in cpus for metric in self._metrics)


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Softnet(config, metrics)
