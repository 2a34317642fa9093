"""Traffic of a recorded host, and of this machine by both ways."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent import links
from regiowacht_agent.block import render
from regiowacht_agent.config_file import load
from regiowacht_agent.links import Link
from regiowacht_agent.proc_reader.netdev import DETAILS, FIELDS, Netdev
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost, samples

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.reader import Reader

HEAD = "Inter-|   Receive  |  Transmit\n face |bytes|bytes\n"
COUNTERS = tuple(range(100, 124))
"""One of a kind for each of the kernel's 24 counters."""

BY_HAND = {
    "receive_bytes": 102,
    "receive_packets": 100,
    "receive_errs": 104,
    "receive_drop": 106 + 115,
    "receive_fifo": 114,
    "receive_frame": 110 + 111 + 112 + 113,
    "receive_compressed": 121,
    "receive_multicast": 108,
    "transmit_bytes": 103,
    "transmit_packets": 101,
    "transmit_errs": 105,
    "transmit_drop": 107,
    "transmit_fifo": 118,
    "transmit_colls": 109,
    "transmit_carrier": 117 + 116 + 119 + 120,
    "transmit_compressed": 122,
    "receive_nohandler": 123,
}
"""What the kernel makes of them in /proc/net/dev (net/core/net-procfs.c)."""


class Socket:
    """What a kernel tells of one interface, or why it does not."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.counters = COUNTERS

    def read(self) -> list[tuple[Link, bytes]]:
        """Return the counters of eth0."""
        if self.refused:
            raise OSError(self.refused)
        return [(Link("eth0", "to the switch"), links.COUNTERS.pack(*self.counters))]


def _reader(folder: Path, told: Socket, **more: object) -> Reader:
    reader = FakeHost.write(folder).reader("netdev", reader="proc", **{"netdev.netlink": True, **more})
    family = reader.families["netdev"]
    assert isinstance(family, Netdev)
    family._links = told  # type: ignore[assignment]
    return reader


def _told(reader: Reader) -> dict[tuple[str, tuple[str, ...]], float]:
    readings = Readings(reader)
    told = samples(readings.take())
    assert [outcome.state for outcome in readings.outcomes] == ["ok"]
    return {(one.metric.name, one.labels): one.value for one in told if one.metric.family == "netdev"}


def test_the_sockets_counters_are_summed_up_as_the_kernels_own_file_does(tmp_path: Path) -> None:
    assert _told(_reader(tmp_path, Socket())) == {
        (f"node_network_{field}_total", ("eth0",)): value for field, value in BY_HAND.items()
    }


def test_counters_that_did_not_move_are_told_again_and_those_that_did_are_new(tmp_path: Path) -> None:
    told = Socket()
    reader = _reader(tmp_path, told)
    assert _told(reader) == _told(reader)
    told.counters = (*COUNTERS[:2], 2**64 - 1, *COUNTERS[3:])
    assert (
        f'node_network_receive_bytes_total{{device="eth0"}} {2**64 - 1}\n' in render(Readings(reader).take()).decode()
    )
    told.counters = COUNTERS
    assert _told(reader)["node_network_receive_bytes_total", ("eth0",)] == 102


def test_details_are_every_counter_apart(tmp_path: Path) -> None:
    told = _told(_reader(tmp_path, Socket(), **{"netdev.enable_detailed_metrics": True}))
    names = [f"node_network_{field}_total" for field in DETAILS]
    assert told == {(name, ("eth0",)): value for name, value in zip(names, COUNTERS, strict=True)}


def test_the_description_of_an_interface_can_stand_beside_its_traffic(tmp_path: Path) -> None:
    told = _told(_reader(tmp_path, Socket(), **{"netdev.label_ifalias": True}))
    assert {labels for _name, labels in told} == {("eth0", "to the switch")}
    sys: dict[str, str | None] = {"class/net/eno1/ifalias": "the other one\n"}
    host = FakeHost.write(tmp_path, sys=sys)
    text = host.exposition("netdev", reader="proc", **{"netdev.label_ifalias": True})
    assert 'node_network_transmit_errs_total{device="eno1",ifalias="the other one"} 7\n' in text
    assert 'node_network_transmit_errs_total{device="lo",ifalias=""} 0\n' in text


def test_without_a_socket_the_file_is_read(tmp_path: Path) -> None:
    told = _told(_reader(tmp_path, Socket("Address family not supported by protocol")))
    assert told["node_network_receive_bytes_total", ("eno1",)] == 5_000_000_000
    assert {name for name, _labels in told} == {f"node_network_{field}_total" for field in FIELDS}


def test_without_a_socket_there_are_no_details(tmp_path: Path) -> None:
    readings = Readings(_reader(tmp_path, Socket("no such thing"), **{"netdev.enable_detailed_metrics": True}))
    readings.take()
    assert [(one.state, one.reason) for one in readings.outcomes] == [("failed", "OSError: no such thing")]


def test_both_readers_agree(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path)
    told = set(host.exposition("netdev", reader="proc").splitlines())
    assert set(host.exposition("netdev").splitlines()) <= told


@pytest.mark.parametrize("name", ["eth0.100", "wg-gemeente", "br:1", "ünï"])
def test_names_of_interfaces(tmp_path: Path, name: str) -> None:
    row = f"{name}:{' 7' * 16}\n"
    told = FakeHost.write(tmp_path, {"net/dev": HEAD + row}).exposition("netdev", reader="proc")
    assert f'node_network_receive_bytes_total{{device="{name}"}} 7\n' in told
    assert told.count("\n") == 16


def test_a_line_that_is_cut_off_or_told_twice_costs_only_itself(tmp_path: Path) -> None:
    text = f"{HEAD}eth0: 1 2 3\nlo:{' 6' * 16}\nlo:{' 7' * 16}\nno colon\n"
    told = FakeHost.write(tmp_path, {"net/dev": text}).exposition("netdev", reader="proc")
    assert told.count("\n") == 16
    assert "eth0" not in told


def test_a_machine_without_interfaces_has_no_data(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path, {"net/dev": HEAD}).reader("netdev", reader="proc"))
    readings.take()
    assert readings.outcomes[0].state == "no-data"


def _here(**more: object) -> dict[tuple[str, tuple[str, ...]], float]:
    return _told(open_reader(load(None, {"reader": "proc", "disable_defaults": True, "families.netdev": True, **more})))


def test_on_this_machine_the_socket_lies_between_two_readings_of_the_file() -> None:
    before = _here(**{"netdev.netlink": False})
    now = _here()
    after = _here(**{"netdev.netlink": False})
    compared = before.keys() & now.keys() & after.keys()
    assert ("node_network_receive_bytes_total", ("lo",)) in compared
    assert [key for key in compared if not before[key] <= now[key] <= after[key]] == []
    assert {labels[0] for name, labels in now if "nohandler" in name} >= {labels[0] for _name, labels in before}


def test_addresses_are_told_when_asked_for() -> None:
    told = _here(**{"netdev.address_info": True})
    assert told["node_network_address_info", ("lo", "127.0.0.1", "8", "link-local")] == 1
    assert {labels[0] for _name, labels in told} >= {name for _index, name in socket.if_nameindex()}
    assert not any("address" in name for name, _labels in _here())
