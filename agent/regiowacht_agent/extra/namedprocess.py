"""Processes by declared name, from psutil, under process-exporter's names.

A group is told also when no process of it runs: that is what one wants to know. Its counters begin at 0 with the agent,
so that a restart of it makes no jump, and go on when a process ends.
"""

from __future__ import annotations

import re
from collections import Counter

from regiowacht_agent.extra.slowly import Slowly
from regiowacht_agent.family import NoData, Sample
from regiowacht_contract.light import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

STATES = {
    "running": "Running", "sleeping": "Sleeping", "idle": "Sleeping", "disk-sleep": "Waiting", "zombie": "Zombie",
}  # fmt: skip
STATE_NAMES = ("Running", "Sleeping", "Waiting", "Zombie", "Other")

Key = tuple[int, float]
"""A process: its number is used again, so the time it began counts too."""

CounterOf = tuple[str, str]
"""A counter: the end of its metric's name and the value of its second label, "" where it has none."""

GAUGES = {"num_threads": "num_threads", "open_filedesc": "open_filedesc"}
COUNTERS: tuple[CounterOf, ...] = (
    ("cpu_seconds_total", "user"),
    ("cpu_seconds_total", "system"),
    ("context_switches_total", "voluntary"),
    ("context_switches_total", "nonvoluntary"),
    ("read_bytes_total", ""),
    ("write_bytes_total", ""),
)


@dataclass(slots=True)
class _Seen:
    """What is known of one process in one look; what may not be asked is left out."""

    state: str
    begun: float
    gauges: Counter[str] = field(default_factory=Counter)
    counters: dict[CounterOf, float] = field(default_factory=dict)
    is_partial: bool = False


class _Group:
    """The processes of one name, and the counters of those that were."""

    def __init__(self, text: str) -> None:
        self.name, equals, regex = text.partition("=")
        self._regex = re.compile(regex) if equals else None
        self._totals: dict[CounterOf, float] = {}
        self._latest: dict[tuple[Key, CounterOf], float] | None = None
        self.members: dict[Key, _Seen] = {}

    def takes(self, name: str, command: Callable[[], str]) -> bool:
        """Return whether a process belongs to it: by its name, or by its whole command line."""
        return name == self.name if self._regex is None else self._regex.search(command()) is not None

    def close(self, members: dict[Key, _Seen]) -> None:
        """Take what a look saw, and count on; what the first look finds has counted before, and begins at 0."""
        self.members = members
        now = {(key, of): value for key, seen in members.items() for of, value in seen.counters.items()}
        before = now if self._latest is None else self._latest
        for (key, of), value in now.items():
            grown = max(0.0, value - before.get((key, of), 0.0))
            self._totals[of] = self._totals.get(of, 0.0) + grown
        self._latest = now

    def total(self, of: CounterOf) -> float | None:
        """Return a counter, None where no process ever gave it."""
        return self._totals.get(of)


class Namedprocess:
    """``namedprocess_namegroup_*`` of the declared groups."""

    def __init__(self, groups: Iterable[str], metrics: Metrics) -> None:
        self._groups = [_Group(text) for text in groups]
        self._of = {name: metrics[f"namedprocess_namegroup_{name}"] for name in (
            "num_procs", "memory_bytes", "num_threads", "open_filedesc", "oldest_start_time_seconds", "states",
            "cpu_seconds_total", "context_switches_total", "read_bytes_total", "write_bytes_total",
        )}  # fmt: skip
        self._partial = metrics["namedprocess_scrape_partial_errors"]
        self._partial_count = 0

    def look(self, psutil: Any) -> Iterator[Sample]:
        """Yield the figures of every group.

        Raises:
            NoData: nothing is declared.
        """
        if not self._groups:
            raise NoData("no process groups declared")
        members: dict[int, dict[Key, _Seen]] = {at: {} for at in range(len(self._groups))}
        for process in psutil.process_iter():
            at = self._group(process, psutil.Error)
            if at is not None:
                seen = _look(process, psutil.Error)
                if seen is not None:
                    members[at][process.pid, seen.begun] = seen
                    self._partial_count += seen.is_partial
        for at, group in enumerate(self._groups):
            group.close(members[at])
            yield from self._tell(group)
        yield Sample(self._partial, (), self._partial_count)

    def _group(self, process: Any, error: type[Exception]) -> int | None:
        """Return the first group that takes a process."""

        def command() -> str:
            return " ".join(process.cmdline())

        try:
            name = process.name()
            return next((at for at, group in enumerate(self._groups) if group.takes(name, command)), None)
        except error:
            return None

    def _tell(self, group: _Group) -> Iterator[Sample]:
        of, name, members = self._of, group.name, group.members.values()
        gauges: Counter[str] = Counter()
        for seen in members:
            gauges.update(seen.gauges)
        yield Sample(of["num_procs"], (name,), len(members))
        for kind in ("resident", "virtual"):
            yield Sample(of["memory_bytes"], (name, kind), gauges[kind])
        yield Sample(of["num_threads"], (name,), gauges["num_threads"])
        if any("open_filedesc" in seen.gauges for seen in members):
            yield Sample(of["open_filedesc"], (name,), gauges["open_filedesc"])
        if members:
            yield Sample(of["oldest_start_time_seconds"], (name,), round(min(seen.begun for seen in members), 2))
        states = Counter(seen.state for seen in members)
        for state in STATE_NAMES:
            yield Sample(of["states"], (name, state), states[state])
        for counter, label in COUNTERS:
            value = group.total((counter, label))
            if value is not None:
                yield Sample(of[counter], (name, label) if label else (name,), round(value, 2))


def _look(process: Any, error: type[Exception]) -> _Seen | None:
    """Return what a process tells, None when it has ended."""
    try:
        with process.oneshot():
            seen = _Seen(STATES.get(process.status(), "Other"), process.create_time())
            memory, cpu = process.memory_info(), process.cpu_times()
            seen.gauges.update({"resident": memory.rss, "virtual": memory.vms, "num_threads": process.num_threads()})
            seen.counters.update({("cpu_seconds_total", "user"): cpu.user, ("cpu_seconds_total", "system"): cpu.system})
            for ask in (_files, _switches, _bytes):
                _try(ask, process, seen, error)
    except error:
        return None
    return seen


def _try(ask: Callable[[Any, _Seen], None], process: Any, seen: _Seen, error: type[Exception]) -> None:
    """Ask what belongs to others may be closed to this process, or to this system."""
    try:
        ask(process, seen)
    except (error, AttributeError, NotImplementedError, OSError):
        seen.is_partial = True


def _files(process: Any, seen: _Seen) -> None:
    seen.gauges["open_filedesc"] = process.num_fds() if hasattr(process, "num_fds") else process.num_handles()


def _switches(process: Any, seen: _Seen) -> None:
    told = process.num_ctx_switches()
    seen.counters["context_switches_total", "voluntary"] = told.voluntary
    seen.counters["context_switches_total", "nonvoluntary"] = told.involuntary


def _bytes(process: Any, seen: _Seen) -> None:
    told = process.io_counters()
    seen.counters["read_bytes_total", ""] = told.read_bytes
    seen.counters["write_bytes_total", ""] = told.write_bytes


def _psutil(host: Host) -> Any:
    if host.psutil is not None:
        return host.psutil
    import psutil  # noqa: PLC0415 - 2 MB that only who declares groups pays

    psutil.PROCFS_PATH = host.procfs
    return psutil


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    told = Namedprocess(config.namedprocess.groups, metrics)

    def look(host: Host) -> Iterable[Sample]:
        return told.look(_psutil(host))

    return Slowly(look, config.namedprocess.interval_s)
