"""The kernel's own counters, from /proc/stat."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

COUNTERS = {
    "btime": "node_boot_time_seconds",
    "ctxt": "node_context_switches_total",
    "intr": "node_intr_total",
    "processes": "node_forks_total",
    "procs_blocked": "node_procs_blocked",
    "procs_running": "node_procs_running",
}
"""First word of a line of /proc/stat, and the metric that its first number is (proc_stat(5))."""

VECTORS = ("hi", "timer", "net_tx", "net_rx", "block", "block_iopoll", "tasklet", "sched", "hrtimer", "rcu")
"""What the numbers after the total of the line ``softirq`` count, by node_exporter's names."""


class Stat:
    """Boot time, context switches, interrupts, forks, processes that run or wait; softirqs when asked for."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/stat"
        self._metrics = {word: metrics[name] for word, name in COUNTERS.items()}
        self._softirqs = metrics["node_softirqs_total"]
        self._with_softirqs = config.stat.softirq
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return the counters since boot as the kernel writes them; a line that is not there costs only itself."""
        # What stands before is of single processors, and many lines on a large machine.
        rows = host.files.shared(self._path).partition("\nintr ")
        key: list[tuple[str, int]] = []
        values: list[Value] = []
        for row in (rows[1] + rows[2] or rows[0]).splitlines():
            word, _, rest = row.partition(" ")
            told = self._numbers(word, rest)
            key.append((word, len(told)))
            values += told
        return Block(
            self._kept.layout(key, lambda: [one for word, size in key for one in self._series(word, size)]), values
        )

    def _numbers(self, word: str, rest: str) -> list[str]:
        """Return the numbers of a line that are told; the line of interrupts has thousands."""
        if word in self._metrics:
            return rest.split(None, 1)[:1]
        return rest.split()[1 : 1 + len(VECTORS)] if word == "softirq" and self._with_softirqs else []

    def _series(self, word: str, size: int) -> list[Series]:
        if word in self._metrics:
            return [(self._metrics[word], ())] * size
        return [(self._softirqs, (vector,)) for vector in VECTORS[:size]]


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Stat(config, metrics)
