"""Sockets in use by protocol, from /proc/net/sockstat and /proc/net/sockstat6."""

from __future__ import annotations

import os

from regiowacht_agent.block import Block, Kept, Same
from regiowacht_agent.family import NoData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host
    from regiowacht_contract.catalogue import Metric

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Sockstat:
    """``node_sockstat_*``: sockets, and the memory they hold in pages and in bytes."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._paths = tuple(f"{config.paths.procfs}/net/{name}" for name in ("sockstat", "sockstat6"))
        self._metrics = metrics
        self._kept = Kept()
        self._same = Same()
        self._numbers: list[int] = []
        self._pages: list[int] = []

    def read(self, host: Host) -> Block:
        """Return the numbers as the kernel writes them (proc_pid_net(5)), memory in bytes at the end.

        Raises:
            NoData: the kernel has neither file, so no sockets.
        """
        text = b"".join([host.files.raw_piece(path, b"") for path in self._paths])
        if not text:
            raise NoData("no statistics of sockets")
        return self._same.block(text, lambda: self._block(text.decode("utf-8", "surrogateescape").split()))

    def _block(self, words: list[str]) -> Block:
        # The words that are no numbers are protocols and fields, which stay.
        fields = ["" if word.isdigit() else word for word in words]
        layout = self._kept.layout(fields, lambda: self._series(words))
        values: list[Value] = [words[at] for at in self._numbers]
        values += [int(words[at]) * PAGE_BYTES for at in self._pages]
        return Block(layout, values)

    def _series(self, words: list[str]) -> Iterator[Series]:
        """Yield the series of lines like ``TCP: inuse 4 orphan 0 mem 1``, and note where their values stand."""
        self._numbers, self._pages = [], []
        protocol = ""
        in_bytes = []
        for at, word in enumerate(words):
            if word.endswith(":"):
                protocol = word[:-1]
            elif word.isdigit():
                self._numbers.append(at)
                yield self._metric(protocol, words[at - 1]), ()
                if words[at - 1] == "mem":
                    self._pages.append(at)
                    in_bytes.append(protocol)
        for protocol in in_bytes:
            yield self._metric(protocol, "mem_bytes"), ()

    def _metric(self, protocol: str, field: str) -> Metric:
        help_text = f"/proc/net/sockstat field {field} of {protocol}."
        return self._metrics.or_other(f"node_sockstat_{protocol}_{field}", "gauge", help_text)


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Sockstat(config, metrics)
