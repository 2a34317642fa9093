"""Counters of protocols of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

NETSTAT = """TcpExt: SyncookiesSent Other ListenDrops
TcpExt: 1 2 3
IpExt: InNoRoutes InOctets OutOctets
IpExt: 4 5 18446744073709551615
MPTcpExt: MPCapableSYNRX
MPTcpExt: 0
"""
SNMP = """Ip: Forwarding DefaultTTL
Ip: 2 64
Tcp: RtoAlgorithm MaxConn CurrEstab InErrs
Tcp: 1 -1 9 0
Udp: InDatagrams InErrors
Udp: 10 11
"""
SNMP6 = """Ip6InReceives                   \t7
Ip6InOctets                     \t8
Icmp6OutType133                 \t6
Icmp6InMsgs                     \t12
UdpLite6InErrors                \t13
Other                           \t1
"""
FILES: dict[str, str | None] = {"net/netstat": NETSTAT, "net/snmp": SNMP, "net/snmp6": SNMP6}
WITHOUT_6 = """\
node_netstat_IpExt_InOctets 5
node_netstat_IpExt_OutOctets 18446744073709551615
node_netstat_Ip_Forwarding 2
node_netstat_TcpExt_ListenDrops 3
node_netstat_TcpExt_SyncookiesSent 1
node_netstat_Tcp_CurrEstab 9
node_netstat_Tcp_InErrs 0
node_netstat_Tcp_MaxConn -1
node_netstat_Udp_InDatagrams 10
node_netstat_Udp_InErrors 11
"""


def test_wanted_fields_are_told_as_the_kernel_writes_them(tmp_path: Path) -> None:
    told = FakeHost.write(tmp_path, FILES).exposition("netstat", reader="proc")
    ours = ["Ip6_InOctets 8", "Icmp6_InMsgs 12", "UdpLite6_InErrors 13"]
    assert sorted(told.splitlines()) == sorted([*WITHOUT_6.splitlines(), *(f"node_netstat_{row}" for row in ours)])


def test_a_kernel_without_ipv6(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path, FILES | {"net/snmp6": None}).exposition("netstat", reader="proc") == WITHOUT_6


def test_other_fields_can_be_asked_for(tmp_path: Path) -> None:
    told = FakeHost.write(tmp_path, FILES).exposition(
        "netstat", reader="proc", **{"netstat.fields": "^(Tcp_Max|Ip6_InRec)"}
    )
    assert told == "node_netstat_Ip6_InReceives 7\nnode_netstat_Tcp_MaxConn -1\n"


def test_the_layout_stays_while_numbers_grow(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, FILES)
    reader = host.reader("netstat", reader="proc")
    before = reader.families["netstat"].read(reader.host).layout
    (tmp_path / "proc/net/snmp").write_text(SNMP.replace("Tcp: 1 -1 9 0", "Tcp: 1 -1 9 4000000000"))
    (tmp_path / "proc/net/snmp6").write_text(SNMP6.replace("\t8", "\t900"))
    block = reader.families["netstat"].read(reader.host)
    assert block.layout is before
    assert "node_netstat_Tcp_InErrs 4000000000\n" in block.text()
    assert "node_netstat_Ip6_InOctets 900\n" in block.text()


def test_a_kernel_that_learns_a_protocol_is_followed(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, FILES).reader("netstat", reader="proc")
    reader.families["netstat"].read(reader.host)
    (tmp_path / "proc/net/snmp").write_text("UdpLite: InErrors\nUdpLite: 99\n" + SNMP.replace("10 11", "12 13"))
    told = reader.families["netstat"].read(reader.host).text()
    assert "node_netstat_UdpLite_InErrors 99\n" in told
    assert "node_netstat_Udp_InErrors 13\n" in told


def test_a_host_without_these_files_has_no_data(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path).reader("netstat", reader="proc"))
    readings.take()
    assert readings.outcomes[0].state == "no-data"


@pytest.mark.parametrize("bad", ["Udp: InErrors\nUdp: 1 2\n", "Udp: InErrors\n"])
def test_values_that_do_not_fit_their_names_fail_with_a_reason(tmp_path: Path, bad: str) -> None:
    readings = Readings(FakeHost.write(tmp_path, FILES | {"net/snmp": bad}).reader("netstat", reader="proc"))
    readings.take()
    assert readings.outcomes[0].state == "failed"
    assert readings.outcomes[0].samples == 0
