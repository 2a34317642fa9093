"""Counters of the scheduler of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

SCHEDSTAT = """\
version 15
timestamp 4294967295
cpu0 1 0 3 4 5 6 2045936778163039 343796328169361 4767485306
domain0 00000000,00000003 1 2 3 4 5 6 7 8 9
cpu12 1 0 3 4 5 6 0 1 2
"""


def test_times_are_in_seconds_and_turns_are_counted(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path, {"schedstat": SCHEDSTAT}).exposition("schedstat", reader="proc") == (
        'node_schedstat_running_seconds_total{cpu="0"} 2045936.778163039\n'
        'node_schedstat_running_seconds_total{cpu="12"} 0.0\n'
        'node_schedstat_timeslices_total{cpu="0"} 4767485306\n'
        'node_schedstat_timeslices_total{cpu="12"} 2\n'
        'node_schedstat_waiting_seconds_total{cpu="0"} 343796.328169361\n'
        'node_schedstat_waiting_seconds_total{cpu="12"} 1e-09\n'
    )


def test_a_kernel_that_keeps_none_is_no_failure(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path).reader("schedstat", reader="proc"))
    readings.take()
    assert [outcome.state for outcome in readings.outcomes] == ["no-data"]
