"""The running kernel, from uname(2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

NO_DOMAIN = "(none)"
"""What the kernel calls an unset NIS domain name."""


class Uname:
    """``node_uname_info``."""

    def __init__(self, metrics: Metrics) -> None:
        self._info = metrics["node_uname_info"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield one sample; Python's uname leaves the domain name out, so that comes from /proc/sys/kernel."""
        told = host.uname()
        domain = host.text(f"{host.procfs}/sys/kernel/domainname", NO_DOMAIN)
        yield Sample(self._info, (told.sysname, told.release, told.version, told.machine, told.nodename, domain), 1)


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Uname(metrics)
