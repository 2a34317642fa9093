"""Questions to this machine's own kernel."""

from __future__ import annotations

import errno
import socket
import struct

import pytest

from regiowacht_agent.links import ALL_LINKS, COUNTERS, IFLA_IFNAME, LINK, RTM_GETLINK, RTMGRP_LINK, Addresses, Links
from regiowacht_agent.netlink import ATTRIBUTE, DUMP, HEAD, Netlink, attributes


def _names(netlink: Netlink) -> set[str]:
    told = netlink.dump(RTM_GETLINK, ALL_LINKS)
    found = [attributes(datagram, begin + LINK.size, end) for _kind, datagram, begin, end in told]
    return {one[IFLA_IFNAME].rstrip(b"\0").decode() for one in found}


def test_a_list_is_answered_whole_and_again() -> None:
    netlink = Netlink()
    here = {name for _index, name in socket.if_nameindex()}
    assert _names(netlink) == _names(netlink) == here
    netlink.close()


def test_an_answer_to_an_earlier_question_is_passed_over() -> None:
    netlink = Netlink()
    refused = HEAD.pack(HEAD.size + len(ALL_LINKS), 0xFFF2, DUMP, 77, 0) + ALL_LINKS
    netlink.open().send(refused)
    assert "lo" in _names(netlink)
    netlink.close()


def test_a_question_that_the_kernel_does_not_know_is_refused_and_the_next_one_answered() -> None:
    netlink = Netlink()
    with pytest.raises(OSError, match=r".") as refused:
        list(netlink.dump(0xFFF2, ALL_LINKS))
    assert refused.value.errno in {errno.EOPNOTSUPP, errno.EINVAL}
    assert _names(netlink) >= {"lo"}
    netlink.close()


def test_no_news_is_nothing() -> None:
    netlink = Netlink(RTMGRP_LINK)
    states = [netlink.is_open]
    assert list(netlink.news()) == []
    states.append(netlink.is_open)
    assert states == [False, True]
    netlink.close()


def test_news_may_have_the_number_of_whoever_made_the_change() -> None:
    here, kernel = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    here.setblocking(False)
    netlink = Netlink(RTMGRP_LINK)
    netlink._socket = here
    for number in (0, 4711):
        kernel.send(HEAD.pack(HEAD.size + 4, 16, 0, number, 99) + b"news")
    assert [datagram[begin:end] for _kind, datagram, begin, end in netlink.news()] == [b"news"] * 2
    netlink.close()
    kernel.close()


def test_attributes_are_read_by_their_lengths_and_a_broken_one_ends_them() -> None:
    first = ATTRIBUTE.pack(7, 1) + b"abc\0"
    second = ATTRIBUTE.pack(8, 0x8000 | 2) + struct.pack("=I", 5)
    broken = ATTRIBUTE.pack(1, 3) + b"x"
    data = first + second + broken
    assert attributes(data, 0, len(data)) == {1: b"abc", 2: struct.pack("=I", 5)}
    assert attributes(data, 0, 2) == {}


def test_every_interface_of_this_machine_has_its_counters() -> None:
    links = Links()
    told = {link.name: counters for link, counters in links.read()}
    assert set(told) == {name for _index, name in socket.if_nameindex()}
    assert {len(COUNTERS.unpack(counters)) for counters in told.values()} == {24}
    links.close()


def test_the_loopback_has_its_addresses() -> None:
    addresses = Addresses()
    told = {tuple(one)[1:] for one in addresses.read() if one.device == "lo"}
    assert ("127.0.0.1", "8", "link-local") in told
    addresses.close()
