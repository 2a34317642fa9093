"""Bytes that wait in UDP sockets, from /proc/net/udp and /proc/net/udp6.

The kernel walks tens of thousands of places to list a handful of sockets, 40 us a file, and counts them for 2 us
(/proc/net/sockstat): where it counts none, nothing can wait, and no list is asked for.
"""

from __future__ import annotations

import os

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.family import NoData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.files import Files
    from regiowacht_agent.host import Host

FILES = {"v4": "udp", "v6": "udp6"}
COUNTS = {"v4": ("sockstat", b"\nUDP: inuse 0 "), "v6": ("sockstat6", b"\nUDP6: inuse 0\n")}
"""Where the sockets of each version are counted, and what stands there when there is none."""

NOTHING = " 00000000:00000000 "
"""Both queues of a socket in which nothing waits; no other column looks like it."""


class UdpQueues:
    """``node_udp_queues`` of all sockets together, by direction and version of IP."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._paths = {version: f"{config.paths.procfs}/net/{name}" for version, name in FILES.items()}
        self._counts = {
            version: (f"{config.paths.procfs}/net/{name}", none) for version, (name, none) in COUNTS.items()
        }
        self._metric = metrics["node_udp_queues"]
        self._is_kernels: dict[str, bool] = {}
        self._kept = Kept()

    def read(self, host: Host) -> Block:
        """Return the sums for each version of IP that the kernel speaks.

        Raises:
            NoData: it speaks none.
        """
        versions: list[str] = []
        values: list[Value] = []
        for version, path in self._paths.items():
            try:
                rows = [] if self._is_none(host.files, version, path) else host.files.lines(path)[1:]
            except FileNotFoundError:
                continue
            versions.append(version)
            values += _waiting(rows)
        if not versions:
            raise NoData("no UDP")
        return Block(self._kept.layout(versions, lambda: self._series(versions)), values)

    def _is_none(self, files: Files, version: str, path: str) -> bool:
        """Return whether the kernel counts no socket of this version; a recorded host is always read.

        A file of /proc has no size until it is read.

        Raises:
            FileNotFoundError: it does not speak this version.
        """
        if version not in self._is_kernels:
            self._is_kernels[version] = os.stat(path).st_size == 0  # noqa: PTH116 - without pathlib
        counts, none = self._counts[version]
        return self._is_kernels[version] and none in b"\n" + files.raw_piece(counts, b"")

    def _series(self, versions: list[str]) -> Iterator[Series]:
        return ((self._metric, (version, queue)) for version in versions for queue in ("tx", "rx"))


def _waiting(rows: list[str]) -> tuple[int, int]:
    """Return the bytes to be sent and those received, of lines whose fifth word is ``TX:RX`` in hexadecimal."""
    sent = received = 0
    for row in rows:
        if NOTHING in row:
            continue
        words = row.split(None, 5)
        if len(words) > 4:
            to_send, _, got = words[4].partition(":")
            sent += int(to_send, 16)
            received += int(got, 16)
    return sent, received


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return UdpQueues(config, metrics)
