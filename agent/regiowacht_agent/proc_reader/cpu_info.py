"""Reads what each processor is, from /proc/cpuinfo."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics
    from regiowacht_agent.files import Files
    from regiowacht_contract.catalogue import Metric

FIELDS = {
    "package": "physical id", "core": "core id", "cpu": "processor", "vendor": "vendor_id", "family": "cpu family",
    "model": "model", "model_name": "model name", "microcode": "microcode", "stepping": "stepping",
    "cachesize": "cache size",
}  # fmt: skip
"""Label of ``node_cpu_info``, and the field of /proc/cpuinfo on x86 that it holds; other machines tell fewer."""

CLOCK = "cpu MHz"
HERTZ_PER_MHZ = 1e6


class Info:
    """``node_cpu_info``, ``node_cpu_flag_info``, ``node_cpu_bug_info`` and ``node_cpu_frequency_hertz``.

    Flags and bugs are those of the first processor. The clock is told while the family ``cpufreq`` is on, as in
    node_exporter, and only by processors whose clock the kernel tells here.
    """

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/cpuinfo"
        self._info = metrics["node_cpu_info"]
        self._clock = metrics["node_cpu_frequency_hertz"] if config.is_on("cpufreq", default=True) else None
        self._listed = (
            (metrics["node_cpu_flag_info"], ("flags", "Features"), _pattern(config.cpu.flags_include)),
            (metrics["node_cpu_bug_info"], ("bugs",), _pattern(config.cpu.bugs_include)),
        )
        self._facts: list[str] = []
        self._series: tuple[Series, ...] = ()
        self._ones: list[Value] = []

    def read(self, files: Files) -> tuple[tuple[Series, ...], list[Value]]:
        """Return the series and their values: what stays is parsed once, the clocks every time.

        Raises:
            OSError: /proc/cpuinfo cannot be read.
        """
        rows = files.read(self._path).split("\n")
        facts = [row for row in rows if not row.startswith(CLOCK)]
        clocks = [row.partition(":")[2] for row in rows if row.startswith(CLOCK)] if self._clock else []
        if facts != self._facts:
            self._facts = facts
            self._learn(list(_processors(rows)))
        return self._series, self._ones + [f"{float(clock) * HERTZ_PER_MHZ}" for clock in clocks]

    def _learn(self, processors: list[dict[str, str]]) -> None:
        series: list[Series] = [
            (self._info, tuple(told.get(FIELDS[label], "") for label in self._info.labels)) for told in processors
        ]
        for metric, fields, pattern in self._listed:
            if pattern and processors:
                told = next((processors[0][field] for field in fields if field in processors[0]), "")
                series += [(metric, (word,)) for word in dict.fromkeys(told.split()) if pattern.search(word)]
        self._ones = [1] * len(series)
        self._series = (*series, *(_clocks(self._clock, processors) if self._clock else ()))


def _clocks(metric: Metric, processors: Iterable[dict[str, str]]) -> Iterator[Series]:
    for told in processors:
        if CLOCK in told:
            yield metric, tuple(told.get(FIELDS[label], "") for label in metric.labels)


def _processors(rows: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield the fields of each processor; what stands before the first one is of the machine."""
    told: dict[str, str] = {}
    for row in rows:
        field, _, value = row.partition(":")
        field = field.strip()
        if field == "processor":
            if told:
                yield told
            told = {}
        if told or field == "processor":
            told[field] = value.strip()
    if told:
        yield told


def _pattern(text: str) -> re.Pattern[str] | None:
    return re.compile(text) if text else None
