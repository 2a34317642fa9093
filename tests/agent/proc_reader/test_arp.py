"""Neighbours of a recorded host, and this machine's by both ways."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from regiowacht_agent.config_file import load
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "IP address       HW type     Flags       HW address            Mask     Device\n"


def _table(*devices: str) -> str:
    rows = (
        f"10.0.{at // 250}.{at % 250 + 1}        0x1         0x2         02:00:00:00:00:01     *        {device}\n"
        for at, device in enumerate(devices)
    )
    return HEAD + "".join(rows)


def test_neighbours_are_counted_by_interface_in_a_table_of_many_pages(tmp_path: Path) -> None:
    table = _table(*["eth0"] * 101, *["br-lan"] * 150)
    assert len(table) > 4 * 4096
    told = FakeHost.write(tmp_path, {"net/arp": table}).exposition("arp", reader="proc")
    assert told == 'node_arp_entries{device="eth0"} 101\nnode_arp_entries{device="br-lan"} 150\n'


def test_interfaces_can_be_left_out_or_chosen(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"net/arp": _table("eth0", "eth1", "veth0")})
    told = host.exposition("arp", reader="proc", **{"arp.device_exclude": "^veth"})
    assert told == 'node_arp_entries{device="eth0"} 1\nnode_arp_entries{device="eth1"} 1\n'
    told = host.exposition("arp", reader="proc", **{"arp.device_include": "1$"})
    assert told == 'node_arp_entries{device="eth1"} 1\n'


def test_no_neighbours_is_nothing_and_no_table_is_no_data(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"net/arp": HEAD})
    readings = Readings(host.reader("arp", reader="proc"))
    readings.take()
    assert (readings.outcomes[0].state, readings.outcomes[0].samples) == ("ok", 0)
    (tmp_path / "proc/net/arp").unlink()
    readings = Readings(host.reader("arp", reader="proc"))
    readings.take()
    assert readings.outcomes[0].state == "no-data"


def _here(netlink: bool) -> dict[tuple[str, ...], float]:
    on = {"reader": "proc", "disable_defaults": True, "families.arp": True, "arp.netlink": netlink}
    reader = open_reader(load(None, on))
    return {labels: value for _metric, labels, value in reader.families["arp"].read(reader.host).samples()}


def test_the_kernel_answers_what_its_file_says() -> None:
    deadline = time.monotonic() + 60
    while True:  # neighbours come and go
        before, asked, after = _here(netlink=False), _here(netlink=True), _here(netlink=False)
        if before == after:
            break
        assert time.monotonic() < deadline
    assert asked == before
