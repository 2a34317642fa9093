"""The clock's synchronisation, as adjtimex(2) tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.family import Metrics, NoData
from regiowacht_agent.proc_reader.timex import STA_NANO, TIME_ERROR, TIMEX, Timex, adjtimex
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = (
    0,
    1500,
    65536000000,
    16_000_000,
    250,
    0x2001,
    7,
    1,
    32768000,
    5,
    6,
    10_000,
    131072,
    40,
    3,
    65536,
    1,
    2,
    3,
    4,
    37,
)


def told(state: int, fields: tuple[int, ...], tmp_path: Path) -> dict[str, float]:
    host = FakeHost.write(tmp_path).reader("loadavg", reader="proc").host
    block = Timex(Metrics.of("timex"), lambda: (state, fields)).read(host)
    return {metric.name.removeprefix("node_timex_"): value for metric, _labels, value in block.samples()}


def test_fields_are_in_base_units(tmp_path: Path) -> None:
    assert told(0, FIELDS, tmp_path) == {
        "sync_status": 1,
        "offset_seconds": 1.5e-6,
        "frequency_adjustment_ratio": 2.0,
        "maxerror_seconds": 16,
        "estimated_error_seconds": 0.00025,
        "status": 0x2001,
        "loop_time_constant": 7,
        "tick_seconds": 0.01,
        "pps_frequency_hertz": 2e-6,
        "pps_jitter_seconds": 4e-8,
        "pps_shift_seconds": 3,
        "pps_stability_hertz": 1e-6,
        "pps_jitter_total": 1,
        "pps_calibration_total": 2,
        "pps_error_total": 3,
        "pps_stability_exceeded_total": 4,
        "tai_offset_seconds": 37,
    }


def test_without_the_bit_for_nanoseconds_offset_and_jitter_are_in_microseconds(tmp_path: Path) -> None:
    fields = (*FIELDS[:5], FIELDS[5] & ~STA_NANO, *FIELDS[6:])
    now = told(TIME_ERROR, fields, tmp_path)
    assert (now["sync_status"], now["offset_seconds"], now["pps_jitter_seconds"]) == (0, 0.0015, 4e-5)


def test_this_kernel_answers_in_the_layout_of_the_structure(tmp_path: Path) -> None:
    try:
        state, fields = adjtimex()()
    except PermissionError:
        pytest.skip("this process may not ask adjtimex(2)")
    assert 0 <= state <= TIME_ERROR
    assert len(fields) == len(FIELDS)
    now = told(state, fields, tmp_path)
    assert now["tick_seconds"] == pytest.approx(0.01, rel=0.2), "a hundred ticks a second, give or take 10 %"
    assert now["frequency_adjustment_ratio"] == pytest.approx(1, abs=0.001)
    assert fields[9] > 1_000_000_000, "seconds since 1970"
    assert TIMEX.size >= 128


def test_a_process_that_may_not_ask_is_no_failure(tmp_path: Path) -> None:
    def refuse() -> tuple[int, tuple[int, ...]]:
        raise PermissionError(1, "not permitted")

    host = FakeHost.write(tmp_path).reader("loadavg", reader="proc").host
    with pytest.raises(NoData, match="permitted"):
        Timex(Metrics.of("timex"), refuse).read(host)
