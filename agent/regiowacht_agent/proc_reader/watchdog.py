"""Timers that start the machine anew when nobody resets them, from /sys/class/watchdog."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.devices import Devices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

NUMBERS = {
    "access_cs0": "access_cs0",
    "bootstatus": "bootstatus",
    "fw_version": "fw_version",
    "nowayout": "nowayout",
    "pretimeout": "pretimeout_seconds",
    "timeleft": "timeleft_seconds",
    "timeout": "timeout_seconds",
}
"""Attribute, and the end of its metric's name; a watchdog has those that its driver knows."""


class Watchdog:
    """``node_watchdog_*``. Reading these does not reset a timer; only writing to /dev/watchdog does."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._devices = Devices(f"{config.paths.sysfs}/class/watchdog")
        self._numbers = {file: metrics[f"node_watchdog_{name}"] for file, name in NUMBERS.items()}
        self._info = metrics["node_watchdog_info"]
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return what every watchdog tells; an attribute that has no value now costs only itself.

        Raises:
            NoData: the machine has none.
        """
        self._devices.look(host.files)
        read = host.files.attribute_or
        series: list[Series] = []
        values: list[Value] = []
        for name in self._devices.names:
            folder = self._devices.path(name)
            for file, metric in self._numbers.items():
                value = read(f"{folder}/{file}")
                if value.isdecimal():
                    series.append((metric, (name,)))
                    values.append(value)
            series.append((self._info, (name, *(read(f"{folder}/{label}") for label in self._info.labels[1:]))))
            values.append(1)
        return Block(self._kept.layout(series, lambda: series), values)


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Watchdog(config, metrics)
