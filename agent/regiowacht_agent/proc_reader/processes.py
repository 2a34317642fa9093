"""All processes together, from /proc/PID/stat."""

from __future__ import annotations

import os

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.files import once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

STATE, THREADS = 0, 17
"""Where proc_pid_stat(5) has them, after the name in brackets."""


class Processes:
    """``node_processes_*``; walks /proc, so it costs with every process and thread there is."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._procfs = str(config.paths.procfs)
        self._state = metrics["node_processes_state"]
        self._thread_state = metrics["node_processes_threads_state"]
        self._totals: list[Series] = [
            (metrics[f"node_processes_{name}"], ()) for name in ("pids", "threads", "max_processes", "max_threads")
        ]
        self._limits = tuple(f"{self._procfs}/sys/kernel/{name}" for name in ("pid_max", "threads-max"))
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return the counts; a process or thread that ends meanwhile is not counted.

        Raises:
            OSError: /proc cannot be listed, or does not tell its limits.
        """
        processes: dict[str, int] = {}
        threads: dict[str, int] = {}
        count = 0
        for pid, state, size in _stats(self._procfs):
            processes[state] = processes.get(state, 0) + 1
            count += size
            others = _stats(f"{self._procfs}/{pid}/task") if size > 1 else ()
            for one in (state, *(other for thread, other, _size in others if thread != pid)):
                threads[one] = threads.get(one, 0) + 1
        limits = [host.files.attribute(path) for path in self._limits]
        states, of_threads = sorted(processes), sorted(threads)
        values: list[Value] = [sum(processes.values()), count, *limits]
        values += [processes[state] for state in states]
        values += [threads[state] for state in of_threads]
        return Block(self._kept.layout((states, of_threads), lambda: self._series(states, of_threads)), values)

    def _series(self, states: list[str], of_threads: list[str]) -> Iterator[Series]:
        yield from self._totals
        yield from ((self._state, (state,)) for state in states)
        yield from ((self._thread_state, (state,)) for state in of_threads)


def _stats(folder: str) -> Iterator[tuple[str, str, int]]:
    """Yield number, state and count of threads of what a folder of processes or of threads holds.

    Raises:
        OSError: /proc cannot be listed; a process that is gone has no threads.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names are wanted, not paths
    except (FileNotFoundError, ProcessLookupError):
        return
    for name in names:
        if name.isdecimal():
            text = once(f"{folder}/{name}/stat")
            # The name before may hold spaces and brackets itself.
            words = text.rpartition(b") ")[2].split(None, THREADS + 1)
            if len(words) > THREADS:
                yield name, words[STATE].decode("ascii", "replace"), int(words[THREADS])


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Processes(config, metrics)
