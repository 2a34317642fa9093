"""Connections followed by a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

TABLE = {"sys/net/netfilter/nf_conntrack_count": "123\n", "sys/net/netfilter/nf_conntrack_max": "65536\n"}
OLD = """entries  searched found new invalid ignore delete delete_list insert insert_failed drop early_drop icmp_error \
 expect_new expect_create expect_delete search_restart
00000021  00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008 00000009 0000000a 0000000b 0000000c \
 0000000d 0000000e 0000000f 00000010
00000021  00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008 00000009 0000000a 0000000b 0000000c \
 0000000d 0000000e 0000000f 00000010
"""
WITHOUT_STATISTICS = "node_nf_conntrack_entries 123\nnode_nf_conntrack_entries_limit 65536\n"


def test_statistics_are_sums_over_the_processors(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, TABLE | {"net/stat/nf_conntrack": OLD})
    assert host.exposition("conntrack", reader="proc") == WITHOUT_STATISTICS + (
        "node_nf_conntrack_stat_drop 20\n"
        "node_nf_conntrack_stat_early_drop 22\n"
        "node_nf_conntrack_stat_found 4\n"
        "node_nf_conntrack_stat_ignore 10\n"
        "node_nf_conntrack_stat_insert 16\n"
        "node_nf_conntrack_stat_insert_failed 18\n"
        "node_nf_conntrack_stat_invalid 8\n"
        "node_nf_conntrack_stat_search_restart 32\n"
    )


def test_a_column_that_the_kernel_dropped_is_0_and_the_others_keep_their_places(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, TABLE | {"net/stat/nf_conntrack": "entries found drop\n000001 0000a 0000b\n"})
    told = host.exposition("conntrack", reader="proc")
    assert "node_nf_conntrack_stat_found 10\n" in told
    assert "node_nf_conntrack_stat_drop 11\n" in told
    assert "node_nf_conntrack_stat_ignore 0\n" in told


def test_a_kernel_without_statistics_tells_the_table(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path, TABLE).exposition("conntrack", reader="proc") == WITHOUT_STATISTICS


def test_a_host_without_a_firewall_has_no_data(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path).reader("conntrack", reader="proc"))
    readings.take()
    assert readings.outcomes[0].state == "no-data"
