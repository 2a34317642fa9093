"""What the scheduler did on each processor, from /proc/schedstat."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.family import NoData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.block import Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

NS_PER_S = 1e9
NAMES = ("running_seconds_total", "waiting_seconds_total", "timeslices_total")
FIELDS = slice(6, 9)
"""Running and waiting time in nanoseconds and turns, of the nine numbers of a processor since version 15."""


class Schedstat:
    """``node_schedstat_*``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/schedstat"
        self._metrics = tuple(metrics[f"node_schedstat_{name}"] for name in NAMES)
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return the counters of every processor; domains between them are left out, as in node_exporter.

        Raises:
            NoData: the kernel keeps no such counters (CONFIG_SCHEDSTATS).
        """
        try:
            rows = host.files.read(self._path).splitlines()
        except FileNotFoundError:
            raise NoData("no /proc/schedstat") from None
        cpus: list[str] = []
        values: list[Value] = []
        for row in rows:
            if row.startswith("cpu"):
                name, *numbers = row.split()
                running, waiting, turns = numbers[FIELDS]
                cpus.append(name.removeprefix("cpu"))
                values += (f"{int(running) / NS_PER_S}", f"{int(waiting) / NS_PER_S}", turns)
        layout = self._kept.layout(cpus, lambda: ((metric, (cpu,)) for cpu in cpus for metric in self._metrics))
        return Block(layout, values)


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Schedstat(config, metrics)
