"""The machine's clock, and what it counts by."""

from __future__ import annotations

import os
import time

from regiowacht_agent.block import Block, Kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

DEVICE = "clocksource"


class Time:
    """``node_time_seconds``, the offset of the time zone, and ``node_time_clocksource_*``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._folder = f"{config.paths.sysfs}/devices/system/clocksource"
        self._now = metrics["node_time_seconds"]
        self._offset = metrics["node_time_zone_offset_seconds"]
        self._available = metrics["node_time_clocksource_available_info"]
        self._current = metrics["node_time_clocksource_current_info"]
        self._devices: list[str] = []
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return seconds since 1970, how far the zone is ahead of UTC now, and the sources where /sys tells them."""
        now = host.clock()
        here = time.localtime(now)
        self._devices = self._devices or _devices(self._folder)
        sources = [
            (
                device,
                host.files.attribute_or(f"{folder}/available_clocksource"),
                host.files.attribute_or(f"{folder}/current_clocksource"),
            )
            for device, folder in ((device, f"{self._folder}/{DEVICE}{device}") for device in self._devices)
        ]
        key = (here.tm_zone, sources)
        layout = self._kept.layout(key, lambda: self._series(here.tm_zone, sources))
        return Block(layout, [f"{now:.9f}", here.tm_gmtoff, *[1] * (len(layout.series) - 2)])

    def _series(self, zone: str, sources: list[tuple[str, str, str]]) -> Iterator[Series]:
        yield self._now, ()
        yield self._offset, (zone,)
        for device, available, current in sources:
            for name in dict.fromkeys(available.split()):
                yield self._available, (device, name)
            if current:
                yield self._current, (device, current)


def _devices(folder: str) -> list[str]:
    """Return NUMBER of every ``clocksourceNUMBER``; none where there is no such folder."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names are wanted, not paths
    except OSError:
        return []
    numbers = (name.removeprefix(DEVICE) for name in names if name.startswith(DEVICE))
    return sorted(number for number in numbers if number.isdecimal())


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Time(config, metrics)
