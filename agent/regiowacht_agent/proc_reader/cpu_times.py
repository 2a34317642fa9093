"""Reads the time that each processor spent in each mode, from /proc/stat."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.family import Metrics
    from regiowacht_agent.files import Files

MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
GUEST_MODES = ("user", "nice")
"""The columns of /proc/stat in their order (proc_stat(5)): eight modes, then what guests had of two."""

TICKS_PER_S = 100
"""USER_HZ, in which the kernel tells time on every architecture that servers have."""

IDLE = MODES.index("idle")
JUMP_BACK_TICKS = 3 * TICKS_PER_S
"""Idle time that goes back by this much means that the processor was unplugged: its counters start anew."""


class _Clock:
    """The counters of one processor, without the small steps back that the kernel makes in idle and iowait time."""

    __slots__ = ("_ticks", "_told", "_words")

    def __init__(self) -> None:
        self._words: list[str] = []
        self._ticks: list[int] = []
        self._told: list[Value] = []

    def seconds(self, words: list[str]) -> list[Value]:
        """Return the counters in seconds, given in ticks as the kernel writes them."""
        if words == self._words:
            return self._told
        ticks = [int(word) for word in words]
        before = self._ticks
        if len(before) == len(ticks) and before[IDLE] - ticks[IDLE] < JUMP_BACK_TICKS:
            ticks = [max(old, new) for old, new in zip(before, ticks, strict=True)]
            self._told = [
                told if old == new else f"{new / TICKS_PER_S}"
                for told, old, new in zip(self._told, before, ticks, strict=True)
            ]
        else:
            self._told = [f"{one / TICKS_PER_S}" for one in ticks]
        self._words, self._ticks = words, ticks
        return self._told


class Times:
    """``node_cpu_seconds_total`` and ``node_cpu_guest_seconds_total``.

    User and nice time include that of guests, as in /proc/stat.
    """

    def __init__(self, path: str, metrics: Metrics, *, with_guest: bool) -> None:
        self._path = path
        seconds, guest = metrics["node_cpu_seconds_total"], metrics["node_cpu_guest_seconds_total"]
        of_guests = [(guest, mode) for mode in GUEST_MODES] if with_guest else []
        self._columns = [*((seconds, mode) for mode in MODES), *of_guests]
        self._clocks: dict[str, _Clock] = {}
        self._key: list[tuple[str, int]] = []
        self._series: tuple[Series, ...] = ()

    def read(self, files: Files) -> tuple[tuple[Series, ...], list[Value]]:
        """Return the series of every processor that is online, and their values.

        Raises:
            OSError: /proc/stat cannot be read.
        """
        before, self._clocks = self._clocks, {}
        key: list[tuple[str, int]] = []
        values: list[Value] = []
        # Behind the processors stands a line with a number for every interrupt there can be.
        for row in files.read(self._path).partition("\nintr ")[0].splitlines():
            name, *words = row.split()
            cpu = name.removeprefix("cpu")
            if cpu.isdecimal():
                clock = self._clocks[cpu] = before.get(cpu) or _Clock()
                told = clock.seconds(words[: len(self._columns)])
                key.append((cpu, len(told)))
                values += told
        if key != self._key:
            self._key = key
            self._series = tuple((metric, (cpu, mode)) for cpu, size in key for metric, mode in self._columns[:size])
        return self._series, values
