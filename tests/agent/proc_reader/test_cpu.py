"""Processors of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.agent.fake_host import PROC, FakeHost, samples

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.reader import Reader

TOPOLOGY = {
    f"devices/system/cpu/cpu{cpu}/{file}": f"{value}\n"
    for cpu, package, core, of_core, of_package in (
        (0, 0, 0, 5, 30),
        (1, 0, 1, 7, 31),
        (10, 1, 0, 9, 40),
        (2, 0, 0, 6, 33),
    )
    for file, value in (
        ("topology/physical_package_id", package),
        ("topology/core_id", core),
        ("thermal_throttle/core_throttle_count", of_core),
        ("thermal_throttle/package_throttle_count", of_package),
    )
}
CPUINFO = """processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 142
model name\t: Some "fast" CPU
stepping\t: 10
microcode\t: 0xb4
cpu MHz\t\t: 799.998
cache size\t: 8192 KB
physical id\t: 0
core id\t\t: 1
flags\t\t: fpu aes avx avx2 avx
bugs\t\t: spectre_v1 mds
power management:

processor\t: 1
vendor_id\t: GenuineIntel
cpu MHz\t\t: 2000.000
flags\t\t: fpu

"""


def told(reader: Reader) -> dict[tuple[str, tuple[str, ...]], float]:
    return {(one.metric.name, one.labels): one.value for one in samples([reader.families["cpu"].read(reader.host)])}


def test_time_in_each_mode_is_in_seconds(tmp_path: Path) -> None:
    exposition = FakeHost.write(tmp_path).exposition("cpu", reader="proc")
    assert 'node_cpu_seconds_total{cpu="0",mode="idle"} 40.00\n' in exposition
    assert 'node_cpu_seconds_total{cpu="2",mode="steal"} 0.01\n' in exposition
    assert 'node_cpu_guest_seconds_total{cpu="0",mode="user"} 0.08\n' in exposition
    assert exposition.count("\n") == 20


def test_guest_time_can_be_left_out(tmp_path: Path) -> None:
    assert "guest" not in FakeHost.write(tmp_path).exposition("cpu", reader="proc", **{"cpu.guest": False})


def test_an_older_kernel_has_fewer_columns(tmp_path: Path) -> None:
    exposition = FakeHost.write(tmp_path, {"stat": "cpu 1 2 3 4\ncpu0 1 2 3 400\nintr 1\n"}).exposition(
        "cpu", reader="proc"
    )
    assert exposition.splitlines()[-1] == 'node_cpu_seconds_total{cpu="0",mode="idle"} 4.00'
    assert exposition.count("\n") == 4


def test_counters_do_not_step_back_but_start_anew_after_a_hotplug(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path).reader("cpu", reader="proc")
    stat = tmp_path / "proc/stat"

    def idle() -> dict[str, float]:
        return {labels[0]: value for (_, labels), value in told(reader).items() if labels[1] == "idle"}

    assert idle() == {"0": 40.0, "2": 50.0}
    stat.write_text(PROC["stat"].replace("40 4000 20", "40 3900 20").replace("80 5000 20", "80 100 20"))
    assert idle() == {"0": 40.0, "2": 1.0}
    stat.write_text(PROC["stat"].replace("40 4000 20", "40 4001 20").replace("80 5000 20", "80 101 20"))
    assert idle() == {"0": 40.01, "2": 1.01}


def test_a_processor_taken_offline_is_gone_and_comes_back_with_its_own_counters(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path).reader("cpu", reader="proc")
    before = told(reader)
    (tmp_path / "proc/stat").write_text("".join(row for row in PROC["stat"].splitlines(True) if "cpu2" not in row))
    assert {labels[0] for _, labels in told(reader)} == {"0"}
    (tmp_path / "proc/stat").write_text(PROC["stat"])
    assert told(reader) == before


def test_many_processors_and_interrupts_are_read_whole(tmp_path: Path) -> None:
    rows = [f"cpu{cpu} {' '.join(str(100 * (cpu + column)) for column in range(10))}\n" for cpu in range(300)]
    intr = f"intr 9 {'0 ' * 20_000}\n"
    reader = FakeHost.write(tmp_path, {"stat": f"cpu 1\n{''.join(rows)}{intr}"}).reader("cpu", reader="proc")
    now = told(reader)
    assert len(now) == 3000
    assert now["node_cpu_seconds_total", ("299", "steal")] == 306.0


def test_heat_is_told_once_a_core_and_once_a_package(tmp_path: Path) -> None:
    exposition = FakeHost.write(tmp_path, sys=TOPOLOGY).exposition("cpu", reader="proc")
    assert [row for row in exposition.splitlines() if "throttle" in row] == [
        'node_cpu_core_throttles_total{package="0",core="0"} 5',
        'node_cpu_core_throttles_total{package="0",core="1"} 7',
        'node_cpu_core_throttles_total{package="1",core="0"} 9',
        'node_cpu_package_throttles_total{package="0"} 30',
        'node_cpu_package_throttles_total{package="1"} 40',
    ]


def test_a_processor_that_vanishes_between_listing_and_reading_costs_only_itself(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, sys=TOPOLOGY).reader("cpu", reader="proc")
    first = told(reader)
    for file in ("core", "package"):
        (tmp_path / f"sys/devices/system/cpu/cpu10/thermal_throttle/{file}_throttle_count").unlink()
    reader.host.files.close()
    now = told(reader)
    gone = {("node_cpu_core_throttles_total", ("1", "0")), ("node_cpu_package_throttles_total", ("1",))}
    assert first.keys() - now.keys() == gone
    assert now == {key: value for key, value in first.items() if key not in gone}


def test_processors_without_a_place_or_with_an_unknown_one_have_no_heat(tmp_path: Path) -> None:
    odd = TOPOLOGY | {
        "devices/system/cpu/cpu0/topology/physical_package_id": "-1\n",
        "devices/system/cpu/cpu1/topology/core_id": None,
        "devices/system/cpu/cpu2/thermal_throttle/core_throttle_count": "many\n",
    }
    exposition = FakeHost.write(tmp_path, sys=odd).exposition("cpu", reader="proc")
    assert [row for row in exposition.splitlines() if "throttle" in row] == [
        'node_cpu_core_throttles_total{package="1",core="0"} 9',
        'node_cpu_package_throttles_total{package="1"} 40',
        'node_cpu_package_throttles_total{package="0"} 33',
    ]


def test_isolated_and_switched_on_processors_are_told_and_followed(tmp_path: Path) -> None:
    sys = {
        "devices/system/cpu/isolated": "1,4-5\n",
        "devices/system/cpu/online": "0,2\n",
        "devices/system/cpu/cpu0/online": "1\n",
        "devices/system/cpu/cpu1/online": "0\n",
        "devices/system/cpu/cpu2/online": "1\n",
        "devices/system/cpu/cpufreq/boost": "1\n",
    }
    reader = FakeHost.write(tmp_path, sys=sys).reader("cpu", reader="proc")

    def states(name: str) -> dict[str, float]:
        return {labels[0]: value for (metric, labels), value in told(reader).items() if metric == name}

    assert states("node_cpu_isolated") == {"1": 1, "4": 1, "5": 1}
    assert states("node_cpu_online") == {"0": 1, "1": 0, "2": 1}
    (tmp_path / "sys/devices/system/cpu/online").write_text("0-2\n")
    assert states("node_cpu_online") == {"0": 1, "1": 1, "2": 1}


def test_without_sys_the_rest_is_told(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path)
    assert host.exposition("cpu", reader="proc", **{"paths.sysfs": "/nowhere"}).count("\n") == 20


def test_what_a_processor_is_and_how_fast_it_runs_is_told_when_asked_for(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"cpuinfo": CPUINFO})
    assert "_info" not in host.exposition("cpu", reader="proc")
    on = {"cpu.flags_include": "^(aes|avx)", "cpu.bugs_include": "spectre", "families.cpufreq": True}
    assert host.exposition("cpu", reader="proc", **on).startswith(
        'node_cpu_bug_info{bug="spectre_v1"} 1\n'
        'node_cpu_flag_info{flag="aes"} 1\nnode_cpu_flag_info{flag="avx"} 1\nnode_cpu_flag_info{flag="avx2"} 1\n'
        'node_cpu_frequency_hertz{package="0",core="1",cpu="0"} 799998000.0\n'
        'node_cpu_frequency_hertz{package="",core="",cpu="1"} 2000000000.0\n'
    )
    only = host.exposition("cpu", reader="proc", **{"cpu.info": True})
    assert 'node_cpu_info{package="0",core="1",cpu="0",vendor="GenuineIntel",family="6",model="142",' in only
    assert 'model_name="Some \\"fast\\" CPU",microcode="0xb4",stepping="10",cachesize="8192 KB"} 1\n' in only
    assert "flag" not in only


def test_clocks_of_cpuinfo_are_told_while_cpufreq_is_on(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"cpuinfo": CPUINFO})
    off = host.exposition("cpu", reader="proc", **{"cpu.info": True, "families.cpufreq": False})
    assert "node_cpu_info" in off
    assert "frequency" not in off


def test_clocks_and_microcode_are_followed(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"cpuinfo": CPUINFO})
    reader = host.reader("cpu", "cpufreq", reader="proc", **{"cpu.info": True})
    clock = ("node_cpu_frequency_hertz", ("0", "1", "0"))
    assert told(reader)[clock] == 799998000.0
    (tmp_path / "proc/cpuinfo").write_text(CPUINFO.replace("799.998", "3100.5").replace("0xb4", "0xb5"))
    now = told(reader)
    assert now[clock] == 3100500000.0
    assert [labels[7] for name, labels in now if name == "node_cpu_info"] == ["0xb5", ""]


def test_processors_of_another_architecture_tell_what_they_have(tmp_path: Path) -> None:
    arm = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd aes\n\nprocessor\t: 1\n\nHardware\t: x\n"
    exposition = FakeHost.write(tmp_path, {"cpuinfo": arm}).exposition(
        "cpu", reader="proc", **{"cpu.flags_include": "."}
    )
    assert exposition.count("node_cpu_info{") == 2
    assert exposition.count("node_cpu_flag_info{") == 3
    assert "frequency" not in exposition
