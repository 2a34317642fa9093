"""Processor clocks, from psutil.cpu_freq."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample
from regiowacht_agent.psutil_reader.cpu_numbers import online

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

HERTZ_PER_MHZ = 1_000_000
FIELDS = {
    "node_cpu_scaling_frequency_hertz": "current",
    "node_cpu_scaling_frequency_min_hertz": "min",
    "node_cpu_scaling_frequency_max_hertz": "max",
}


class Cpufreq:
    """``node_cpu_scaling_frequency_*``, only where a governor is at work.

    Without one psutil would make the figures up from /proc/cpuinfo; then, as node_exporter does, there are none, which
    is no failure.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._fields = tuple((metrics[name], field) for name, field in FIELDS.items())

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the clock of every processor, or of the first of each group that shares one."""
        policies = _policies(host)
        if not policies:
            return
        told = host.psutil.cpu_freq(percpu=True)
        cpus = policies if len(policies) == len(told) else online(host, len(told))
        for cpu, frequency in zip(cpus, told, strict=True):
            for metric, field in self._fields:
                if getattr(frequency, field):
                    yield Sample(metric, (cpu,), round(getattr(frequency, field) * HERTZ_PER_MHZ))


def _policies(host: Host) -> Sequence[str]:
    """Return the numbers in the order of psutil: by policy, else by processor. Source: /sys/devices/system/cpu."""
    folder = Path(host.sysfs, "devices/system/cpu")
    names = _numbers(folder / "cpufreq", "policy")
    names = names or [number for number in _numbers(folder, "cpu") if (folder / f"cpu{number}/cpufreq").is_dir()]
    return sorted(names, key=int)


def _numbers(folder: Path, prefix: str) -> list[str]:
    """Return NUMBER of every ``PREFIXNUMBER`` in a folder; none where there is no such folder."""
    if not folder.is_dir():
        return []
    names = (path.name for path in folder.iterdir() if path.name.startswith(prefix))
    return [number for number in (name.removeprefix(prefix) for name in names) if number.isdecimal()]


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Cpufreq(metrics)
