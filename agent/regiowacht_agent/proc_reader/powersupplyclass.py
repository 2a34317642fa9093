"""Batteries and mains, from /sys/class/power_supply."""

from __future__ import annotations

import os

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.devices import Devices
from regiowacht_contract.light import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.files import Files
    from regiowacht_agent.host import Host
    from regiowacht_contract.catalogue import Metric

RENAMED = {
    "cycle_count": "cyclecount",
    "time_to_empty_now": "time_to_empty_seconds",
    "time_to_full_now": "time_to_full_seconds",
    "current_now": "current_ampere",
    "energy_now": "energy_watthour",
    "voltage_now": "voltage_volt",
    "charge_now": "charge_ampere",
    "power_now": "power_watt",
}
"""Attributes that node_exporter calls otherwise; those of a temperature get ``_celsius``."""

PLAIN = (
    *("authentic", "calibrate", "capacity", "capacity_alert_max", "capacity_alert_min", "cycle_count", "online"),
    *("present", "time_to_empty_now", "time_to_full_now"),
)
MILLIONTHS = (
    *("current_boot", "current_max", "current_now", "energy_empty", "energy_empty_design", "energy_full"),
    *("energy_full_design", "energy_now", "voltage_boot", "voltage_max", "voltage_max_design", "voltage_min"),
    *("voltage_min_design", "voltage_now", "voltage_ocv", "charge_control_limit", "charge_control_limit_max"),
    *("charge_counter", "charge_empty", "charge_empty_design", "charge_full", "charge_full_design", "charge_now"),
    *("charge_term_current", "constant_charge_current", "constant_charge_current_max", "constant_charge_voltage"),
    *("constant_charge_voltage_max", "precharge_current", "input_current_limit", "power_now"),
)
TENTHS = (
    *("temp", "temp_alert_max", "temp_alert_min", "temp_ambient", "temp_ambient_max", "temp_ambient_min"),
    *("temp_max", "temp_min"),
)
PARTS = dict.fromkeys(PLAIN, 1) | dict.fromkeys(MILLIONTHS, 1_000_000) | dict.fromkeys(TENTHS, 10)
"""How many of what the kernel counts make one of the unit told (power_supply_class.rst)."""


class Powersupplyclass:
    """``node_power_supply_*``: every number that a supply tells, and its texts as labels of ``_info``.

    The attribute ``scope``, which batteries of mice and the like have, is left out: that label says who may see a
    series.
    """

    def __init__(self, config: Config, metrics: Metrics) -> None:
        takes = DeviceFilter.of(config.powersupplyclass.ignored_supplies).takes
        self._supplies = Devices(f"{config.paths.sysfs}/class/power_supply", takes)
        self._info = metrics["node_power_supply_info"]
        self._metrics = {attribute: metrics[_name(attribute)] for attribute in PARTS}
        self._attributes: dict[str, tuple[str, ...]] = {}
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return what each supply tells; which attributes it has is looked up when it is due.

        Raises:
            NoData: the kernel knows no supplies.
        """
        due = self._supplies.look(host.files)
        series: list[Series] = []
        values: list[Value] = []
        for name in self._supplies.names:
            if name in due:
                self._attributes[name] = self._known(self._supplies.path(name))
            for metric, labels, value in self._supply(host.files, name):
                series.append((metric, labels))
                values.append(value)
        return Block(self._kept.layout(series, lambda: series), values)

    def _known(self, path: str) -> tuple[str, ...]:
        """Return the attributes of a supply that we tell."""
        try:
            there = os.listdir(path)  # noqa: PTH208 - names alone are wanted
        except OSError:
            return ()  # gone since it was listed
        return tuple(sorted(name for name in there if name in PARTS or name in self._info.labels))

    def _supply(self, files: Files, name: str) -> Iterator[tuple[Metric, tuple[str, ...], Value]]:
        """Yield the series of one supply; an attribute without a value now is left out."""
        path = self._supplies.path(name)
        known = self._attributes[name]
        texts = {"power_supply": name}
        for attribute, raw in zip(known, files.attributes([f"{path}/{one}" for one in known]), strict=True):
            text = raw.decode("utf-8", "surrogateescape").strip()
            if attribute not in PARTS:
                texts[attribute] = text
            elif text.removeprefix("-").isdecimal():
                parts = PARTS[attribute]
                yield self._metrics[attribute], (name,), text if parts == 1 else int(text) / parts
        labels = tuple(label for label in self._info.labels if texts.get(label))
        if known:
            yield replace(self._info, labels=labels), tuple(texts[label] for label in labels), 1


def _name(attribute: str) -> str:
    return f"node_power_supply_{RENAMED.get(attribute, attribute)}{'_celsius' if attribute in TENTHS else ''}"


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Powersupplyclass(config, metrics)
