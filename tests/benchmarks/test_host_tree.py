"""The large machine of the benchmark is one that the agent reads whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.config_file import load
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from tests.agent.fake_host import samples
from tests.benchmarks import host_tree

if TYPE_CHECKING:
    from pathlib import Path

FAMILIES = ("cpu", "cpufreq", "edac", "hwmon", "netclass", "softnet", "thermal_zone")


def test_every_processor_and_every_interface_is_told(tmp_path: Path) -> None:
    host_tree.write(tmp_path, 8, 5)
    trees = {"paths.procfs": str(tmp_path / "proc"), "paths.sysfs": str(tmp_path / "sys")}
    on = {f"families.{name}": True for name in FAMILIES}
    readings = Readings(open_reader(load(None, {"reader": "proc", "disable_defaults": True, **trees, **on})))
    told = samples(readings.take())
    assert {outcome.state for outcome in readings.outcomes} == {"ok"}
    for name, count in (
        ("node_cpu_seconds_total", 8 * 8),
        ("node_cpu_scaling_frequency_hertz", 8),
        ("node_network_info", 5),
        ("node_hwmon_temp_celsius", host_tree.CORES_A_PACKAGE + 1),
        ("node_cooling_device_cur_state", 8),
    ):
        assert sum(one.metric.name == name for one in told) == count
