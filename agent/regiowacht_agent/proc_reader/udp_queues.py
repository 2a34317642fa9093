"""Bytes that wait in UDP sockets, from /proc/net/udp and /proc/net/udp6."""

from __future__ import annotations

from regiowacht_agent.block import Block, Kept
from regiowacht_agent.family import NoData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

FILES = {"v4": "udp", "v6": "udp6"}
NOTHING = "00000000:00000000"


class UdpQueues:
    """``node_udp_queues`` of all sockets together, by direction and version of IP."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._paths = {version: f"{config.paths.procfs}/net/{name}" for version, name in FILES.items()}
        self._metric = metrics["node_udp_queues"]
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
                rows = host.files.lines(path)[1:]
            except FileNotFoundError:
                continue
            versions.append(version)
            values += _waiting(rows)
        if not versions:
            raise NoData("no UDP")
        return Block(self._kept.layout(versions, lambda: self._series(versions)), values)

    def _series(self, versions: list[str]) -> Iterator[Series]:
        return ((self._metric, (version, queue)) for version in versions for queue in ("tx", "rx"))


def _waiting(rows: list[str]) -> tuple[int, int]:
    """Return the bytes to be sent and those received, of lines whose fifth word is ``TX:RX`` in hexadecimal."""
    sent = received = 0
    for row in rows:
        words = row.split(None, 5)
        if len(words) > 4 and words[4] != NOTHING:
            to_send, _, got = words[4].partition(":")
            sent += int(to_send, 16)
            received += int(got, 16)
    return sent, received


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return UdpQueues(config, metrics)
