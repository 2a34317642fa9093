"""Network interfaces with their counters and addresses, from the kernel's routing socket.

The counters come alone (RTM_GETSTATS), which costs a third of asking for everything about a link. Names are asked for
once and kept up to date by the kernel's own news, so that a counter never stands under the name that another
interface had before.
"""

from __future__ import annotations

import socket
import struct
import sys

from regiowacht_agent.netlink import Netlink, attributes
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_NEWSTATS, RTM_GETSTATS = 16, 17, 18, 92, 94
RTM_NEWADDR, RTM_GETADDR = 20, 22
IFLA_IFNAME, IFLA_IFALIAS = 3, 20
IFA_ADDRESS, IFA_LOCAL = 1, 2
IFLA_STATS_LINK_64 = 1
RTMGRP_LINK = 1

LINK = struct.Struct("=BxHiII")
"""ifinfomsg: family, kind of device, index, flags, changes."""

ALL_LINKS = LINK.pack(0, 0, 0, 0, 0)
ALL_COUNTERS = struct.pack("=BxHII", 0, 0, 0, IFLA_STATS_LINK_64)
"""if_stats_msg: family, index (0 = all), which statistics."""

COUNTERS = struct.Struct("=24Q")
"""rtnl_link_stats64 up to rx_nohandler (linux/if_link.h)."""

INDEX, STATS = slice(4, 8), slice(16, 16 + COUNTERS.size)
"""Where in an answer the number of the interface stands, and, after the head of the one attribute, its counters."""

ADDRESS = struct.Struct("=BBBBI")
"""ifaddrmsg: family, bits of the network, flags, scope, index of the interface."""


class Address(NamedTuple):
    """An address of an interface: its network's length, and whether it reaches beyond the link."""

    device: str
    address: str
    netmask: str
    scope: str


class Link(NamedTuple):
    """What an interface is called."""

    name: str
    alias: str


class Links:
    """The interfaces of the network namespace that this process is in.

    Args:
        asked: where questions go.
        news: where the kernel's news of links comes.
    """

    __slots__ = ("_asked", "_links", "_news")

    def __init__(self, asked: Netlink | None = None, news: Netlink | None = None) -> None:
        self._asked = asked or Netlink()
        self._news = news or Netlink(RTMGRP_LINK)
        self._links: dict[bytes, Link] = {}

    def read(self) -> list[tuple[Link, bytes]]:
        """Return each interface with its counters, which ``COUNTERS`` unpacks in the order of rtnl_link_stats64.

        Raises:
            OSError: there is no such socket here, or the kernel is older than 4.7.
        """
        self._follow()
        told = [
            (datagram[begin + INDEX.start : begin + INDEX.stop], datagram[begin + STATS.start : begin + STATS.stop])
            for kind, datagram, begin, end in self._asked.dump(RTM_GETSTATS, ALL_COUNTERS)
            if kind == RTM_NEWSTATS and end - begin >= STATS.stop
        ]
        links = self._links
        if any(index not in links for index, _counters in told):
            self._ask_all()
        return [(links[index], counters) for index, counters in told if index in links]

    def names(self) -> dict[int, str]:
        """Return the name of each interface by its number.

        Raises:
            OSError: there is no such socket here.
        """
        self._follow()
        return {int.from_bytes(index, sys.byteorder): link.name for index, link in self._links.items()}

    def close(self) -> None:
        """Close both sockets."""
        self._asked.close()
        self._news.close()

    def _follow(self) -> None:
        """Take the kernel's news of links, or ask for all of them where there is none or some was lost."""
        if not self._news.is_open:
            self._news.open()
            self._ask_all()
            return
        try:
            for kind, datagram, begin, end in self._news.news():
                if kind == RTM_NEWLINK:
                    self._note(datagram, begin, end)
                elif kind == RTM_DELLINK and datagram[begin] == socket.AF_UNSPEC:  # not only a port of a bridge
                    self._links.pop(datagram[begin + INDEX.start : begin + INDEX.stop], None)
        except OSError:
            self._news.open()
            self._ask_all()

    def _ask_all(self) -> None:
        self._links.clear()
        for kind, datagram, begin, end in self._asked.dump(RTM_GETLINK, ALL_LINKS):
            if kind == RTM_NEWLINK:
                self._note(datagram, begin, end)

    def _note(self, datagram: bytes, begin: int, end: int) -> None:
        """Note what a link is called."""
        index = datagram[begin + INDEX.start : begin + INDEX.stop]
        told = attributes(datagram, begin + LINK.size, end)
        if IFLA_IFNAME in told:
            self._links[index] = Link(_text(told[IFLA_IFNAME]), _text(told.get(IFLA_IFALIAS, b"")))


class Addresses:
    """The addresses of the interfaces in the network namespace that this process is in."""

    __slots__ = ("_asked", "_links")

    def __init__(self) -> None:
        self._asked = Netlink()
        self._links = Links()

    def read(self) -> list[Address]:
        """Return all addresses, of IPv4 and IPv6.

        Raises:
            OSError: there is no such socket here.
        """
        names = self._links.names()
        return [
            _address(names[index], family, bits, attributes(datagram, begin + ADDRESS.size, end))
            for family, bits, index, datagram, begin, end in self._told()
            if index in names
        ]

    def close(self) -> None:
        """Close the sockets."""
        self._asked.close()
        self._links.close()

    def _told(self) -> Iterator[tuple[int, int, int, bytes, int, int]]:
        for kind, datagram, begin, end in self._asked.dump(RTM_GETADDR, ADDRESS.pack(0, 0, 0, 0, 0)):
            family, bits, _flags, _scope, index = ADDRESS.unpack_from(datagram, begin)
            if kind == RTM_NEWADDR and family in {socket.AF_INET, socket.AF_INET6}:
                yield family, bits, index, datagram, begin, end


def _address(device: str, family: int, bits: int, told: dict[int, bytes]) -> Address:
    """Return an address; where a line has two ends, the near one is the local one."""
    import ipaddress  # noqa: PLC0415 - a megabyte that few ask for

    address = ipaddress.ip_address(socket.inet_ntop(family, told.get(IFA_LOCAL) or told[IFA_ADDRESS]))
    is_near = address.is_loopback or address.is_link_local
    return Address(device, str(address), str(bits), "link-local" if is_near else "global")


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode("utf-8", "surrogateescape")
