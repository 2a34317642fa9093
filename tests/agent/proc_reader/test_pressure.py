"""Pressure stall information of a recorded host."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.files import Files
from regiowacht_agent.reading import Readings
from regiowacht_contract.light import replace
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

AVERAGES = "avg10=0.18 avg60=0.34 avg300=0.10"
PRESSURE = {
    "pressure/cpu": f"some {AVERAGES} total=14036781\nfull {AVERAGES} total=0\n",
    "pressure/io": f"some {AVERAGES} total=159886802\nfull {AVERAGES} total=159229614\n",
    "pressure/memory": f"some {AVERAGES} total=2000000\nfull {AVERAGES} total=1\n",
    "pressure/irq": f"full {AVERAGES} total=8494",
}
EXPECTED = """\
node_pressure_cpu_waiting_seconds_total 14.036781000000001
node_pressure_io_stalled_seconds_total 159.229614
node_pressure_io_waiting_seconds_total 159.886802
node_pressure_irq_stalled_seconds_total 0.008494
node_pressure_memory_stalled_seconds_total 1e-06
node_pressure_memory_waiting_seconds_total 2.0
"""


def test_totals_are_in_seconds(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path, PRESSURE).exposition("pressure", reader="proc") == EXPECTED


@pytest.mark.parametrize("missing", ["irq", "io"])
def test_what_the_kernel_does_not_keep_costs_only_itself(tmp_path: Path, missing: str) -> None:
    told = FakeHost.write(tmp_path, {**PRESSURE, f"pressure/{missing}": None}).exposition("pressure", reader="proc")
    assert told == "".join(row for row in EXPECTED.splitlines(keepends=True) if f"_{missing}_" not in row)


def test_totals_grow_and_what_is_not_there_is_asked_for_once(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, {**PRESSURE, "pressure/irq": None}).reader("pressure", reader="proc")
    family = reader.families["pressure"]
    family.read(reader.host)
    FakeHost.write(tmp_path, {**PRESSURE, "pressure/cpu": f"some {AVERAGES} total=15000000\n"})
    text = family.read(reader.host).text()
    assert "\nnode_pressure_cpu_waiting_seconds_total 15.0\n" in text
    assert "_irq_" not in text


def test_a_kernel_without_it_is_no_failure(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path).reader("pressure", reader="proc"))
    readings.take()
    assert [outcome.state for outcome in readings.outcomes] == ["no-data"]


class _Refusing(Files):
    """Files of a kernel that answers every read with one error."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def attribute(self, path: str) -> str:
        raise OSError(self._number, "refused", path)


@pytest.mark.parametrize(("number", "state"), [(errno.EOPNOTSUPP, "no-data"), (errno.EACCES, "failed")])
def test_switched_off_is_no_failure_but_not_allowed_is_one(tmp_path: Path, number: int, state: str) -> None:
    reader = FakeHost.write(tmp_path, PRESSURE).reader("pressure", reader="proc")
    host = replace(reader.host, files=_Refusing(number))
    readings = Readings(replace(reader, host=host))
    readings.take()
    assert [outcome.state for outcome in readings.outcomes] == [state]
