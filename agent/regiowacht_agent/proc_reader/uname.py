"""The running kernel, from uname(2)."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

NO_DOMAIN = "(none)"
"""What the kernel calls an unset NIS domain name."""


class Uname:
    """``node_uname_info``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._domain = f"{config.paths.procfs}/sys/kernel/domainname"
        self._info = metrics["node_uname_info"]
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return one series; Python's uname leaves the domain name out, so that comes from /proc/sys/kernel."""
        told = host.uname()
        domain = host.files.attribute_or(self._domain, NO_DOMAIN)
        labels = (told.sysname, told.release, told.version, told.machine, told.nodename, domain)
        return Block(self._kept.layout(labels, lambda: [(self._info, labels)]), (1,))


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Uname(config, metrics)
