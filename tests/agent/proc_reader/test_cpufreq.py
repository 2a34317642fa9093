"""Clocks and governors of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.devices import ROUND
from regiowacht_agent.proc_reader.cpufreq import OFTEN
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.reader import Reader

CPU = "devices/system/cpu"
SYS = {
    f"{CPU}/online": "0-1\n",
    f"{CPU}/cpu0/cpufreq/scaling_cur_freq": "1699981\n",
    f"{CPU}/cpu0/cpufreq/scaling_min_freq": "800000\n",
    f"{CPU}/cpu0/cpufreq/scaling_max_freq": "3700000\n",
    f"{CPU}/cpu0/cpufreq/cpuinfo_min_freq": "700000\n",
    f"{CPU}/cpu0/cpufreq/cpuinfo_max_freq": "4000000\n",
    f"{CPU}/cpu0/cpufreq/scaling_governor": "powersave\n",
    f"{CPU}/cpu0/cpufreq/scaling_available_governors": "performance powersave \n",
    f"{CPU}/cpu1/cpufreq/scaling_cur_freq": "2000000\n",
    f"{CPU}/cpu1/cpufreq/scaling_driver": "some\n",
    f"{CPU}/cpuidle/current_driver": "none\n",
}
EXPECTED = """\
node_cpu_frequency_max_hertz{cpu="0"} 4000000000
node_cpu_frequency_min_hertz{cpu="0"} 700000000
node_cpu_scaling_frequency_hertz{cpu="0"} 1699981000
node_cpu_scaling_frequency_hertz{cpu="1"} 2000000000
node_cpu_scaling_frequency_max_hertz{cpu="0"} 3700000000
node_cpu_scaling_frequency_min_hertz{cpu="0"} 800000000
node_cpu_scaling_governor{cpu="0",governor="performance"} 0
node_cpu_scaling_governor{cpu="0",governor="powersave"} 1
"""


def test_clocks_are_in_hertz_and_one_governor_is_at_work(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path, sys=SYS).exposition("cpufreq", reader="proc") == EXPECTED


@pytest.mark.parametrize("sysfs", ["", "/nowhere"])
def test_without_a_governor_there_is_nothing_to_tell_and_nothing_wrong(tmp_path: Path, sysfs: str) -> None:
    host = FakeHost.write(tmp_path)
    assert host.exposition("cpufreq", reader="proc", **({"paths.sysfs": sysfs} if sysfs else {})) == ""


@pytest.mark.parametrize("value", ["<unknown>\n", "", None])
def test_a_clock_that_cannot_be_told_costs_only_itself(tmp_path: Path, value: str | None) -> None:
    host = FakeHost.write(tmp_path, sys=SYS | {f"{CPU}/cpu0/cpufreq/scaling_cur_freq": value})
    lost = 'node_cpu_scaling_frequency_hertz{cpu="0"} 1699981000\n'
    assert host.exposition("cpufreq", reader="proc") == EXPECTED.replace(lost, "")


def text_after_a_round(reader: Reader) -> str:
    """Return what is told when every processor was due once."""
    for _ in range(ROUND):
        reader.families["cpufreq"].read(reader.host)
    return reader.families["cpufreq"].read(reader.host).text()


def test_a_clock_that_vanishes_is_gone_at_once(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, sys=SYS).reader("cpufreq", reader="proc")
    family = reader.families["cpufreq"]
    assert 'cpu="1"' in family.read(reader.host).text()
    (tmp_path / "sys" / CPU / "cpu1/cpufreq/scaling_cur_freq").unlink()
    reader.host.files.close()
    text = family.read(reader.host).text()
    assert 'cpu="1"' not in text
    assert 'node_cpu_scaling_frequency_hertz{cpu="0"} 1699981000\n' in text


def test_a_clock_is_read_each_time(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, sys=SYS).reader("cpufreq", reader="proc")
    family = reader.families["cpufreq"]
    family.read(reader.host)
    for file, metric in OFTEN.items():
        (tmp_path / "sys" / CPU / "cpu0/cpufreq" / file).write_text("42\n")
        assert f'{metric}{{cpu="0"}} 42000\n' in family.read(reader.host).text()


def test_another_governor_and_other_limits_are_seen_within_a_round(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, sys=SYS).reader("cpufreq", reader="proc")
    reader.families["cpufreq"].read(reader.host)
    folder = tmp_path / "sys" / CPU / "cpu0/cpufreq"
    (folder / "scaling_governor").write_text("schedutil\n")
    (folder / "scaling_available_governors").write_text("powersave schedutil\n")
    (folder / "cpuinfo_max_freq").write_text("5000000\n")
    text = text_after_a_round(reader)
    assert 'node_cpu_scaling_governor{cpu="0",governor="powersave"} 0\n' in text
    assert 'node_cpu_scaling_governor{cpu="0",governor="schedutil"} 1\n' in text
    assert 'node_cpu_frequency_max_hertz{cpu="0"} 5000000000\n' in text
    assert "performance" not in text


def test_a_driver_that_is_loaded_late_and_a_processor_that_comes_and_goes_are_seen(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, sys={f"{CPU}/cpu0/topology/core_id": "0\n"}).reader("cpufreq", reader="proc")
    family = reader.families["cpufreq"]
    assert family.read(reader.host).text() == ""
    FakeHost.write(tmp_path, sys=SYS)
    assert text_after_a_round(reader) == reader.families["cpufreq"].read(reader.host).text() != ""
    FakeHost.write(tmp_path, sys={f"{CPU}/cpu2/cpufreq/scaling_cur_freq": "5\n"})
    assert 'node_cpu_scaling_frequency_hertz{cpu="2"} 5000\n' in family.read(reader.host).text()
    (tmp_path / "sys" / CPU / "cpu2").rename(tmp_path / "sys/gone")
    assert 'cpu="2"' not in family.read(reader.host).text()


def test_the_processors_own_clock_is_told_once_by_this_family_or_by_cpu(tmp_path: Path) -> None:
    own = {f"{CPU}/cpu0/cpufreq/cpuinfo_cur_freq": "1234567\n"}
    cpuinfo = {"cpuinfo": "processor : 0\ncpu MHz : 900.0\nphysical id : 0\ncore id : 0\n"}
    host = FakeHost.write(tmp_path, cpuinfo, sys=SYS | own)
    rows = [
        row for row in host.exposition("cpu", "cpufreq", reader="proc").splitlines() if "cpu_frequency_hertz" in row
    ]
    assert rows == ['node_cpu_frequency_hertz{package="",core="",cpu="0"} 1234567000']
    both = host.exposition("cpu", "cpufreq", reader="proc", **{"cpu.info": True})
    rows = [row for row in both.splitlines() if "cpu_frequency_hertz" in row]
    assert rows == ['node_cpu_frequency_hertz{package="0",core="0",cpu="0"} 900000000.0']
