"""Processors: their time, from /proc/stat; heat and isolation, from /sys; what they are, from /proc/cpuinfo."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.proc_reader.cpu_info import Info
from regiowacht_agent.proc_reader.cpu_times import Times
from regiowacht_agent.proc_reader.cpu_topology import Topology

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host


class Cpu:
    """``node_cpu_*`` without the clocks that a governor sets, which are of the family ``cpufreq``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._times = Times(f"{config.paths.procfs}/stat", metrics, with_guest=config.cpu.guest)
        self._topology = Topology(f"{config.paths.sysfs}/devices/system/cpu", metrics)
        self._info = Info(config, metrics) if config.cpu.tells_info else None
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return what all of them tell in one reading."""
        parts = [self._times.read(host.files), self._topology.read(host)]
        if self._info:
            parts.append(self._info.read(host.files))
        # Each keeps its tuple of series while they stay the same, so comparing them costs next to nothing.
        key = [series for series, _values in parts]
        layout = self._kept.layout(key, lambda: (one for series in key for one in series))
        return Block(layout, [value for _series, values in parts for value in values])


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Cpu(config, metrics)
