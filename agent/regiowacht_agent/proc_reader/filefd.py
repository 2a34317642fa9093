"""Files that are open in the whole system, from /proc/sys/fs/file-nr."""

from __future__ import annotations

from regiowacht_agent.block import Block, Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host


class Filefd:
    """``node_filefd_allocated`` and ``node_filefd_maximum``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/sys/fs/file-nr"
        self._layout = Layout((metrics[name], ()) for name in ("node_filefd_allocated", "node_filefd_maximum"))

    def read(self, host: Host) -> Block:
        """Return both as the kernel writes them (proc_sys_fs(5)); between them stands a number that is always 0."""
        return Block(self._layout, host.files.attribute(self._path).split()[::2])


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Filefd(config, metrics)
