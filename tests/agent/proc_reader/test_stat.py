"""The kernel's own counters of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.agent.fake_host import PROC, FakeHost

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED = """\
node_boot_time_seconds 1700000000
node_context_switches_total 654321
node_forks_total 4242
node_intr_total 123456
node_procs_blocked 0
node_procs_running 2
"""


def test_counters_are_told_as_the_kernel_writes_them(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path).exposition("stat", reader="proc") == EXPECTED


def test_softirqs_come_when_asked_for_as_many_as_the_kernel_has(tmp_path: Path) -> None:
    told = FakeHost.write(tmp_path).exposition("stat", reader="proc", **{"stat.softirq": True})
    assert [row for row in told.splitlines() if "softirq" in row] == [
        'node_softirqs_total{vector="hi"} 1',
        'node_softirqs_total{vector="timer"} 2',
        'node_softirqs_total{vector="net_tx"} 3',
    ]


@pytest.mark.parametrize("word", ["btime", "ctxt", "intr", "processes", "procs_blocked"])
def test_a_line_that_is_not_there_costs_only_itself(tmp_path: Path, word: str) -> None:
    rows = [row for row in PROC["stat"].splitlines(keepends=True) if not row.startswith(word)]
    told = FakeHost.write(tmp_path, {"stat": "".join(rows)}).exposition("stat", reader="proc")
    assert len(told.splitlines()) == 5
    assert set(told.splitlines()) < set(EXPECTED.splitlines())


def test_a_line_of_a_word_alone_does_no_harm(tmp_path: Path) -> None:
    told = FakeHost.write(tmp_path, {"stat": "cpu0 1\nintr 5 \nctxt\n\nbtime 7\n"}).exposition("stat", reader="proc")
    assert told == "node_boot_time_seconds 7\nnode_intr_total 5\n"


def test_a_counter_that_goes_backwards_is_passed_on(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path).reader("stat", reader="proc")
    reader.families["stat"].read(reader.host)
    (tmp_path / "proc/stat").write_text(PROC["stat"].replace("ctxt 654321", "ctxt 3"))
    assert "\nnode_context_switches_total 3\n" in reader.families["stat"].read(reader.host).text()
