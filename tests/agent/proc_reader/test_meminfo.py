"""Memory of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost, samples

if TYPE_CHECKING:
    from pathlib import Path

MEMINFO = """MemTotal:       16000000 kB
Active(anon):     200000 kB
HugePages_Total:       3
Hugepagesize:       2048 kB
DirectMap1G:    15728640 kB
NewField:              7 kB
"""


def test_sizes_are_bytes_and_pages_are_counted(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path, {"meminfo": MEMINFO}).exposition("meminfo", reader="proc") == (
        "node_memory_Active_anon_bytes 204800000\n"
        "node_memory_DirectMap1G_bytes 16106127360\n"
        "node_memory_HugePages_Total 3\n"
        "node_memory_Hugepagesize_bytes 2097152\n"
        "node_memory_MemTotal_bytes 16384000000\n"
        "node_memory_NewField_bytes 7168\n"
    )


def test_a_kernel_that_learns_a_field_is_followed(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"meminfo": MEMINFO})
    reader = host.reader("meminfo", reader="proc")
    reader.families["meminfo"].read(reader.host)
    (tmp_path / "proc/meminfo").write_text("Zswap: 1 kB\nHugePages_Free: 2\nMemTotal: 5 kB\n")
    told = {sample.metric.name: sample.value for sample in samples([reader.families["meminfo"].read(reader.host)])}
    assert told == {
        "node_memory_Zswap_bytes": 1024,
        "node_memory_HugePages_Free": 2,
        "node_memory_MemTotal_bytes": 5120,
    }


def test_the_layout_stays_while_numbers_get_more_digits(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"meminfo": "MemFree:     7 kB\nHugePages_Free:       9\n"})
    reader = host.reader("meminfo", reader="proc")
    before = reader.families["meminfo"].read(reader.host).layout
    (tmp_path / "proc/meminfo").write_text("MemFree:  1000 kB\nHugePages_Free:      10\n")
    block = reader.families["meminfo"].read(reader.host)
    assert block.layout is before
    assert list(block.values) == [1_024_000, 10]


def test_a_name_that_no_metric_can_have_does_no_harm(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"meminfo": 'New-Field{x="y"}: 7 kB\nÜber: 1\n'})
    told = host.exposition("meminfo", reader="proc")
    assert told == "node_memory_New_Field_x__y___bytes 7168\nnode_memory__ber 1\n"


@pytest.mark.parametrize("bad", ["MemTotal:\nMemFree: 1 kB\n", "MemTotal: much kB\n"])
def test_what_is_no_field_fails_with_its_reason(tmp_path: Path, bad: str) -> None:
    readings = Readings(FakeHost.write(tmp_path, {"meminfo": bad}).reader("meminfo", reader="proc"))
    readings.take()
    assert readings.outcomes[0].state == "failed"
    assert "ValueError" in readings.outcomes[0].reason


def test_both_readers_agree(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path)
    told = set(host.exposition("meminfo", reader="proc").splitlines())
    assert set(host.exposition("meminfo").splitlines()) <= told
