"""The machine's clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host


class Time:
    """``node_time_seconds`` and the offset of the time zone."""

    def __init__(self, metrics: Metrics) -> None:
        self._now = metrics["node_time_seconds"]
        self._offset = metrics["node_time_zone_offset_seconds"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield seconds since 1970, and how far the zone is ahead of UTC now."""
        now = host.clock()
        yield Sample(self._now, (), now)
        here = time.localtime(now)
        yield Sample(self._offset, (here.tm_zone,), here.tm_gmtoff)


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Time(metrics)
