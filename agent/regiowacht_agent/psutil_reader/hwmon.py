"""Sensors of the hardware, from psutil.sensors_temperatures and psutil.sensors_fans.

psutil tells the driver's name of a chip and the maker's label of a sensor, not where the chip sits. So ``chip`` is the
driver's name (node_exporter puts the bus before it), and two chips of one driver count their sensors on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.family import NoData, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host


class Hwmon:
    """``node_hwmon_*``: temperatures with their limits, fans, and what chips and sensors are called."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._filter = DeviceFilter.of(config.hwmon.chip_exclude, config.hwmon.chip_include)
        fields = {
            "node_hwmon_temp_celsius": "current",
            "node_hwmon_temp_max_celsius": "high",
            "node_hwmon_temp_crit_celsius": "critical",
        }
        self._temperatures = tuple((metrics[name], field) for name, field in fields.items())
        self._fan = metrics["node_hwmon_fan_rpm"]
        self._label = metrics["node_hwmon_sensor_label"]
        self._chip = metrics["node_hwmon_chip_names"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield every sensor.

        Raises:
            NoData: the machine has no sensors, as most virtual ones.
        """
        temperatures = self._wanted(host.psutil, "sensors_temperatures")
        fans = self._wanted(host.psutil, "sensors_fans")
        if not temperatures and not fans:
            raise NoData("no sensors")
        for chip, name in sorted({_clean(name): name for name in (*temperatures, *fans)}.items()):
            yield Sample(self._chip, (chip, chip), 1)
            for number, told in enumerate(temperatures.get(name, ()), start=1):
                yield from self._temperature(chip, f"temp{number}", told)
            for number, told in enumerate(fans.get(name, ()), start=1):
                yield from self._named(chip, f"fan{number}", told.label)
                yield Sample(self._fan, (chip, f"fan{number}"), told.current)

    def _wanted(self, psutil: Any, ask: str) -> dict[str, list[Any]]:
        """Return the chips that psutil tells and the filter takes; none where psutil does not know how to ask."""
        told: dict[str, list[Any]] = getattr(psutil, ask, dict)()
        return {name: sensors for name, sensors in told.items() if self._filter.takes(_clean(name))}

    def _temperature(self, chip: str, sensor: str, told: Any) -> Iterator[Sample]:
        yield from self._named(chip, sensor, told.label)
        for metric, field in self._temperatures:
            value = getattr(told, field)
            if value is not None:
                yield Sample(metric, (chip, sensor), value)

    def _named(self, chip: str, sensor: str, label: str) -> Iterator[Sample]:
        if label:
            yield Sample(self._label, (chip, sensor, label), 1)


def _clean(name: str) -> str:
    """Return a chip's name as node_exporter writes it: small letters, digits and underscores."""
    return re.sub(r"[^a-z0-9:_]", "_", name.lower()).strip("_")


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Hwmon(config, metrics)
