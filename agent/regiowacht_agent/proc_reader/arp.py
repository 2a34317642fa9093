"""Neighbours whose hardware address is known, from /proc/net/arp or the kernel's routing socket."""

from __future__ import annotations

import socket
import struct
from collections import Counter

from regiowacht_agent.block import Block, Kept, Same
from regiowacht_agent.device_filter import DeviceFilter
from regiowacht_agent.family import NoData
from regiowacht_agent.netlink import Netlink
from regiowacht_contract.light import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_agent.block import Series
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

RTM_NEWNEIGH, RTM_GETNEIGH = 28, 30
NUD_NOARP = 0x40

NEIGHBOUR = struct.Struct("=BxxxiHBB")
"""ndmsg: family, index of the interface, state, flags, kind (linux/neighbour.h)."""

ALL_IPV4 = NEIGHBOUR.pack(socket.AF_INET, 0, 0, 0, 0)


class Arp:
    """``node_arp_entries`` of every interface that has neighbours."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._path = f"{config.paths.procfs}/net/arp"
        self._takes = DeviceFilter.of(config.arp.device_exclude, config.arp.device_include).takes
        self._metric = metrics["node_arp_entries"]
        self._netlink = Netlink() if config.arp.netlink else None
        self._kept = Kept()
        self._same = Same()

    def read(self, host: Host) -> Block:
        """Return the number of neighbours by interface.

        Raises:
            NoData: the kernel has no such table.
        """
        if self._netlink:
            return self._block(_asked(self._netlink))
        try:
            rows = host.files.lines(self._path)
        except FileNotFoundError:
            raise NoData("no table of neighbours") from None
        # The last word of a line is the interface.
        return self._same.block(rows, lambda: self._block(Counter(row.rpartition(" ")[2] for row in rows[1:])))

    def _block(self, told: Mapping[str, int]) -> Block:
        entries = {device: number for device, number in told.items() if self._takes(device)}
        devices = list(entries)
        return Block(self._kept.layout(devices, lambda: self._series(devices)), list(entries.values()))

    def _series(self, devices: list[str]) -> Iterator[Series]:
        return ((self._metric, (device,)) for device in devices)


def _asked(netlink: Netlink) -> dict[str, int]:
    """Count what the kernel answers by interface, without entries that need no address, as the file has it."""
    numbers: Counter[int] = Counter()
    for kind, datagram, begin, _end in netlink.dump(RTM_GETNEIGH, ALL_IPV4):
        family, index, state, _flags, _kind = NEIGHBOUR.unpack_from(datagram, begin)
        if kind == RTM_NEWNEIGH and family == socket.AF_INET and not state & NUD_NOARP:
            numbers[index] += 1
    told = {}
    for index, number in numbers.items():
        with suppress(OSError):  # it went away in the meantime
            told[socket.if_indextoname(index)] = number
    return told


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Arp(config, metrics)
