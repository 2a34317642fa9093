"""Load averages, from getloadavg(3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host


class Loadavg:
    """``node_load1``, ``node_load5``, ``node_load15``."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = tuple(metrics[name] for name in ("node_load1", "node_load5", "node_load15"))

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the three averages, with the two decimals that the kernel gives."""
        for metric, value in zip(self._metrics, host.getloadavg(), strict=True):
            yield Sample(metric, (), round(value, 2))


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Loadavg(metrics)
