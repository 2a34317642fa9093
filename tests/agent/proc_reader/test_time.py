"""The clock of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.light import replace
from tests.agent.fake_host import FakeHost, samples

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

CLOCKSOURCE = "devices/system/clocksource/clocksource0"
SYS = {f"{CLOCKSOURCE}/available_clocksource": "tsc hpet acpi_pm \n", f"{CLOCKSOURCE}/current_clocksource": "tsc\n"}


def test_the_time_the_zone_and_the_sources_are_told(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, sys=SYS).reader("time", reader="proc")
    host = replace(reader.host, clock=lambda: 1700000000.25)
    told = [(one.metric.name, one.labels, one.value) for one in samples([reader.families["time"].read(host)])]
    assert told[0] == ("node_time_seconds", (), 1700000000.25)
    assert told[1][0] == "node_time_zone_offset_seconds"
    assert told[2:] == [
        *(("node_time_clocksource_available_info", ("0", name), 1.0) for name in ("tsc", "hpet", "acpi_pm")),
        ("node_time_clocksource_current_info", ("0", "tsc"), 1.0),
    ]


def test_another_zone_and_another_source_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import time  # noqa: PLC0415 - beside the module of the same name

    reader = FakeHost.write(tmp_path, sys=SYS).reader("time", reader="proc")
    family = reader.families["time"]
    try:
        for zone, source in (("AAA-1", "tsc"), ("BBB+2:30", "hpet")):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            (tmp_path / "sys" / CLOCKSOURCE / "current_clocksource").write_text(f"{source}\n")
            text = family.read(reader.host).text()
            offset = {"AAA-1": 3600, "BBB+2:30": -9000}[zone]
            assert f'node_time_zone_offset_seconds{{time_zone="{zone[:3]}"}} {offset}\n' in text
            assert f'node_time_clocksource_current_info{{device="0",clocksource="{source}"}} 1\n' in text
    finally:
        monkeypatch.undo()
        time.tzset()


def test_without_sys_the_time_is_told(tmp_path: Path) -> None:
    told = FakeHost.write(tmp_path).exposition("time", reader="proc", **{"paths.sysfs": "/nowhere"})
    assert [row.partition("{")[0].split()[0] for row in told.splitlines()] == [
        "node_time_seconds",
        "node_time_zone_offset_seconds",
    ]
