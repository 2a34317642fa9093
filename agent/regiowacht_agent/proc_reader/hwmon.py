"""Sensors of the hardware, from /sys/class/hwmon.

Readings are read at every turn; limits, labels and which files a chip has when the chip is due, since asking a chip
can take milliseconds.
"""

from __future__ import annotations

import os
from collections import Counter

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.devices import Devices
from regiowacht_agent.proc_reader import hwmon_names
from regiowacht_contract.light import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.files import Files
    from regiowacht_agent.host import Host
    from regiowacht_contract.catalogue import Kind, Metric

LABELS = ("chip", "sensor")
OTHER_HELP = "As the driver tells it, see hwmon/sysfs-interface.rst of the kernel."


@dataclass(frozen=True, slots=True)
class Reading:
    """One file of a chip that is read again and again: where it is, its series and what it counts."""

    path: str
    series: Series
    counts: str


@dataclass(frozen=True, slots=True)
class Chip:
    """What a chip tells: the readings to take, and what was read when it was due."""

    readings: tuple[Reading, ...]
    fixed: tuple[Series, ...]
    fixed_values: tuple[Value, ...]


class Hwmon:
    """``node_hwmon_*``: every sensor of every chip, and what chips and sensors are called."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        settings = config.hwmon
        self._takes_chip = DeviceFilter.of(settings.chip_exclude, settings.chip_include).takes
        self._takes_sensor = DeviceFilter.of(settings.sensor_exclude, settings.sensor_include).takes
        self._devices = Devices(f"{config.paths.sysfs}/class/hwmon")
        self._metrics = metrics
        self._chip_name = metrics["node_hwmon_chip_names"]
        self._label = metrics["node_hwmon_sensor_label"]
        self._called: dict[str, tuple[str, str]] = {}
        self._chips: dict[str, Chip] = {}
        self._paths: list[str] = []
        self._counts: list[str] = []
        self._series: list[Series] = []
        self._fixed_values: list[Value] = []
        self._of_name: dict[str, Metric] = {}
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return what every sensor tells; one that has no value now is left out.

        Raises:
            NoData: the kernel knows no sensors, as in most virtual machines.
        """
        files = host.files
        due = self._devices.look(files)
        if due:
            self._learn(files, due)
        told = map(_value, files.attributes(self._paths), self._counts)
        values = [*told, *self._fixed_values]
        series = self._series
        if None in values:
            series = [one for one, value in zip(series, values, strict=True) if value is not None]
        return Block(self._kept.layout(series, lambda: series), [value for value in values if value is not None])

    def _learn(self, files: Files, due: AbstractSet[str]) -> None:
        """Read of the chips that are due what they are called, what they have and what somebody has set."""
        names = self._devices.names
        before = self._names()
        called = {name: self._called[name] for name in names if name in self._called}
        self._called = called | {name: hwmon_names.chip(files, self._devices.path(name)) for name in due}
        now = self._names()
        self._chips = {
            name: self._chips[name]
            if name not in due and now[name] == before.get(name)
            else self._chip(files, name, now[name])
            for name in names
            if self._takes_chip(now[name])
        }
        chips = self._chips.values()
        readings = [reading for chip in chips for reading in chip.readings]
        self._paths = [reading.path for reading in readings]
        self._counts = [reading.counts for reading in readings]
        self._series = [*(reading.series for reading in readings), *(one for chip in chips for one in chip.fixed)]
        self._fixed_values = [value for chip in chips for value in chip.fixed_values]

    def _names(self) -> dict[str, str]:
        """Return what each chip is called; where two sit on one device, what the driver calls them sets them apart."""
        by_place = Counter(place for place, _driver in self._called.values())
        by_both = Counter(self._called.values())
        names: dict[str, str] = {}
        for name, (place, driver) in self._called.items():
            apart = hwmon_names.clean(driver) if by_both[place, driver] == 1 else ""
            names[name] = place if by_place[place] == 1 else f"{place}_{apart or hwmon_names.clean(name)}"
        return names

    def _chip(self, files: Files, name: str, chip: str) -> Chip:
        path = self._devices.path(name)
        readings: list[Reading] = []
        fixed: list[Series] = []
        values: list[Value] = []
        driver = hwmon_names.clean(self._called[name][1])
        if driver:
            fixed.append((self._chip_name, (chip, driver)))
            values.append(1)
        for reading, element in self._files_of(files, path, chip):
            if hwmon_names.changes_by_itself(element):
                readings.append(reading)
                continue
            value = _value(files.attributes((reading.path,), keep=False)[0], reading.counts)
            if element == "label" or value is not None:
                fixed.append(reading.series)
                values.append(1 if element == "label" or value is None else value)
        return Chip(tuple(readings), tuple(fixed), tuple(values))

    def _files_of(self, files: Files, path: str, chip: str) -> Iterator[tuple[Reading, str]]:
        """Yield each file of a chip's sensors as a reading, with its element; labels are read on the way."""
        sensors: dict[str, dict[str, str]] = {}
        for folder in (path, f"{path}/device"):
            for name in _listed(folder):
                if parts := hwmon_names.of_file(name):
                    sensors.setdefault(f"{parts[0]}{parts[1]}", {})[parts[2]] = f"{folder}/{name}"
        for sensor, elements in sensors.items():
            if not self._takes_sensor(f"{chip};{sensor}"):
                continue
            label = ""
            if "label" in elements:
                raw = files.attributes((elements["label"],), keep=False)[0]
                label = raw.decode("utf-8", "surrogateescape").strip("\n")
                if raw:
                    yield Reading(elements["label"], (self._label, (chip, sensor, label)), ""), "label"
            kind = sensor.rstrip("0123456789")
            for element, place in elements.items():
                if element == "label" or (kind == "freq" and element == "input" and not label):
                    continue
                told = hwmon_names.told(kind, element, beside_plain="" in elements)
                called = hwmon_names.clean(label) if (kind, element) == ("freq", "input") else sensor
                yield Reading(place, (self._metric(told.name), (chip, called)), told.counts), element

    def _metric(self, name: str) -> Metric:
        found = self._of_name.get(name)
        if found is None:
            kind: Kind = "counter" if name.endswith("_joule_total") else "gauge"
            found = self._of_name[name] = replace(self._metrics.or_other(name, kind, OTHER_HELP), labels=LABELS)
        return found


def _value(raw: bytes, counts: str) -> Value | None:
    """Return the number that a file holds in the unit told; None where it holds none."""
    try:
        number = float(raw)
    except ValueError:
        return None
    if counts == "milli":
        return number * hwmon_names.MILLI
    return number / hwmon_names.MICRO if counts else raw.decode("ascii").strip()


def _listed(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
    except OSError:
        return []


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Hwmon(config, metrics)
