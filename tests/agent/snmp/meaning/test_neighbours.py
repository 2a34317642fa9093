"""Neighbours as devices tell them, by LLDP, its newer MIB and CDP, on readings written by hand."""

from __future__ import annotations

import pytest

from regiowacht_agent.snmp.meaning.show import identifier
from tests.agent.snmp.meaning.readings import MIB2, Told, health, lay_out

LLDP, LLDP_PORTS = "1.0.8802.1.1.2.1.4.1.1", "1.0.8802.1.1.2.1.3.7.1"
V2, V2_PORTS = "1.3.111.2.802.1.1.13.1.4.1.1", "1.3.111.2.802.1.1.13.1.3.7.1"
LLDP_SELF, V2_SELF = "1.0.8802.1.1.2.1.3", "1.3.111.2.802.1.1.13.1.3"
CDP, CDP_NAME = "1.3.6.1.4.1.9.9.23.1.2.1.1", "1.3.6.1.4.1.9.9.23.1.1.1.1.6"
IF_DESCR, IF_NAME = f"{MIB2}.2.2.1.2", f"{MIB2}.31.1.1.1.1"
MAC = bytes.fromhex("02aabbccddee")
MAC_TEXT = "02:AA:BB:CC:DD:EE"

Edge = tuple[str, str, str, str]


def edges(told: dict[str, dict[str, Told]]) -> set[Edge]:
    """Return (local port, remote name, remote port, protocol) of every neighbour told, and nothing but those."""
    found: set[Edge] = set()
    for key in health(told):
        name, _, labels = key.rstrip("}").partition("{")
        assert name == "snmp_neighbor_info"
        local, remote, port, protocol = (label.partition("=")[2] for label in labels.split(","))
        found.add((local, remote, port, protocol))
    return found


def test_cdp_says_its_ports_by_the_name_that_there_is() -> None:
    found = edges(
        {
            f"{CDP}.6": {"1.1": "sw-1.town.example", "2.7": "sw-2(FOX0001A001)", "3.1": "SEP020000000001", "4.1": "x"},
            f"{CDP}.7": {"1.1": "GigabitEthernet0/1", "2.7": "2/1", "3.1": "Port 1", "4.1": ""},
            f"{CDP}.17": {"1.1": "sw-1", "3.1": ""},
            CDP_NAME: {"1": "GigabitEthernet1/0/1", "2": "FastEthernet2"},
            IF_NAME: {"1": "Gi1/0/1"},
            IF_DESCR: {"2": "second", "3": "third"},
        }
    )
    assert found == {
        ("Gi1/0/1", "sw-1", "GigabitEthernet0/1", "cdp"),
        ("FastEthernet2", "sw-2(FOX0001A001)", "2/1", "cdp"),
        ("third", "SEP020000000001", "Port 1", "cdp"),
        ("4", "x", "", "cdp"),
    }


def test_cdp_of_a_device_that_puts_octets_where_names_belong() -> None:
    found = edges({f"{CDP}.6": {"8.1": MAC}, f"{CDP}.7": {"8.1": MAC}})
    assert found == {("8", MAC_TEXT, MAC_TEXT, "cdp")}


def test_a_neighbour_that_both_protocols_tell_is_told_by_both() -> None:
    found = edges(
        {
            f"{CDP}.6": {"1.1": "core"},
            f"{CDP}.7": {"1.1": "Gi0/1"},
            IF_NAME: {"1": "Gi0/9"},
            f"{LLDP}.6": {"0.1.1": 5},
            f"{LLDP}.7": {"0.1.1": "Gi0/1"},
            f"{LLDP}.9": {"0.1.1": "core"},
            f"{LLDP_PORTS}.2": {"1": 5},
            f"{LLDP_PORTS}.3": {"1": "Gi0/9"},
        }
    )
    assert found == {("Gi0/9", "core", "Gi0/1", protocol) for protocol in ("cdp", "lldp")}


def v2(**changed: Told) -> dict[str, dict[str, Told]]:
    """Return one neighbour on interface 18 in the newer MIB; columns of it by ``c`` and their number."""
    columns: dict[str, Told] = {"c5": 4, "c6": MAC, "c7": 5, "c8": "Ethernet1", "c9": "to the hall", "c10": "core"}
    return {f"{V2}.{name[1:]}": {"0.18.1.1": one} for name, one in (columns | changed).items()}


