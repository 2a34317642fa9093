"""Thermal zones and coolers of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.devices import ROUND
from tests.agent.proc_reader.turns import turns

if TYPE_CHECKING:
    from pathlib import Path

THERMAL = "class/thermal"
ZONES = {
    f"{THERMAL}/thermal_zone0/type": "acpitz",
    f"{THERMAL}/thermal_zone0/mode": "enabled",
    f"{THERMAL}/thermal_zone0/temp": "27800",
    f"{THERMAL}/thermal_zone10/type": "x86_pkg_temp",
    f"{THERMAL}/thermal_zone10/temp": "-5500",
    f"{THERMAL}/thermal_zone2/type": "off",
    f"{THERMAL}/thermal_zone2/mode": "disabled",
    f"{THERMAL}/thermal_zone2/temp": "1",
    f"{THERMAL}/thermal_zone3/type": "no value now",
    f"{THERMAL}/cooling_device0/type": "Processor",
    f"{THERMAL}/cooling_device0/cur_state": "1",
    f"{THERMAL}/cooling_device0/max_state": "3",
    f"{THERMAL}/cooling_device1/type": "broken",
    f"{THERMAL}/cooling_device1/cur_state": "none",
    f"{THERMAL}/hwmon0/temp1_input": "1",
}
TOLD = """\
node_cooling_device_cur_state{name="0",type="Processor"} 1
node_cooling_device_max_state{name="0",type="Processor"} 3
node_thermal_zone_temp{zone="0",type="acpitz"} 27.8
node_thermal_zone_temp{zone="10",type="x86_pkg_temp"} -5.5
"""


def test_zones_that_are_on_and_coolers_are_told(tmp_path: Path) -> None:
    thermal = turns("thermal_zone", tmp_path, ZONES)
    assert thermal.told() == TOLD
    thermal.write(f"{THERMAL}/thermal_zone0/temp", "30000")
    thermal.write(f"{THERMAL}/thermal_zone10/mode", "disabled")
    thermal.write(f"{THERMAL}/cooling_device0/cur_state", "2")
    told = thermal.told()
    assert 'type="acpitz"} 30.0' in told
    assert "x86_pkg_temp" not in told
    assert 'node_cooling_device_cur_state{name="0",type="Processor"} 2' in told


def test_how_far_a_cooler_goes_is_read_again_within_a_round(tmp_path: Path) -> None:
    thermal = turns("thermal_zone", tmp_path, ZONES)
    thermal.told()
    thermal.write(f"{THERMAL}/cooling_device0/max_state", "10")
    assert 'node_cooling_device_max_state{name="0",type="Processor"} 10' in thermal.after(ROUND)


@pytest.mark.parametrize("sys", [{}, {f"{THERMAL}/hwmon0/temp1_input": "1"}])
def test_neither_zones_nor_coolers_are_nothing_to_tell(tmp_path: Path, sys: dict[str, str | None]) -> None:
    assert turns("thermal_zone", tmp_path, sys).told() == ""
