"""The running kernel, from uname(2); the domain is what follows the first dot of the machine's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

NO_DOMAIN = "(none)"


class Uname:
    """``node_uname_info``."""

    def __init__(self, metrics: Metrics) -> None:
        self._info = metrics["node_uname_info"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield one sample."""
        told = host.uname()
        name, _, domain = told.nodename.partition(".")
        yield Sample(self._info, (told.sysname, told.release, told.version, told.machine, name, domain or NO_DOMAIN), 1)


def make(_config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Uname(metrics)
