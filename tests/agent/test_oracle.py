"""On this machine, every value lies between what psutil says before the reading and after it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from tests.agent.fake_host import samples

if TYPE_CHECKING:
    from collections.abc import Mapping

Values = dict[tuple[str, tuple[str, ...]], float]


def _oracle() -> Values:
    """Return what psutil itself says of counters, under our names."""
    told: Values = {}
    for number, cpu in enumerate(psutil.cpu_times(percpu=True)):
        for mode in ("user", "nice", "system", "idle", "irq", "softirq", "steal"):
            told["node_cpu_seconds_total", (str(number), mode)] = getattr(cpu, mode)
    for device, disk in psutil.disk_io_counters(perdisk=True, nowrap=False).items():
        told["node_disk_reads_completed_total", (device,)] = disk.read_count
        told["node_disk_written_bytes_total", (device,)] = disk.write_bytes
        told["node_disk_io_time_seconds_total", (device,)] = disk.busy_time / 1000
    for nic, traffic in psutil.net_io_counters(pernic=True, nowrap=False).items():
        told["node_network_receive_bytes_total", (nic,)] = traffic.bytes_recv
        told["node_network_transmit_packets_total", (nic,)] = traffic.packets_sent
        told["node_network_receive_drop_total", (nic,)] = traffic.dropin
    stat = psutil.cpu_stats()
    told["node_context_switches_total", ()] = stat.ctx_switches
    told["node_intr_total", ()] = stat.interrupts
    told["node_time_seconds", ()] = time.time()
    return told


def _reading(*families: str) -> Values:
    on = {f"families.{name}": True for name in families}
    readings = Readings(open_reader(load(None, {"disable_defaults": bool(families), **on})))
    told = {(sample.metric.name, sample.labels): sample.value for sample in samples(readings.take())}
    assert {outcome.family for outcome in readings.outcomes if outcome.state == "failed"} == set()
    return told


def test_counters_lie_between_two_readings_of_psutil() -> None:
    before = _oracle()
    now = _reading()
    after = _oracle()
    compared = before.keys() & now.keys() & after.keys()
    wrong = {key: (before[key], now[key], after[key]) for key in compared if not before[key] <= now[key] <= after[key]}
    assert wrong == {}
    assert {name for name, _ in compared} >= {"node_cpu_seconds_total", "node_network_receive_bytes_total"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("node_memory_MemTotal_bytes", psutil.virtual_memory().total),
        ("node_memory_SwapTotal_bytes", psutil.swap_memory().total),
        ("node_boot_time_seconds", int(psutil.boot_time())),
    ],
)
def test_what_does_not_change_is_equal(name: str, value: float) -> None:
    assert _reading()[name, ()] == value


def test_cached_memory_is_without_what_the_kernel_could_give_back() -> None:
    now = _reading("meminfo")
    told = now["node_memory_Cached_bytes", ()] + now["node_memory_SReclaimable_bytes", ()]
    assert told == pytest.approx(psutil.virtual_memory().cached, rel=0.2)


def test_interfaces_are_those_of_psutil() -> None:
    now = _reading("netclass")
    up = {labels[0]: value for (name, labels), value in now.items() if name == "node_network_up"}
    assert set(up) == set(psutil.net_if_stats())
    assert up["lo"] == 0, "the loopback's operational state is unknown, so node_exporter and we say 0"
    mtu = {labels[0]: value for (name, labels), value in now.items() if name == "node_network_mtu_bytes"}
    assert mtu == {nic: stats.mtu for nic, stats in psutil.net_if_stats().items()}


def test_processes_and_connections_are_counted_when_asked_for() -> None:
    now = _reading("processes", "tcpstat")
    pids = now["node_processes_pids", ()]
    states: Mapping[str, float] = {labels[0]: v for (name, labels), v in now.items() if name == "node_processes_state"}
    assert sum(states.values()) == pids
    assert states.keys() <= set("RSDTtZXKWIP")
    assert now["node_processes_threads", ()] >= pids
    assert now["node_processes_max_processes", ()] == int(_kernel("pid_max"))


def test_the_load_is_the_kernels() -> None:
    now = _reading("loadavg")
    assert now["node_load15", ()] == pytest.approx(os.getloadavg()[2], abs=0.5)


def _kernel(name: str) -> str:
    return Path(f"/proc/sys/kernel/{name}").read_text(encoding="ascii")