@pytest.mark.parametrize(
    ("changed", "name", "port"),
    [
        ({}, "core", "Ethernet1"),
        ({"c10": ""}, MAC_TEXT, "Ethernet1"),
        ({"c10": "", "c5": 5, "c6": bytes([1, 192, 0, 2, 7])}, "192.0.2.7", "Ethernet1"),
        ({"c10": "", "c5": 7, "c6": "NWP(SSI138706KP)"}, "NWP(SSI138706KP)", "Ethernet1"),
        ({"c10": "", "c5": 6, "c6": "mgmt0"}, "mgmt0", "Ethernet1"),
        ({"c7": 3, "c8": MAC}, "core", MAC_TEXT),
        ({"c7": 7, "c8": "24"}, "core", "24"),
        ({"c7": 7, "c8": MAC}, "core", MAC_TEXT),
        ({"c8": ""}, "core", "to the hall"),
    ],
)
def test_the_newer_mib_of_lldp(changed: dict[str, Told], name: str, port: str) -> None:
    told = v2(**changed) | {f"{V2_PORTS}.2": {"18": 5}, f"{V2_PORTS}.3": {"18": "ethernet1/13"}}
    assert edges(told) == {("ethernet1/13", name, port, "lldp")}


def test_a_port_of_the_newer_mib_has_the_name_of_its_interface() -> None:
    told = v2() | {f"{V2_PORTS}.2": {"18": 3}, f"{V2_PORTS}.3": {"18": MAC}, IF_NAME: {"18": "Et13"}}
    assert edges(told) == {("Et13", "core", "Ethernet1", "lldp")}
    assert edges(v2()) == {("18", "core", "Ethernet1", "lldp")}


def test_a_device_that_has_both_mibs_of_lldp_tells_the_first() -> None:
    old: dict[str, dict[str, Told]] = {f"{LLDP}.7": {"0.3.1": "Et1"}, f"{LLDP}.9": {"0.3.1": "old"}}
    assert edges(v2() | old) == {("3", "old", "Et1", "lldp")}


@pytest.mark.parametrize(
    ("kind", "told", "text"),
    [(4, MAC, MAC_TEXT), (7, "hall A", "hall A"), (5, bytes([1, 192, 0, 2, 7]), "192.0.2.7"), (4, "", "")],
)
def test_a_device_says_what_it_names_itself_by(kind: int, told: Told, text: str) -> None:
    for root in (LLDP_SELF, V2_SELF):
        found = health({f"{root}.1": {"0": kind}, f"{root}.2": {"0": told}})
        assert found == {f"snmp_lldp_chassis_info{{chassis_id={text}}}": 1}
    both: dict[str, dict[str, Told]] = {
        f"{LLDP_SELF}.2": {"0": "old"},
        f"{V2_SELF}.1": {"0": kind},
        f"{V2_SELF}.2": {"0": told},
    }
    assert health(both) == {"snmp_lldp_chassis_info{chassis_id=old}": 1}


def test_the_same_neighbour_in_two_rows_is_told_once() -> None:
    rows = ("0.18.1.1", "0.18.2.1")
    told: dict[str, dict[str, Told]] = {f"{V2}.8": dict.fromkeys(rows, "24"), f"{V2}.10": dict.fromkeys(rows, "core")}
    told[f"{V2}.7"] = dict.fromkeys(rows, 7)
    layout = lay_out(told)
    assert [series.metric.name for series in layout.series] == ["snmp_neighbor_info"]
    assert not layout.troubles


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"sw-1", "sw-1"),
        (b"sw 1\r\n", "sw 1"),
        ("Loket één".encode(), "Loket één"),
        (b"sw-1\0\0", "sw-1"),
        (b"port-1", "port-1"),
        (MAC, MAC_TEXT),
        (bytes.fromhex("e9e8e7e6e5e4"), "E9:E8:E7:E6:E5:E4"),  # latin-1 has letters for all of them
        (bytes([1, 10, 0, 0, 1]), "10.0.0.1"),
        (bytes([2, 0x20, 1, 0xD, 0xB8]), "02:20:01:0D:B8"),
        (b"", ""),
    ],
)
def test_what_a_neighbour_names_itself_by(octets: bytes, text: str) -> None:
    assert identifier(octets) == text
