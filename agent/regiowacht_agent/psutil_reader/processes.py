"""All processes together, from psutil.process_iter."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

LETTERS = {
    "running": "R", "sleeping": "S", "disk-sleep": "D", "stopped": "T", "tracing-stop": "t", "zombie": "Z",
    "dead": "X", "wake-kill": "K", "waking": "W", "idle": "I", "parked": "P",
}  # fmt: skip
"""psutil's word for a state and the letter of proc(5), which node_exporter shows."""


class Processes:
    """``node_processes_*``; walks /proc, so it costs with every process there is."""

    def __init__(self, metrics: Metrics) -> None:
        self._pids = metrics["node_processes_pids"]
        self._threads = metrics["node_processes_threads"]
        self._state = metrics["node_processes_state"]
        self._limits = (
            (metrics["node_processes_max_processes"], "sys/kernel/pid_max"),
            (metrics["node_processes_max_threads"], "sys/kernel/threads-max"),
        )

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the counts; a process that ends meanwhile is not counted."""
        states: Counter[str] = Counter()
        threads = 0
        for process in host.psutil.process_iter():
            try:
                with process.oneshot():
                    state, count = process.status(), process.num_threads()
            except host.psutil.Error:
                continue
            states[LETTERS.get(state, state)] += 1
            threads += count
        yield Sample(self._pids, (), states.total())
        yield Sample(self._threads, (), threads)
        for letter in sorted(states):
            yield Sample(self._state, (letter,), states[letter])
        for metric, file in self._limits:
            yield Sample(metric, (), int(host.text(f"{host.procfs}/{file}")))


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Processes(metrics)
