"""The battery and its mains supply, from psutil.sensors_battery."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

MAINS = ("AC0", "AC")
"""The two names of a mains supply that psutil looks at."""


class Powersupplyclass:
    """``node_power_supply_*`` of the first battery, which is the one that psutil tells about."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._capacity = metrics["node_power_supply_capacity"]
        self._online = metrics["node_power_supply_online"]
        self._left = metrics["node_power_supply_time_to_empty_seconds"]
        self._filter = DeviceFilter.of(config.powersupplyclass.ignored_supplies)

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield charge, remaining time and mains; nothing on a machine without a battery, which is no failure."""
        try:
            told = getattr(host.psutil, "sensors_battery", lambda: None)()
        except FileNotFoundError:
            return
        if told is None:
            return
        battery = self._battery(host)
        if self._filter.takes(battery):
            yield Sample(self._capacity, (battery,), told.percent)
            if told.secsleft is not None and int(told.secsleft) > 0:
                yield Sample(self._left, (battery,), int(told.secsleft))
        mains = next((name for name in MAINS if Path(host.sysfs, "class/power_supply", name).exists()), None)
        if mains and told.power_plugged is not None and self._filter.takes(mains):
            yield Sample(self._online, (mains,), int(told.power_plugged))

    def _battery(self, host: Host) -> str:
        """Return the name of the battery that psutil chose: the first by name."""
        names = [path.name for path in Path(host.sysfs, "class/power_supply").glob("*")]
        return min((name for name in names if name.startswith("BAT") or "battery" in name.lower()), default="BAT0")


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Powersupplyclass(config, metrics)
