"""Interfaces that come, go and change their names, as the kernel would tell it."""

from __future__ import annotations

import errno
import socket
import struct
from typing import TYPE_CHECKING

from regiowacht_agent.links import (
    COUNTERS,
    IFLA_IFALIAS,
    IFLA_IFNAME,
    LINK,
    RTM_DELLINK,
    RTM_GETLINK,
    RTM_NEWLINK,
    RTM_NEWSTATS,
    Links,
)
from regiowacht_agent.netlink import ATTRIBUTE, Netlink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.netlink import Message


class Kernel(Netlink):
    """A kernel of the test's own, which answers questions and has news.

    Attributes:
        links: name of each interface by its number.
        lost: whether the next news is lost.
        asked: how often all links were asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[int, str] = {1: "lo", 2: "eth0"}
        self.pending: list[Message] = []
        self.lost = False
        self.asked = 0
        self.opened = False

    @property
    def is_open(self) -> bool:
        """Whether it was asked for news."""
        return self.opened

    def open(self) -> None:  # type: ignore[override]
        """Begin to keep news."""
        self.opened = True

    def close(self) -> None:
        """Forget it."""
        self.opened = False

    def dump(self, kind: int, payload: bytes) -> list[Message]:
        """Answer with all links, or the counters of all links: a thousand times their number and more."""
        del payload
        self.asked += kind == RTM_GETLINK
        return [_link(index, name) if kind == RTM_GETLINK else _counters(index) for index, name in self.links.items()]

    def news(self) -> Iterator[Message]:
        """Tell what changed, or that it was lost."""
        if self.lost:
            self.lost = False
            self.opened = False
            raise OSError(errno.ENOBUFS, "lost")
        told, self.pending = self.pending, []
        yield from told

    def rename(self, index: int, name: str) -> None:
        """Give an interface another name, or make it."""
        self.links[index] = name
        self.pending.append(_link(index, name))

    def remove(self, index: int) -> None:
        """Take an interface away."""
        self.pending.append(_link(index, self.links.pop(index), RTM_DELLINK))


def _link(index: int, name: str, kind: int = RTM_NEWLINK) -> Message:
    attributes = b""
    for number, text in ((IFLA_IFNAME, name), (IFLA_IFALIAS, f"to {name}")):
        value = text.encode() + b"\0"
        attributes += ATTRIBUTE.pack(4 + len(value), number) + value.ljust(len(value) + 3 & ~3, b"\0")
    data = LINK.pack(0, 1, index, 0, 0) + attributes
    return kind, data, 0, len(data)


def _counters(index: int) -> Message:
    head = struct.pack("=BxHII", 0, 0, index, 1) + ATTRIBUTE.pack(4 + COUNTERS.size, 1)
    data = head + COUNTERS.pack(*range(index * 1000, index * 1000 + 24))
    return RTM_NEWSTATS, data, 0, len(data)


def _read(links: Links) -> dict[str, int]:
    """Return the first counter of each interface by name."""
    return {link.name: COUNTERS.unpack(counters)[0] for link, counters in links.read()}


def test_names_are_asked_for_once() -> None:
    kernel = Kernel()
    links = Links(kernel, kernel)
    assert [_read(links) for _ in range(3)] == [{"lo": 1000, "eth0": 2000}] * 3
    assert kernel.asked == 1
    assert [link.alias for link, _counters in links.read()] == ["to lo", "to eth0"]


def test_counters_follow_an_interface_whose_name_another_one_takes() -> None:
    kernel = Kernel()
    kernel.links[3] = "eth1"
    links = Links(kernel, kernel)
    assert _read(links) == {"lo": 1000, "eth0": 2000, "eth1": 3000}
    for index, name in ((2, "swap"), (3, "eth0"), (2, "eth1")):
        kernel.rename(index, name)
    assert _read(links) == {"lo": 1000, "eth0": 3000, "eth1": 2000}
    assert kernel.asked == 1


def test_interfaces_that_come_and_go() -> None:
    kernel = Kernel()
    links = Links(kernel, kernel)
    _read(links)
    kernel.remove(2)
    kernel.rename(9, "wg0")
    assert _read(links) == {"lo": 1000, "wg0": 9000}
    assert links.names() == {1: "lo", 9: "wg0"}
    assert kernel.asked == 1


def test_a_port_that_leaves_its_bridge_is_still_an_interface() -> None:
    kernel = Kernel()
    links = Links(kernel, kernel)
    _read(links)
    kind, data, begin, end = _link(2, "eth0", RTM_DELLINK)
    kernel.pending.append((kind, bytes([socket.AF_BRIDGE]) + data[1:], begin, end))
    assert _read(links) == {"lo": 1000, "eth0": 2000}
    assert kernel.asked == 1


def test_news_that_was_lost_is_made_up_for() -> None:
    kernel = Kernel()
    links = Links(kernel, kernel)
    _read(links)
    kernel.links = {1: "lo", 2: "lan0", 7: "vpn0"}
    kernel.lost = True
    assert _read(links) == {"lo": 1000, "lan0": 2000, "vpn0": 7000}
    assert kernel.asked == 2


def test_an_interface_without_news_is_asked_for() -> None:
    kernel = Kernel()
    links = Links(kernel, kernel)
    _read(links)
    kernel.links[5] = "quiet0"
    assert _read(links) == {"lo": 1000, "eth0": 2000, "quiet0": 5000}
