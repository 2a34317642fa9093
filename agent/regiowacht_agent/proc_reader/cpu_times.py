"""Reads the time that each processor spent in each mode, from /proc/stat."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.family import Metrics
    from regiowacht_agent.files import Files

MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
GUEST_MODES = ("user", "nice")
"""The columns of /proc/stat in their order (proc_stat(5)): eight modes, then what guests had of two."""

TICKS_PER_S = 100
"""USER_HZ, in which the kernel tells time on every architecture that servers have."""

POINT_DIGITS = 2
"""Digits of a hundredth behind the point."""

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
        if len(words) != len(self._words) or self._ticks[IDLE] - int(words[IDLE]) >= JUMP_BACK_TICKS:
            self._ticks = [int(word) for word in words]
            self._told = [_seconds(word) for word in words]
        else:
            for at, (before, word) in enumerate(zip(self._words, words, strict=True)):
                if word != before and (ticks := int(word)) > self._ticks[at]:
                    self._ticks[at] = ticks
                    self._told[at] = _seconds(word)
        self._words = words
        return self._told


def _seconds(ticks: str) -> str:
    """Return a hundredth of a number, which for its digits is a point before the last two."""
    return f"{ticks[:-2]}.{ticks[-2:]}" if len(ticks) > POINT_DIGITS else f"{int(ticks) / TICKS_PER_S}"


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
        for row in files.shared(self._path).partition("\nintr ")[0].splitlines():
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
