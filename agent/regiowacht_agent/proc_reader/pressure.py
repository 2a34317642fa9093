"""Time lost for want of a processor, memory or a device, from /proc/pressure."""

from __future__ import annotations

import errno

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.family import NoData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.block import Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

US_PER_MS = MS_PER_S = 1000
LINES = {
    ("cpu", "some"): "node_pressure_cpu_waiting_seconds_total",
    ("io", "some"): "node_pressure_io_waiting_seconds_total",
    ("io", "full"): "node_pressure_io_stalled_seconds_total",
    ("memory", "some"): "node_pressure_memory_waiting_seconds_total",
    ("memory", "full"): "node_pressure_memory_stalled_seconds_total",
    ("irq", "full"): "node_pressure_irq_stalled_seconds_total",
}
"""File and first word of the lines that are told (PSI, Documentation/accounting/psi.rst of the kernel)."""

NOT_KEPT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EOPNOTSUPP})
"""The kernel was built without, or started with ``psi=0``; older ones do not tell of interrupts."""


class Pressure:
    """``node_pressure_*``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        files = dict.fromkeys(file for file, _word in LINES)
        self._paths = {file: f"{config.paths.procfs}/pressure/{file}" for file in files}
        self._metrics = {line: metrics[name] for line, name in LINES.items()}
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return the totals since boot.

        Raises:
            NoData: the kernel keeps none of them.
            OSError: they may not be read.
        """
        told: list[tuple[str, str]] = []
        values: list[Value] = []
        missing: list[str] = []
        for file, path in self._paths.items():
            try:
                rows = host.files.attribute(path).split("\n")
            except OSError as error:
                if error.errno not in NOT_KEPT:
                    raise
                missing.append(file)
                continue
            for row in rows:
                line = (file, row[:4])
                if line in self._metrics:
                    told.append(line)
                    values.append(int(row[row.rindex("=") + 1 :]) / US_PER_MS / MS_PER_S)
        if not told:
            raise NoData("no pressure stall information")
        for file in missing:
            # A kernel that keeps the others does not begin with this one while it runs.
            del self._paths[file]
        return Block(self._kept.layout(told, lambda: [(self._metrics[line], ()) for line in told]), values)


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Pressure(config, metrics)
