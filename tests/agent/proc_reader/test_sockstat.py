"""Sockets of a recorded host."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

SOCKSTAT = """sockets: used 300
TCP: inuse 5 orphan 1 tw 2 alloc 9 mem 3
UDP: inuse 4 mem 2
RAW: inuse 0
FRAG: inuse 6 memory 7
"""
SOCKSTAT6 = "TCP6: inuse 8\nFRAG6: inuse 0 memory 0\n"
PAGE = os.sysconf("SC_PAGE_SIZE")
WITHOUT_6 = f"""\
node_sockstat_FRAG_inuse 6
node_sockstat_FRAG_memory 7
node_sockstat_RAW_inuse 0
node_sockstat_TCP_alloc 9
node_sockstat_TCP_inuse 5
node_sockstat_TCP_mem 3
node_sockstat_TCP_mem_bytes {3 * PAGE}
node_sockstat_TCP_orphan 1
node_sockstat_TCP_tw 2
node_sockstat_UDP_inuse 4
node_sockstat_UDP_mem 2
node_sockstat_UDP_mem_bytes {2 * PAGE}
node_sockstat_sockets_used 300
"""


def test_sockets_and_their_memory(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"net/sockstat": SOCKSTAT, "net/sockstat6": SOCKSTAT6})
    told = host.exposition("sockstat", reader="proc")
    ours = [f"node_sockstat_{row}" for row in ("TCP6_inuse 8", "FRAG6_inuse 0", "FRAG6_memory 0")]
    assert sorted(told.splitlines()) == sorted([*WITHOUT_6.splitlines(), *ours])


def test_a_kernel_without_ipv6(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path, {"net/sockstat": SOCKSTAT}).exposition("sockstat", reader="proc") == WITHOUT_6


def test_ipv6_that_comes_while_the_agent_runs(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"net/sockstat": SOCKSTAT})
    reader = host.reader("sockstat", reader="proc")
    assert "TCP6" not in reader.families["sockstat"].read(reader.host).text()
    (tmp_path / "proc/net/sockstat6").write_text(SOCKSTAT6)
    (tmp_path / "proc/net/sockstat").write_text(SOCKSTAT.replace("inuse 5", "inuse 12345"))
    told = reader.families["sockstat"].read(reader.host).text()
    assert "node_sockstat_TCP6_inuse 8\n" in told
    assert "node_sockstat_TCP_inuse 12345\n" in told


def test_a_file_that_is_broken_once_is_told_again_when_it_is_whole(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path, {"net/sockstat": SOCKSTAT}).reader("sockstat", reader="proc"))
    whole = next(block.text() for block in readings.take())
    for broken in ("", "TCP:", "7 8 9\n", SOCKSTAT.replace("inuse 5", "inuse"), SOCKSTAT + SOCKSTAT, SOCKSTAT[:40]):
        (tmp_path / "proc/net/sockstat").write_text(broken)
        readings.take()
        (tmp_path / "proc/net/sockstat").write_text(SOCKSTAT)
        assert next(block.text() for block in readings.take()) == whole


def test_a_kernel_without_sockets_has_no_data(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path).reader("sockstat", reader="proc"))
    readings.take()
    assert readings.outcomes[0].state == "no-data"
