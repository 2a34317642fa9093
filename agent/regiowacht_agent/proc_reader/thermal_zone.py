"""Temperatures and coolers as the kernel's thermal control sees them, from /sys/class/thermal.

A server has a cooler for each logical processor, so their states are read in one go, and what kind a device is and how
far it goes when it is due.
"""

from __future__ import annotations

import re

from regiowacht_agent.block import EMPTY, Block, Kept
from regiowacht_agent.devices import Devices
from regiowacht_agent.family import NoData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host
    from regiowacht_contract.catalogue import Metric

ZONE = re.compile(r"thermal_zone(\d.*)")
COOLER = re.compile(r"cooling_device(\d.*)")


class ThermalZone:
    """``node_thermal_zone_temp``, ``node_cooling_device_cur_state`` and ``node_cooling_device_max_state``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        folder = f"{config.paths.sysfs}/class/thermal"
        self._devices = Devices(folder, lambda name: bool(ZONE.fullmatch(name) or COOLER.fullmatch(name)))
        self._temperature = metrics["node_thermal_zone_temp"]
        self._now = metrics["node_cooling_device_cur_state"]
        self._highest = metrics["node_cooling_device_max_state"]
        self._names: tuple[str, ...] = ()
        self._zones: dict[str, str] = {}
        self._coolers: dict[str, str] = {}
        self._fixed: dict[str, list[str]] = {}
        self._paths: tuple[str, ...] = ()
        self._told: list[bytes] = []
        self._kept = Kept()
        self._block = EMPTY

    def read(self, host: Host) -> Block:
        """Return the temperature of each zone that is switched on and the state of each cooler.

        Nothing is told, which is no failure, where there are none (thermal/sysfs-api.rst of the kernel).
        """
        files = host.files
        try:
            due = self._devices.look(files)
        except NoData:
            return EMPTY
        path = self._devices.path
        if self._names is not self._devices.names:
            self._names = self._devices.names
            self._zones = {name: match[1] for name in self._names if (match := ZONE.fullmatch(name))}
            self._coolers = {name: match[1] for name in self._names if (match := COOLER.fullmatch(name))}
            zones = (f"{path(name)}/{attribute}" for name in self._zones for attribute in ("mode", "temp"))
            self._paths = (*zones, *(f"{path(name)}/cur_state" for name in self._coolers))
            self._fixed = {}
        differs = False
        for name in due:
            fixed = [
                _text(raw) for raw in files.attributes((f"{path(name)}/type", f"{path(name)}/max_state"), keep=False)
            ]
            differs = differs or fixed != self._fixed.get(name)
            self._fixed[name] = fixed
        told = files.attributes(self._paths)
        if differs or told != self._told:
            self._told = told
            samples = list(self._samples([_text(raw) for raw in told]))
            series = [(metric, labels) for metric, labels, _value in samples]
            self._block = Block(self._kept.layout(series, lambda: series), [value for *_series, value in samples])
        return self._block

    def _samples(self, told: list[str]) -> Iterator[tuple[Metric, tuple[str, ...], Value]]:
        """Yield the series of what the paths told, in their order; what has no number now is left out."""
        values = iter(told)
        for name, number in self._zones.items():
            mode, degrees = next(values), next(values)
            if mode != "disabled" and _is_number(degrees):
                yield self._temperature, (number, self._fixed[name][0]), int(degrees) / 1000
        for name, number in self._coolers.items():
            kind, highest = self._fixed[name]
            for metric, value in ((self._now, next(values)), (self._highest, highest)):
                if _is_number(value):
                    yield metric, (number, kind), value


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape").strip()


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return ThermalZone(config, metrics)
