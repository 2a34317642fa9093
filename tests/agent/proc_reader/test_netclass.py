"""Network interfaces of a recorded host, and of this one beside psutil's answers."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.devices import ROUND
from regiowacht_agent.family import NoData
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost, samples

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ETH0 = {
    "addr_assign_type": "0",
    "address": "00:00:5e:00:53:01",
    "broadcast": "ff:ff:ff:ff:ff:ff",
    "carrier": "1",
    "carrier_changes": "5",
    "carrier_down_count": "2",
    "carrier_up_count": "3",
    "dev_id": "0x20",
    "dormant": "0",
    "duplex": "full",
    "flags": "0x1003",
    "ifalias": "naar het raadhuis",
    "ifindex": "2",
    "iflink": "2",
    "link_mode": "0",
    "mtu": "1500",
    "name_assign_type": "4",
    "netdev_group": "0",
    "operstate": "up",
    "speed": "1000",
    "tx_queue_len": "1000",
    "type": "1",
}
TOLD = """\
node_network_address_assign_type{device="eth0"} 0
node_network_carrier{device="eth0"} 1
node_network_carrier_changes_total{device="eth0"} 5
node_network_carrier_down_changes_total{device="eth0"} 2
node_network_carrier_up_changes_total{device="eth0"} 3
node_network_device_id{device="eth0"} 32
node_network_dormant{device="eth0"} 0
node_network_flags{device="eth0"} 4099
node_network_iface_id{device="eth0"} 2
node_network_iface_link{device="eth0"} 2
node_network_iface_link_mode{device="eth0"} 0
node_network_info{device="eth0",address="00:00:5e:00:53:01",broadcast="ff:ff:ff:ff:ff:ff",duplex="full",\
operstate="up",adminstate="up",ifalias="naar het raadhuis"} 1
node_network_mtu_bytes{device="eth0"} 1500
node_network_name_assign_type{device="eth0"} 4
node_network_net_dev_group{device="eth0"} 0
node_network_protocol_type{device="eth0"} 1
node_network_speed_bytes{device="eth0"} 125000000
node_network_transmit_queue_length{device="eth0"} 1000
node_network_up{device="eth0"} 1
"""


def _sys(**interfaces: Mapping[str, str]) -> dict[str, str]:
    return {
        f"class/net/{device}/{name}": f"{value}\n"
        for device, attributes in interfaces.items()
        for name, value in attributes.items()
    }


class Watched:
    """A host whose interfaces are read again and again."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.net = folder / "sys/class/net"
        self._reader = FakeHost(folder).reader("netclass", reader="proc", **settings)

    def told(self) -> str:
        """Return the exposition of one more reading, without comments."""
        text = self._reader.families["netclass"].read(self._reader.host).text()
        return "".join(row for row in text.splitlines(keepends=True) if not row.startswith("#"))

    def set(self, device: str, **attributes: str) -> None:
        """Write attributes of an interface."""
        for name, value in attributes.items():
            (self.net / device / name).write_text(f"{value}\n")


@pytest.fixture(name="watched")
def _watched(tmp_path: Path) -> Watched:
    FakeHost.write(tmp_path, sys=_sys(eth0=ETH0))
    return Watched(tmp_path)


def test_an_interface_is_told_as_node_exporter_tells_it(watched: Watched) -> None:
    assert watched.told() == TOLD


def test_what_changes_by_itself_is_new_at_the_next_reading(watched: Watched) -> None:
    watched.told()
    watched.set("eth0", operstate="down", carrier="0", carrier_changes="6", carrier_down_count="3", mtu="9000")
    told = watched.told()
    assert 'node_network_up{device="eth0"} 0' in told
    assert 'operstate="down"' in told
    assert 'node_network_carrier{device="eth0"} 0' in told, "read anew, since the number of changes grew"
    assert 'node_network_carrier_down_changes_total{device="eth0"} 3' in told
    assert 'node_network_mtu_bytes{device="eth0"} 9000' in told


def test_what_somebody_sets_is_told_within_one_round(watched: Watched) -> None:
    watched.told()
    watched.set("eth0", ifalias="reserve", tx_queue_len="99")
    told = [watched.told() for _ in range(ROUND)][-1]
    assert 'ifalias="reserve"' in told
    assert 'node_network_transmit_queue_length{device="eth0"} 99' in told


def test_a_renamed_interface_does_not_tell_the_old_ones_values(tmp_path: Path) -> None:
    FakeHost.write(tmp_path, sys=_sys(eth0=ETH0, eth1={**ETH0, "mtu": "9000", "ifindex": "3"}))
    watched = Watched(tmp_path)
    watched.told()
    (watched.net / "eth0").rename(watched.net / "other")
    (watched.net / "eth1").rename(watched.net / "eth0")
    (watched.net / "other").rename(watched.net / "eth1")
    told = watched.told()
    assert 'node_network_mtu_bytes{device="eth0"} 9000' in told
    assert 'node_network_iface_id{device="eth0"} 3' in told
    assert 'node_network_mtu_bytes{device="eth1"} 1500' in told
    assert 'node_network_iface_id{device="eth1"} 2' in told


