"""Processor clocks and governors, from /sys/devices/system/cpu."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from regiowacht_agent.block import Block, Kept
from regiowacht_contract import catalogue

if TYPE_CHECKING:
    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host
    from regiowacht_contract.catalogue import Metric

CLOCKS = {
    "scaling_cur_freq": "node_cpu_scaling_frequency_hertz",
    "scaling_min_freq": "node_cpu_scaling_frequency_min_hertz",
    "scaling_max_freq": "node_cpu_scaling_frequency_max_hertz",
    "cpuinfo_min_freq": "node_cpu_frequency_min_hertz",
    "cpuinfo_max_freq": "node_cpu_frequency_max_hertz",
}
"""Attributes in kilohertz (Documentation/admin-guide/pm/cpufreq.rst of the kernel)."""

OWN_CLOCK = ("cpuinfo_cur_freq", "node_cpu_frequency_hertz")
"""What the processor itself tells, to root alone; the family ``cpu`` tells it too when /proc/cpuinfo is asked for."""


class Cpufreq:
    """``node_cpu_scaling_*``, and the limits of the processor itself.

    None where no governor is at work, as in most virtual machines, which is no failure.
    """

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._folder = f"{config.paths.sysfs}/devices/system/cpu"
        self._metrics = {file: metrics[name] for file, name in CLOCKS.items()}
        if not config.cpu.tells_info:
            file, name = OWN_CLOCK
            self._metrics[file] = catalogue.metric(name)
        self._governor = metrics["node_cpu_scaling_governor"]
        self._seen: object = None
        self._clocks: list[tuple[str, Metric, str]] = []
        self._governors: list[tuple[str, str]] = []
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return the clocks and the governor of every processor; what cannot be read costs only itself."""
        read = host.files.attribute_or
        seen = (read(f"{self._folder}/online"), _names(f"{self._folder}/cpufreq"))
        if seen != self._seen:
            # Processors come and go, and drivers are loaded late.
            self._seen = seen
            self._learn()
        clocks = [read(path) for _cpu, _metric, path in self._clocks]
        are_told = [clock.isdecimal() for clock in clocks]
        values: list[Value] = [f"{clock}000" for clock in clocks if clock.isdecimal()]  # kilohertz
        governors = [
            (cpu, read(f"{folder}/scaling_governor"), read(f"{folder}/scaling_available_governors"))
            for cpu, folder in self._governors
        ]
        layout = self._kept.layout((seen, are_told, governors), lambda: self._series(are_told, governors))
        values += [int(at_work == name) for _cpu, at_work, names in governors if at_work for name in names.split()]
        return Block(layout, values)

    def _series(self, are_told: list[bool], governors: list[tuple[str, str, str]]) -> list[Series]:
        clocks = [
            (metric, _labels(metric, cpu))
            for (cpu, metric, _path), told in zip(self._clocks, are_told, strict=True)
            if told
        ]
        return clocks + [
            (self._governor, (cpu, name)) for cpu, at_work, names in governors if at_work for name in names.split()
        ]

    def _learn(self) -> None:
        """Look which processors have a governor, and which attributes each of them has."""
        self._clocks = []
        self._governors = []
        for name in _names(self._folder):
            cpu = name.removeprefix("cpu")
            folder = f"{self._folder}/{name}/cpufreq"
            files = _names(folder) if name != cpu and cpu.isdecimal() else ()
            self._clocks += [
                (cpu, metric, f"{folder}/{file}") for file, metric in self._metrics.items() if file in files
            ]
            self._governors += [(cpu, folder)] if "scaling_governor" in files else []


def _labels(metric: Metric, cpu: str) -> tuple[str, ...]:
    """Return the labels of a metric of which only the processor is known here."""
    return tuple(cpu if label == "cpu" else "" for label in metric.labels)


def _names(folder: str) -> tuple[str, ...]:
    """Return what a folder holds, sorted; nothing where there is no such folder."""
    try:
        return tuple(sorted(os.listdir(folder)))  # noqa: PTH208 - names are wanted, not paths
    except OSError:
        return ()


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Cpufreq(config, metrics)
