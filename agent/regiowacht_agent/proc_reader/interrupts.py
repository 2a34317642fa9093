"""Interrupts by processor and source, from /proc/interrupts."""

from __future__ import annotations

from itertools import compress

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.device_filter import DeviceFilter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.block import Series
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host


class Interrupts:
    """``node_interrupts_total``: a series for every source and processor.

    Lines with fewer numbers than there are processors (``ERR``, ``MIS``) are of none of them and left out, as in
    node_exporter.
    """

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/interrupts"
        self._metric = metrics["node_interrupts_total"]
        chosen = config.interrupts
        self._takes = DeviceFilter.of(chosen.name_exclude, chosen.name_include).takes
        self._with_zeros = chosen.include_zeros
        self._kept = Kept()
        self._seen: list[str] = []
        self._series: list[Series] = []
        self._wanted: list[bool] = []

    def read(self, host: Host) -> Block:
        """Return the counters since boot as the kernel writes them (proc_interrupts(5))."""
        header, _, rows = host.files.read(self._path).partition("\n")
        cpus = header.split()
        seen = [header]
        values: list[str] = []
        for row in rows.split("\n"):
            name, _, rest = row.partition(":")
            # On some machines nothing stands between a name and its first number.
            words = rest.split(None, len(cpus))
            if len(words) > len(cpus):
                seen += (name, words.pop())
                values += words
        if seen != self._seen:
            self._seen = seen
            self._learn([cpu.removeprefix("CPU") for cpu in cpus], seen[1::2], seen[2::2])
        wanted = self._wanted if self._with_zeros else self._without_zeros(values)
        layout = self._kept.layout((seen, wanted), lambda: compress(self._series, wanted))
        return Block(layout, list(compress(values, wanted)))

    def _learn(self, cpus: list[str], names: list[str], texts: list[str]) -> None:
        self._series = []
        self._wanted = []
        for name, (info, devices) in zip(names, map(_described, names, texts), strict=True):
            kind = name.strip()
            self._series += [(self._metric, (cpu, kind, info, devices)) for cpu in cpus]
            self._wanted += [self._takes(f"{kind};{info};{devices}")] * len(cpus)

    def _without_zeros(self, values: list[str]) -> list[bool]:
        return [wanted and value != "0" for wanted, value in zip(self._wanted, values, strict=True)]


def _described(name: str, text: str) -> tuple[str, str]:
    """Return kind and devices of a numbered interrupt, or the explanation of one that the architecture has by name."""
    if not name.strip().isdecimal():
        return " ".join(text.split()), ""
    kind, *devices = text.split()
    return kind, " ".join(devices)


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Interrupts(config, metrics)
