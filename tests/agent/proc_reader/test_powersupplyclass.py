"""Batteries and mains of a recorded host."""

from __future__ import annotations

from collections import namedtuple
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.devices import ROUND
from regiowacht_agent.family import NoData
from regiowacht_contract.light import replace
from tests.agent.fake_host import FakeHost
from tests.agent.proc_reader.turns import turns

if TYPE_CHECKING:
    from pathlib import Path

Battery = namedtuple("Battery", "percent secsleft power_plugged")

SUPPLY = "class/power_supply"
SUPPLIES: dict[str, str | None] = {
    f"{SUPPLY}/AC/type": "Mains",
    f"{SUPPLY}/AC/online": "1",
    f"{SUPPLY}/BAT0/type": "Battery",
    f"{SUPPLY}/BAT0/capacity": "81",
    f"{SUPPLY}/BAT0/cycle_count": "0",
    f"{SUPPLY}/BAT0/energy_now": "36580000",
    f"{SUPPLY}/BAT0/current_now": "-250000",
    f"{SUPPLY}/BAT0/temp": "305",
    f"{SUPPLY}/BAT0/time_to_empty_now": "3600",
    f"{SUPPLY}/BAT0/status": "Discharging",
    f"{SUPPLY}/BAT0/manufacturer": "",
    f"{SUPPLY}/BAT0/alarm": "1",
    f"{SUPPLY}/BAT0/scope": "Device",
    f"{SUPPLY}/BAT0/power/control": "auto",
}
TOLD = """\
node_power_supply_capacity{power_supply="BAT0"} 81
node_power_supply_current_ampere{power_supply="BAT0"} -0.25
node_power_supply_cyclecount{power_supply="BAT0"} 0
node_power_supply_energy_watthour{power_supply="BAT0"} 36.58
node_power_supply_info{power_supply="AC",type="Mains"} 1
node_power_supply_info{power_supply="BAT0",status="Discharging",type="Battery"} 1
node_power_supply_online{power_supply="AC"} 1
node_power_supply_temp_celsius{power_supply="BAT0"} 30.5
node_power_supply_time_to_empty_seconds{power_supply="BAT0"} 3600
"""


def test_supplies_tell_their_numbers_and_texts(tmp_path: Path) -> None:
    supplies = turns("powersupplyclass", tmp_path, SUPPLIES)
    assert supplies.told() == TOLD
    supplies.write(f"{SUPPLY}/AC/online", "0")
    supplies.write(f"{SUPPLY}/BAT0/status", "Full")
    told = supplies.told()
    assert 'node_power_supply_online{power_supply="AC"} 0' in told
    assert 'status="Full"' in told


def test_what_has_no_value_costs_only_itself(tmp_path: Path) -> None:
    told = turns("powersupplyclass", tmp_path, {**SUPPLIES, f"{SUPPLY}/BAT0/capacity": "unknown"}).told()
    assert told == "".join(row for row in TOLD.splitlines(keepends=True) if "_capacity" not in row)


def test_an_attribute_that_comes_later_is_told_within_a_round(tmp_path: Path) -> None:
    supplies = turns("powersupplyclass", tmp_path, SUPPLIES)
    supplies.told()
    supplies.write(f"{SUPPLY}/BAT0/voltage_now", "11660000")
    assert 'node_power_supply_voltage_volt{power_supply="BAT0"} 11.66' in supplies.after(ROUND)


def test_supplies_can_be_ignored_and_a_kernel_without_has_no_data(tmp_path: Path) -> None:
    told = turns("powersupplyclass", tmp_path, SUPPLIES, **{"powersupplyclass.ignored_supplies": "^BAT"}).told()
    assert told == "".join(row for row in TOLD.splitlines(keepends=True) if "BAT0" not in row)
    assert turns("powersupplyclass", tmp_path, {}, **{"powersupplyclass.ignored_supplies": "."}).told() == ""
    with pytest.raises(NoData):
        turns("powersupplyclass", tmp_path / "other", {}).told()


def test_the_psutil_reader_says_the_same_of_the_battery_it_knows(tmp_path: Path) -> None:
    mine = set(turns("powersupplyclass", tmp_path, SUPPLIES).told().splitlines())
    reader = FakeHost(tmp_path).reader("powersupplyclass")
    host = replace(reader.host, psutil=SimpleNamespace(sensors_battery=lambda: Battery(81, 3600, True)))
    others = reader.families["powersupplyclass"].read(host).text().splitlines()
    theirs = {row for row in others if not row.startswith("#")}
    assert len(theirs) == 3
    assert theirs <= mine
