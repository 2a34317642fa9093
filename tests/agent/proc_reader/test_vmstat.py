"""Virtual memory of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

VMSTAT = "nr_free_pages 1\npgpgin 5\npswpin 12\npgfault 3\noom_kill 2\noom_kill_new 1\n"


def test_wanted_fields_are_told_untyped(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"vmstat": VMSTAT})
    assert host.exposition("vmstat", reader="proc") == (
        "node_vmstat_oom_kill 2\nnode_vmstat_oom_kill_new 1\nnode_vmstat_pgfault 3\nnode_vmstat_pgpgin 5\n"
        "node_vmstat_pswpin 12\n"
    )


def test_other_fields_can_be_asked_for(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"vmstat": VMSTAT})
    told = host.exposition("vmstat", reader="proc", **{"vmstat.fields": "^nr_free"})
    assert told == "node_vmstat_nr_free_pages 1\n"


def test_the_layout_stays_while_numbers_grow(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"vmstat": VMSTAT})
    reader = host.reader("vmstat", reader="proc")
    before = reader.families["vmstat"].read(reader.host).layout
    (tmp_path / "proc/vmstat").write_text(VMSTAT.replace(" 3\n", " 4000000000\n"))
    block = reader.families["vmstat"].read(reader.host)
    assert block.layout is before
    assert "node_vmstat_pgfault 4000000000\n" in block.text()


def test_a_kernel_that_learns_a_field_is_followed(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"vmstat": VMSTAT})
    reader = host.reader("vmstat", reader="proc")
    before = reader.families["vmstat"].read(reader.host).text()
    (tmp_path / "proc/vmstat").write_text("pswpout 9\n" + VMSTAT)
    after = reader.families["vmstat"].read(reader.host).text()
    assert "node_vmstat_pswpout 9\n" in after
    assert after.replace("node_vmstat_pswpout 9\n", "").count("\n") == before.count("\n") + 2  # its help and type
