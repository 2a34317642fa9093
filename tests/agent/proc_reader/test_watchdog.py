"""Watchdogs of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "class/watchdog/watchdog0"
SYS = {
    f"{FOLDER}/{name}": f"{value}\n"
    for name, value in {
        "access_cs0": 0, "bootstatus": 1, "fw_version": 2, "identity": 'Software "Watchdog"', "nowayout": 0,
        "options": "0x8380", "pretimeout": 120, "pretimeout_governor": "noop", "state": "active", "status": "0x8000",
        "timeleft": 300, "timeout": 60,
    }.items()
}  # fmt: skip
EXPECTED = """\
node_watchdog_access_cs0{name="watchdog0"} 0
node_watchdog_bootstatus{name="watchdog0"} 1
node_watchdog_fw_version{name="watchdog0"} 2
node_watchdog_info{name="watchdog0",options="0x8380",identity="Software \\"Watchdog\\"",state="active",\
status="0x8000",pretimeout_governor="noop"} 1
node_watchdog_nowayout{name="watchdog0"} 0
node_watchdog_pretimeout_seconds{name="watchdog0"} 120
node_watchdog_timeleft_seconds{name="watchdog0"} 300
node_watchdog_timeout_seconds{name="watchdog0"} 60
"""


def test_numbers_and_what_it_is_are_told(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path, sys=SYS).exposition("watchdog", reader="proc") == EXPECTED


@pytest.mark.parametrize("value", [None, "", "soon\n"])
def test_an_attribute_without_a_value_costs_only_itself(tmp_path: Path, value: str | None) -> None:
    told = FakeHost.write(tmp_path, sys={**SYS, f"{FOLDER}/timeleft": value}).exposition("watchdog", reader="proc")
    assert told == EXPECTED.replace('node_watchdog_timeleft_seconds{name="watchdog0"} 300\n', "")


def test_one_that_tells_nothing_is_told_to_be_there(tmp_path: Path) -> None:
    told = FakeHost.write(tmp_path, sys={"class/watchdog/watchdog1/dev": "10:130\n"}).exposition(
        "watchdog", reader="proc"
    )
    assert told == (
        'node_watchdog_info{name="watchdog1",options="",identity="",state="",status="",pretimeout_governor=""} 1\n'
    )


def test_another_one_by_the_same_name_is_read_itself(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, sys=SYS).reader("watchdog", reader="proc")
    family = reader.families["watchdog"]
    family.read(reader.host)
    (tmp_path / "sys" / FOLDER).rename(tmp_path / "sys/class/old")
    FakeHost.write(tmp_path, sys={f"{FOLDER}/timeout": "5\n", f"{FOLDER}/identity": "other\n"})
    text = family.read(reader.host).text()
    assert 'node_watchdog_timeout_seconds{name="watchdog0"} 5\n' in text
    assert 'identity="other"' in text
    assert "timeleft" not in text


def test_a_machine_without_one_is_no_failure(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path).reader("watchdog", reader="proc"))
    readings.take()
    assert [outcome.state for outcome in readings.outcomes] == ["no-data"]
