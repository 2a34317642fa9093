"""Memory, from /proc/meminfo."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.files import shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host
    from regiowacht_contract.catalogue import Metric

KIB = 1024
"""What the file calls kB."""

ALWAYS = ("MemTotal", "MemFree", "Buffers", "Cached", "SwapTotal", "SwapFree")
"""Fields of every kernel, which the catalogue has to know; the others are named as the kernel names them."""


class Meminfo:
    """``node_memory_*``: every field of the file, in bytes where the kernel gives a size.

    Raises:
        CatalogueError: the catalogue lacks a field that every kernel has.
    """

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/meminfo"
        self._metrics = metrics
        self._kept = Kept()
        self._at: list[int] = []
        self._factors: list[int] = []
        for field in ALWAYS:
            _ = metrics[f"node_memory_{field}_bytes"]

    def read(self, host: Host) -> Block:
        """Return one series a field (proc_meminfo(5)).

        Raises:
            ValueError: a line is no field with its number.
        """
        raw = host.files.raw_piece(self._path)
        words = raw.split()
        # The numbers end at one column, so that the blanks before them change with their digits.
        key = (len(words), shape(raw, b" "))
        layout = self._kept.layout(key, lambda: self._series(raw))
        factors = zip(self._at, self._factors, strict=True)
        return Block(layout, [int(words[at]) * factor for at, factor in factors])

    def _series(self, raw: bytes) -> Iterator[Series]:
        """Yield the series of the file's lines, and note where their values stand.

        A size says its unit, a number of pages says none.
        """
        self._at, self._factors = [], []
        at = 0
        for line in raw.decode("utf-8", "surrogateescape").splitlines():
            field, *told = line.split()
            is_size = told[1:] == ["kB"]
            self._at.append(at + 1)
            self._factors.append(KIB if is_size else 1)
            at += 1 + len(told)
            yield self._metric(field.removesuffix(":"), is_size), ()

    def _metric(self, field: str, is_size: bool) -> Metric:
        """Return the metric of a field; ``Active(anon)`` becomes ``Active_anon``."""
        name = field.replace("(", "_").replace(")", "")
        suffix = "_bytes" if is_size else ""
        return self._metrics.or_other(f"node_memory_{name}{suffix}", "gauge", f"/proc/meminfo field {name}.")


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Meminfo(config, metrics)
