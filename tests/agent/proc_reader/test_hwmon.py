"""Sensor chips of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.devices import ROUND
from regiowacht_agent.family import NoData
from regiowacht_agent.proc_reader.hwmon_names import changes_by_itself, of_file, told
from tests.agent.fake_host import FakeHost
from tests.agent.proc_reader.turns import Turns, turns

if TYPE_CHECKING:
    from pathlib import Path

HWMON = "class/hwmon"
CORETEMP = {
    "name": "coretemp",
    "temp1_input": "55000",
    "temp1_label": 'Package "0"',
    "temp1_max": "84000",
    "temp1_crit": "100000",
    "temp1_crit_alarm": "0",
    "power/control": "auto",
}
TOLD = """\
node_hwmon_chip_names{chip="platform_coretemp_0",chip_name="coretemp"} 1
node_hwmon_sensor_label{chip="platform_coretemp_0",sensor="temp1",label="Package \\"0\\""} 1
node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp1"} 55.0
node_hwmon_temp_crit_alarm_celsius{chip="platform_coretemp_0",sensor="temp1"} 0.0
node_hwmon_temp_crit_celsius{chip="platform_coretemp_0",sensor="temp1"} 100.0
node_hwmon_temp_max_celsius{chip="platform_coretemp_0",sensor="temp1"} 84.0
"""


def _sits(folder: Path, chip: str, device: str, attributes: dict[str, str]) -> None:
    """Write a chip as the kernel shows it: its folder below the device, a link to it in the class and one back."""
    place = folder / "sys/devices/platform" / device / "hwmon" / chip
    for name, text in attributes.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(f"{text}\n")
    (place / "device").symlink_to("../..")
    (folder / "sys" / HWMON).mkdir(parents=True, exist_ok=True)
    (folder / "sys" / HWMON / chip).symlink_to(f"../../devices/platform/{device}/hwmon/{chip}")


@pytest.fixture(name="sensors")
def _sensors(tmp_path: Path) -> Turns:
    FakeHost.write(tmp_path)
    _sits(tmp_path, "hwmon0", "coretemp.0", CORETEMP)
    return Turns("hwmon", tmp_path, {})


def test_a_chip_is_called_by_where_it_sits(sensors: Turns) -> None:
    assert sensors.told() == TOLD


def test_readings_are_new_at_every_turn_and_limits_within_a_round(sensors: Turns) -> None:
    sensors.told()
    sensors.write(f"{HWMON}/hwmon0/temp1_input", "60500")
    assert 'node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp1"} 60.5\n' in sensors.told()
    sensors.write(f"{HWMON}/hwmon0/temp1_max", "90000")
    sensors.write(f"{HWMON}/hwmon0/temp2_input", "1000")
    after = sensors.after(ROUND)
    assert 'node_hwmon_temp_max_celsius{chip="platform_coretemp_0",sensor="temp1"} 90.0\n' in after
    assert 'node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp2"} 1.0\n' in after


def test_a_sensor_without_a_value_now_is_left_out_until_it_has_one(sensors: Turns) -> None:
    sensors.write(f"{HWMON}/hwmon0/temp1_input", "")
    assert sensors.told() == TOLD.replace(TOLD.splitlines(keepends=True)[2], "")
    sensors.write(f"{HWMON}/hwmon0/temp1_input", "55000")
    assert sensors.told() == TOLD


def test_two_chips_on_one_device_are_told_apart_by_their_drivers_or_numbers(sensors: Turns) -> None:
    _sits(sensors.folder, "hwmon1", "asus-nb-wmi", {"name": "asus", "pwm1_enable": "2"})
    assert 'node_hwmon_pwm_enable{chip="platform_asus_nb_wmi",sensor="pwm1"} 2\n' in sensors.told()
    _sits(sensors.folder, "hwmon2", "asus-nb-wmi", {"name": "asus_wmi_sensors", "pwm1_enable": "3"})
    told = sensors.told()
    assert 'node_hwmon_pwm_enable{chip="platform_asus_nb_wmi_asus",sensor="pwm1"} 2\n' in told
    assert 'node_hwmon_pwm_enable{chip="platform_asus_nb_wmi_asus_wmi_sensors",sensor="pwm1"} 3\n' in told
    _sits(sensors.folder, "hwmon3", "asus-nb-wmi", {"name": "asus", "pwm1_enable": "4"})
    told = sensors.told()
    for chip, value in (("hwmon1", 2), ("asus_wmi_sensors", 3), ("hwmon3", 4)):
        assert f'node_hwmon_pwm_enable{{chip="platform_asus_nb_wmi_{chip}",sensor="pwm1"}} {value}\n' in told


def test_without_a_device_the_name_counts_and_then_the_number(tmp_path: Path) -> None:
    chips = {
        f"{HWMON}/hwmon3/name": "NCT6779",
        f"{HWMON}/hwmon3/fan2_input": "1098",
        f"{HWMON}/hwmon4/freq1_input": "214000000",
        f"{HWMON}/hwmon4/freq1_label": "sclk",
        f"{HWMON}/hwmon4/freq2_input": "1",
    }
    assert turns("hwmon", tmp_path, chips).told() == (
        'node_hwmon_chip_names{chip="nct6779",chip_name="nct6779"} 1\n'
        'node_hwmon_fan_rpm{chip="nct6779",sensor="fan2"} 1098\n'
        'node_hwmon_freq_freq_mhz{chip="hwmon4",sensor="sclk"} 214.0\n'
        'node_hwmon_sensor_label{chip="hwmon4",sensor="freq1",label="sclk"} 1\n'
    )


def test_older_drivers_keep_their_files_with_the_device(sensors: Turns) -> None:
    _sits(sensors.folder, "hwmon2", "applesmc.768", {"uevent": ""})
    sensors.write("devices/platform/applesmc.768/fan1_input", "2000")
    told = sensors.told()
    assert 'node_hwmon_fan_rpm{chip="platform_applesmc_768",sensor="fan1"} 2000\n' in told
    assert 'node_hwmon_chip_names{chip="platform_applesmc_768"' not in told


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"hwmon.chip_exclude": "coretemp"}, 0),
        ({"hwmon.chip_include": "nct"}, 0),
        ({"hwmon.chip_include": "coretemp_0$"}, 6),
        ({"hwmon.sensor_exclude": "coretemp_0;temp1$"}, 1),
        ({"hwmon.sensor_include": "coretemp_0;fan"}, 1),
    ],
)
def test_chips_and_sensors_can_be_chosen(sensors: Turns, settings: dict[str, object], kept: int) -> None:
    assert Turns("hwmon", sensors.folder, settings).told().count("\n") == kept


def test_chips_that_change_places_do_not_tell_each_others_values(sensors: Turns) -> None:
    _sits(sensors.folder, "hwmon1", "nct6775.656", {"name": "nct6779", "temp1_input": "1000"})
    sensors.told()
    links = sensors.folder / "sys" / HWMON
    for old, new in (("hwmon0", "other"), ("hwmon1", "hwmon0"), ("other", "hwmon1")):
        (links / old).rename(links / new)
    told = sensors.told()
    assert 'node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp1"} 55.0\n' in told
    assert 'node_hwmon_temp_celsius{chip="platform_nct6775_656",sensor="temp1"} 1.0\n' in told


def test_a_chip_that_went_away_costs_only_itself(sensors: Turns) -> None:
    (sensors.folder / "sys" / HWMON / "hwmon9").symlink_to("nowhere")
    assert sensors.told() == TOLD


def test_no_sensors_are_no_data(tmp_path: Path) -> None:
    with pytest.raises(NoData):
        turns("hwmon", tmp_path, {}).told()


@pytest.mark.parametrize(
    ("file", "name", "counts"),
    [
        ("temp1_input", "node_hwmon_temp_celsius", "milli"),
        ("temp1_type", "node_hwmon_temp_type", ""),
        ("temp1_alarm", "node_hwmon_temp_alarm", ""),
        ("temp1_fault", "node_hwmon_temp_fault", ""),
        ("in0_input", "node_hwmon_in_volts", "milli"),
        ("in0_beep", "node_hwmon_in_beep_enabled", ""),
        ("cpu0_vid", "node_hwmon_cpu_vid_volts", "milli"),
        ("curr1_crit", "node_hwmon_curr_crit_amps", "milli"),
        ("energy1_input", "node_hwmon_energy_joule_total", "micro"),
        ("power1_average", "node_hwmon_power_average_watt", "micro"),
        ("power1_accuracy", "node_hwmon_power_accuracy", "micro"),
        ("power1_average_interval", "node_hwmon_power_average_interval_seconds", "milli"),
        ("humidity1_input", "node_hwmon_humidity", "micro"),
        ("fan1_target", "node_hwmon_fan_target_rpm", ""),
        ("fan1_pulses", "node_hwmon_fan_pulses", ""),
        ("pwm1", "node_hwmon_pwm", ""),
        ("pwm1_auto_point1_pwm", "node_hwmon_pwm_auto_point1_pwm", ""),
        ("update_interval", "node_hwmon_update_interval_seconds", "milli"),
        ("vrm", "node_hwmon_voltage_regulator_version", ""),
        ("beep_enable", "node_hwmon_beep_enabled", ""),
    ],
)
def test_files_have_node_exporters_names(file: str, name: str, counts: str) -> None:
    parts = of_file(file)
    assert parts is not None
    assert told(parts[0], parts[2], beside_plain=False) == (name, counts)


def test_input_keeps_its_name_beside_a_plain_file() -> None:
    assert told("pwm", "input", beside_plain=True) == ("node_hwmon_pwm_input", "")


@pytest.mark.parametrize("file", ["name", "temp1x", "bogus1_input", "uevent", "1", ""])
def test_other_files_are_of_no_sensor(file: str) -> None:
    assert of_file(file) is None


def test_limits_are_no_readings() -> None:
    assert [name for name in ("input", "max", "crit_alarm", "label", "", "min_hyst") if changes_by_itself(name)] == [
        "input",
        "crit_alarm",
        "",
    ]
