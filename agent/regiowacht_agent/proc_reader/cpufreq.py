"""Processor clocks and governors, from /sys/devices/system/cpu."""

from __future__ import annotations

import os

from regiowacht_agent.block import EMPTY, Block, Kept
from regiowacht_agent.devices import Devices
from regiowacht_agent.family import Metrics
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family
    from regiowacht_agent.files import Files
    from regiowacht_agent.host import Host
    from regiowacht_contract.catalogue import Metric

OFTEN = {
    "scaling_cur_freq": "node_cpu_scaling_frequency_hertz",
    "scaling_min_freq": "node_cpu_scaling_frequency_min_hertz",
    "scaling_max_freq": "node_cpu_scaling_frequency_max_hertz",
}
"""Attributes in kilohertz that change by themselves (Documentation/admin-guide/pm/cpufreq.rst of the kernel)."""

SELDOM = {
    "cpuinfo_min_freq": "node_cpu_frequency_min_hertz",
    "cpuinfo_max_freq": "node_cpu_frequency_max_hertz",
}
"""Attributes in kilohertz that are read of the processors that are due."""

OWN_CLOCK = ("cpuinfo_cur_freq", "node_cpu_frequency_hertz")
"""What the processor itself tells, to root alone; the family ``cpu`` tells it too when /proc/cpuinfo is asked for."""

GOVERNORS = ("scaling_governor", "scaling_available_governors")


class _Facts(NamedTuple):
    """What hardly ever changes of one processor: attributes there are, its limits, the governor, all of them."""

    often: tuple[str, ...] = ()
    limits: tuple[tuple[str, str], ...] = ()
    governor: str = ""
    governors: tuple[str, ...] = ()


class Cpufreq:
    """``node_cpu_scaling_*``, and the limits of the processor itself.

    None where no governor is at work, as in most virtual machines, which is no failure.
    """

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._devices = Devices(f"{config.paths.sysfs}/devices/system/cpu", _is_processor)
        self._often = {file: metrics[name] for file, name in OFTEN.items()}
        if not config.cpu.tells_info:
            file, name = OWN_CLOCK
            self._often[file] = Metrics.of("cpu")[name]
        self._seldom = {file: metrics[name] for file, name in SELDOM.items()}
        self._governor = metrics["node_cpu_scaling_governor"]
        self._names: tuple[str, ...] = ()
        self._facts: dict[str, _Facts] = {}
        self._paths: tuple[str, ...] = ()
        self._clocks: list[Series] = []
        self._rest: list[tuple[Series, Value]] = []
        self._told: list[bytes] = []
        self._kept = Kept()
        self._block = EMPTY

    def read(self, host: Host) -> Block:
        """Return the clocks and the governor of every processor; what cannot be read costs only itself.

        Raises:
            NoData: /sys tells of no processor.
        """
        due = self._devices.look(host.files)
        now = {name: self._look(host.files, name) for name in due}
        if self._devices.names is not self._names or any(self._facts.get(name) != facts for name, facts in now.items()):
            self._names = self._devices.names
            self._facts = {name: now.get(name) or self._facts.get(name, _Facts()) for name in self._names}
            self._arrange()
        told = host.files.attributes(self._paths)
        if told != self._told or self._block is EMPTY:
            self._told = told
            clocks = [text.strip().decode("ascii", "replace") for text in told]
            self._block = self._tell(clocks)
        return self._block

    def _look(self, files: Files, name: str) -> _Facts:
        """Return what hardly ever changes of one processor, without descriptors that stay open."""
        folder = f"{self._devices.path(name)}/cpufreq"
        there = _names(folder)
        if not there:
            return _Facts()
        paths = [f"{folder}/{file}" for file in (*self._seldom, *GOVERNORS)]
        texts = [text.decode("utf-8", "replace").strip() for text in files.attributes(paths, keep=False)]
        *limits, governor, governors = texts
        return _Facts(
            tuple(file for file in self._often if file in there),
            tuple((file, text) for file, text in zip(self._seldom, limits, strict=True) if text.isdecimal()),
            governor,
            tuple(dict.fromkeys(governors.split())),
        )

    def _arrange(self) -> None:
        """Put together what is read each time, and all that stays until something else is there."""
        self._block = EMPTY
        of_all = [(name, name.removeprefix("cpu"), self._facts[name]) for name in self._names]
        self._paths = tuple(
            f"{self._devices.path(name)}/cpufreq/{file}" for name, _cpu, facts in of_all for file in facts.often
        )
        self._clocks = [_series(self._often[file], cpu) for _name, cpu, facts in of_all for file in facts.often]
        self._rest = [one for _name, cpu, facts in of_all for one in self._constant(cpu, facts)]

    def _constant(self, cpu: str, facts: _Facts) -> Iterator[tuple[Series, Value]]:
        for file, kilohertz in facts.limits:
            yield _series(self._seldom[file], cpu), _hertz(kilohertz)
        for name in facts.governors if facts.governor else ():
            yield (self._governor, (cpu, name)), int(name == facts.governor)

    def _tell(self, clocks: list[str]) -> Block:
        key = [clock.isdecimal() for clock in clocks], [series for series, _value in self._rest]
        layout = self._kept.layout(
            key, lambda: [*(one for one, is_told in zip(self._clocks, key[0], strict=True) if is_told), *key[1]]
        )
        values: list[Value] = [_hertz(clock) for clock in clocks if clock.isdecimal()]
        return Block(layout, values + [value for _series, value in self._rest])


def _is_processor(name: str) -> bool:
    return name.startswith("cpu") and name.removeprefix("cpu").isdecimal()


def _hertz(kilohertz: str) -> str:
    return f"{kilohertz}000"


def _series(metric: Metric, cpu: str) -> Series:
    """Return a series of a metric of which only the processor is known here."""
    return metric, tuple(cpu if label == "cpu" else "" for label in metric.labels)


def _names(folder: str) -> frozenset[str]:
    """Return what a folder holds; nothing where there is no such folder."""
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 - names are wanted, not paths
    except OSError:
        return frozenset()


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Cpufreq(config, metrics)