def test_interfaces_come_and_go(watched: Watched) -> None:
    watched.told()
    (watched.net / "tap0").mkdir()
    watched.set("tap0", operstate="unknown", flags="0x1002")
    told = watched.told()
    assert TOLD.splitlines()[0] in told
    assert (
        'node_network_info{device="tap0",address="",broadcast="",duplex="",operstate="unknown",adminstate="down",'
        'ifalias=""} 1\n' in told
    )
    shutil.rmtree(watched.net / "tap0")
    assert watched.told() == TOLD
    (watched.net / "tap1").mkdir()
    assert watched.told() == TOLD, "it went away between listing and reading"


def test_other_files_of_the_folder_are_no_interfaces(watched: Watched) -> None:
    (watched.net / "bonding_masters").write_text("bond0\n")
    assert watched.told() == TOLD


@pytest.mark.parametrize("speed", ["-1", "4294967295x", ""])
def test_an_unknown_speed_can_be_left_out(tmp_path: Path, speed: str) -> None:
    FakeHost.write(tmp_path, sys=_sys(eth0={**ETH0, "speed": speed}))
    told = Watched(tmp_path).told()
    assert ("node_network_speed_bytes" in told) == (speed == "-1")
    assert 'node_network_speed_bytes{device="eth0"} -125000' in told or speed != "-1"
    assert "speed" not in Watched(tmp_path, **{"netclass.ignore_invalid_speed": True}).told()


def test_a_speed_is_read_each_time_once_there_is_one_and_looked_for_when_something_else_changes(tmp_path: Path) -> None:
    mute = {name: value for name, value in ETH0.items() if name != "speed"}
    FakeHost.write(tmp_path, sys=_sys(eth0=mute, eth1=ETH0))
    watched = Watched(tmp_path)
    for _ in range(2):
        assert 'speed_bytes{device="eth0"}' not in watched.told()
    watched.set("eth0", flags="0x1103", speed="10")
    assert 'node_network_speed_bytes{device="eth0"} 1250000\n' in watched.told()
    for speed in (100, 1000):
        watched.set("eth0", speed=str(speed))
        told = watched.told()
        assert f'node_network_speed_bytes{{device="eth0"}} {speed * 125_000}\n' in told
        assert 'node_network_speed_bytes{device="eth1"} 125000000\n' in told
    (watched.net / "eth0/speed").unlink()
    watched.set("eth0", flags="0x1002")
    assert [watched.told() for _ in range(2)][-1].count("speed_bytes") == 1
    watched.set("eth0", speed="10")
    assert [watched.told() for _ in range(ROUND)][-1].count("speed_bytes") == 2


def test_interfaces_can_be_ignored(tmp_path: Path) -> None:
    FakeHost.write(tmp_path, sys=_sys(eth0=ETH0, veth1=ETH0))
    assert Watched(tmp_path, **{"netclass.ignored_devices": "^veth"}).told() == TOLD


def test_odd_names_and_texts_do_no_harm(tmp_path: Path) -> None:
    FakeHost.write(tmp_path, sys=_sys(**{'e"t\\h é': {**ETH0, "ifalias": 'zaal "boven" \\ é', "flags": "much"}}))
    (tmp_path / 'sys/class/net/e"t\\h é/address').write_bytes(b"\xff\n")
    told = Watched(tmp_path).told()
    assert 'device="e\\"t\\\\h é",address="\ufffd"' in told
    assert 'adminstate="unknown",ifalias="zaal \\"boven\\" \\\\ é"' in told
    assert "node_network_flags" not in told


def test_a_kernel_without_network_has_no_data_and_one_without_interfaces_nothing_to_tell(tmp_path: Path) -> None:
    FakeHost.write(tmp_path)
    watched = Watched(tmp_path)
    with pytest.raises(NoData):
        watched.told()
    (tmp_path / "sys/class/net").mkdir(parents=True)
    assert watched.told() == ""


def test_sixty_interfaces_keep_within_the_descriptors_there_are(tmp_path: Path) -> None:
    FakeHost.write(tmp_path, sys=_sys(**{f"eth{number}": ETH0 for number in range(60)}))
    reader = FakeHost(tmp_path).reader("netclass", reader="proc")
    reader.host.files.open_max = 100
    told = [reader.families["netclass"].read(reader.host).text() for _ in range(2 * ROUND)]
    assert set(told) == {told[0]}
    assert told[0].count('"eth59"') == len(TOLD.splitlines())
    assert len(reader.host.files) == 100
    reader.host.files.close()


def test_here_it_says_what_the_psutil_reader_says() -> None:
    readings = {}
    for name in ("proc", "psutil"):
        reader = open_reader(load(None, {"reader": name, "disable_defaults": True, "families.netclass": True}))
        told = samples(Readings(reader).take())
        readings[name] = {(one.metric.name, one.labels): one.value for one in told if "_scrape_" not in one.metric.name}
        reader.host.files.close()
    assert readings["psutil"].items() <= readings["proc"].items()
