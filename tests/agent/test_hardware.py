"""Sensors, batteries and clocks: recorded psutil answers, since this hardware is not on a test machine.

psutil reads them under /sys whatever ``--path.sysfs`` says, so they cannot come from a folder.
"""

from __future__ import annotations

from collections import namedtuple
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_agent.family import NoData
from regiowacht_contract.light import replace

if TYPE_CHECKING:
    from tests.agent.fake_host import FakeHost

Temperature = namedtuple("Temperature", "label current high critical")
Fan = namedtuple("Fan", "label current")
Battery = namedtuple("Battery", "percent secsleft power_plugged")
Frequency = namedtuple("Frequency", "current min max")

CORES = [Temperature("Package id 0", 51.0, 80.0, 100.0), Temperature("", 48.5, None, None)]


def _told(fake: FakeHost, family: str, **answers: Any) -> str:
    """Return the exposition of one family of a psutil that gives these answers."""
    reader = fake.reader(family)
    psutil = SimpleNamespace(**{name: lambda answer=answer, **_: answer for name, answer in answers.items()})
    host = replace(reader.host, psutil=psutil)
    text = reader.families[family].read(host).text()
    return "".join(row for row in text.splitlines(keepends=True) if not row.startswith("#"))


def test_temperatures_and_fans_have_their_chip_their_number_and_their_name(fake: FakeHost) -> None:
    told = _told(
        fake,
        "hwmon",
        sensors_temperatures={"coretemp": CORES, "ACPI-Zone": [Temperature("", 27.8, 119.0, 119.0)]},
        sensors_fans={"nct6775": [Fan("cpu fan", 900)]},
    )
    assert (
        told
        == """\
node_hwmon_chip_names{chip="acpi_zone",chip_name="acpi_zone"} 1
node_hwmon_chip_names{chip="coretemp",chip_name="coretemp"} 1
node_hwmon_chip_names{chip="nct6775",chip_name="nct6775"} 1
node_hwmon_fan_rpm{chip="nct6775",sensor="fan1"} 900
node_hwmon_sensor_label{chip="coretemp",sensor="temp1",label="Package id 0"} 1
node_hwmon_sensor_label{chip="nct6775",sensor="fan1",label="cpu fan"} 1
node_hwmon_temp_celsius{chip="acpi_zone",sensor="temp1"} 27.8
node_hwmon_temp_celsius{chip="coretemp",sensor="temp1"} 51.0
node_hwmon_temp_celsius{chip="coretemp",sensor="temp2"} 48.5
node_hwmon_temp_crit_celsius{chip="acpi_zone",sensor="temp1"} 119.0
node_hwmon_temp_crit_celsius{chip="coretemp",sensor="temp1"} 100.0
node_hwmon_temp_max_celsius{chip="acpi_zone",sensor="temp1"} 119.0
node_hwmon_temp_max_celsius{chip="coretemp",sensor="temp1"} 80.0
"""
    )


def test_no_sensors_is_no_data_also_where_psutil_cannot_ask(fake: FakeHost) -> None:
    with pytest.raises(NoData):
        _told(fake, "hwmon", sensors_temperatures={}, sensors_fans={})
    with pytest.raises(NoData):
        _told(fake, "hwmon")


def test_a_battery_tells_charge_time_and_mains(fake: FakeHost) -> None:
    for name in ("BAT0", "AC"):
        (fake.folder / "sys/class/power_supply" / name).mkdir(parents=True)
    assert _told(fake, "powersupplyclass", sensors_battery=Battery(87.5, 3600, False)) == (
        'node_power_supply_capacity{power_supply="BAT0"} 87.5\n'
        'node_power_supply_online{power_supply="AC"} 0\n'
        'node_power_supply_time_to_empty_seconds{power_supply="BAT0"} 3600\n'
    )
    assert "time_to_empty" not in _told(fake, "powersupplyclass", sensors_battery=Battery(100, -2, True))


def test_a_server_has_no_battery_and_that_is_no_failure(fake: FakeHost) -> None:
    assert _told(fake, "powersupplyclass", sensors_battery=None) == ""
    assert _told(fake, "powersupplyclass") == ""


def test_clocks_carry_the_number_of_their_policy(fake: FakeHost) -> None:
    for number in (10, 2):
        (fake.folder / f"sys/devices/system/cpu/cpufreq/policy{number}").mkdir(parents=True)
    told = _told(fake, "cpufreq", cpu_freq=[Frequency(1200.5, 800.0, 3600.0), Frequency(0.0, 0.0, 0.0)])
    assert told == (
        'node_cpu_scaling_frequency_hertz{cpu="2"} 1200500000\n'
        'node_cpu_scaling_frequency_max_hertz{cpu="2"} 3600000000\n'
        'node_cpu_scaling_frequency_min_hertz{cpu="2"} 800000000\n'
    )


def test_older_kernels_keep_the_clock_with_the_processor(fake: FakeHost) -> None:
    (fake.folder / "sys/devices/system/cpu/cpu0/cpufreq").mkdir(parents=True)
    told = _told(fake, "cpufreq", cpu_freq=[Frequency(2000.0, 0.0, 0.0)])
    assert told == 'node_cpu_scaling_frequency_hertz{cpu="0"} 2000000000\n'
