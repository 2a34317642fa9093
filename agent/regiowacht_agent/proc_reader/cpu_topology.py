"""Reads which processors are online, isolated or throttled by heat, from /sys/devices/system/cpu."""

from __future__ import annotations

import os

from regiowacht_agent.kernel_list import expand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.family import Metrics
    from regiowacht_agent.host import Host

GONE = "NaN"
"""The value of a counter that was there a moment ago; the next reading leaves it out."""


class Topology:
    """``node_cpu_*_throttles_total``, ``node_cpu_isolated`` and ``node_cpu_online``.

    Threads of one core share its counter of throttles, cores of one package that of the package. Where the first
    processor cannot be taken offline, nothing is told of the others' being online, as in node_exporter.
    """

    def __init__(self, folder: str, metrics: Metrics) -> None:
        self._folder = folder
        self._core = metrics["node_cpu_core_throttles_total"]
        self._package = metrics["node_cpu_package_throttles_total"]
        self._isolated = metrics["node_cpu_isolated"]
        self._online = metrics["node_cpu_online"]
        self._key: tuple[str, str] | None = None
        self._series: tuple[Series, ...] = ()
        self._constants: list[Value] = []
        self._counters: list[str] = []

    def read(self, host: Host) -> tuple[tuple[Series, ...], list[Value]]:
        """Return the series and their values; none where /sys does not tell."""
        key = (
            host.files.attribute_or(f"{self._folder}/online"),
            host.files.attribute_or(f"{self._folder}/isolated"),
        )
        if key != self._key:
            self._learn(host, *key)
        counts = host.files.attributes(self._counters)
        if b"" in counts:
            self._learn(host, *key)
            counts = host.files.attributes(self._counters)
        return self._series, self._constants + [count.strip().decode() or GONE for count in counts]

    def _learn(self, host: Host, online: str, isolated: str) -> None:
        """Look which processors there are, and where each core's and each package's counter is."""
        names = _processors(self._folder)
        series: list[Series] = [(self._isolated, (cpu,)) for cpu in expand(isolated)]
        constants: list[Value] = [1] * len(series)
        if names and os.path.exists(f"{self._folder}/{names[0]}/online"):  # noqa: PTH110 - without pathlib
            running = frozenset(expand(online))
            series += [(self._online, (name.removeprefix("cpu"),)) for name in names]
            constants += [int(name.removeprefix("cpu") in running) for name in names]
        counters = self._find_counters(host, names)
        self._key = (online, isolated)
        self._series = (*series, *counters)
        self._constants = constants
        self._counters = list(counters.values())

    def _find_counters(self, host: Host, names: list[str]) -> dict[Series, str]:
        """Return the path of every counter that can be read now, the first one of each core and of each package."""
        found: dict[Series, str] = {}
        for name in names:
            folder = f"{self._folder}/{name}"
            package = host.text(f"{folder}/topology/physical_package_id", "").strip()
            core = host.text(f"{folder}/topology/core_id", "").strip()
            if package.isdecimal() and core.isdecimal():
                wanted = (
                    ((self._core, (package, core)), "core_throttle_count"),
                    ((self._package, (package,)), "package_throttle_count"),
                )
                for one, file in wanted:
                    path = f"{folder}/thermal_throttle/{file}"
                    if one not in found and host.text(path, "").strip().isdecimal():
                        found[one] = path
        return found


def _processors(folder: str) -> list[str]:
    """Return ``cpuN`` of every processor by its name; none where there is no such folder."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names are wanted, not paths
    except OSError:
        return []
    return sorted(name for name in names if name.startswith("cpu") and name.removeprefix("cpu").isdecimal())
