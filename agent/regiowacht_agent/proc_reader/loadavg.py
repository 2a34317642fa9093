"""Load averages, from /proc/loadavg."""

from __future__ import annotations

from regiowacht_agent.block import Block, Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host


class Loadavg:
    """``node_load1``, ``node_load5`` and ``node_load15``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/loadavg"
        self._layout = Layout((metrics[name], ()) for name in ("node_load1", "node_load5", "node_load15"))

    def read(self, host: Host) -> Block:
        """Return the three averages as the kernel writes them (proc_loadavg(5))."""
        return Block(self._layout, host.files.read(self._path).split()[:3])


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Loadavg(config, metrics)
