"""Temperatures and coolers as the kernel's thermal control sees them, from /sys/class/thermal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.devices import Devices

if TYPE_CHECKING:
    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

DEVICE = re.compile(r"(thermal_zone|cooling_device)(\d.*)")


class ThermalZone:
    """``node_thermal_zone_temp``, ``node_cooling_device_cur_state`` and ``node_cooling_device_max_state``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._devices = Devices(f"{config.paths.sysfs}/class/thermal", lambda name: DEVICE.match(name) is not None)
        self._temperature = metrics["node_thermal_zone_temp"]
        self._now = metrics["node_cooling_device_cur_state"]
        self._highest = metrics["node_cooling_device_max_state"]
        self._fixed: dict[str, tuple[str, str]] = {}
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return the temperature of each zone that is switched on and the state of each cooler.

        A server has a cooler for each logical processor. What kind a device is and how far it goes are read when it is
        due (sysfs-api.rst of the kernel's thermal control).

        Raises:
            NoData: the machine has neither zones nor coolers.
        """
        files = host.files
        due = self._devices.look(files)
        series: list[Series] = []
        values: list[Value] = []
        for name in self._devices.names:
            path = self._devices.path(name)
            if name in due:
                kind, highest = files.attributes((f"{path}/type", f"{path}/max_state"), keep=False)
                self._fixed[name] = (_text(kind), _text(highest))
            what, number = DEVICE.fullmatch(name).groups()  # type: ignore[union-attr]  # chosen by the same expression
            labels = (number, self._fixed[name][0])
            if what == "thermal_zone":
                mode, degrees = files.attributes((f"{path}/mode", f"{path}/temp"))
                if _text(mode) != "disabled" and _is_number(_text(degrees)):
                    series.append((self._temperature, labels))
                    values.append(int(degrees) / 1000)
            else:
                state = _text(files.attributes((f"{path}/cur_state",))[0])
                for metric, value in ((self._now, state), (self._highest, self._fixed[name][1])):
                    if _is_number(value):
                        series.append((metric, labels))
                        values.append(value)
        return Block(self._kept.layout(series, lambda: series), values)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape").strip()


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return ThermalZone(config, metrics)
