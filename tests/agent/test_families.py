"""Every family on a recorded host: names, labels and values as node_exporter has them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.family import Metrics
from regiowacht_agent.kernel_list import expand
from regiowacht_agent.psutil_reader import FAMILIES
from regiowacht_agent.reader import open_reader
from regiowacht_contract import catalogue
from regiowacht_contract.errors import CatalogueError
from tests.agent.fake_host import PROC, FakeHost, samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from regiowacht_agent.config import Config
    from regiowacht_contract.catalogue import Metric

EXPECTED = {
    "cpu": """\
node_cpu_guest_seconds_total{cpu="0",mode="user"} 0.08
node_cpu_guest_seconds_total{cpu="0",mode="nice"} 0.01
node_cpu_guest_seconds_total{cpu="2",mode="user"} 0.0
node_cpu_guest_seconds_total{cpu="2",mode="nice"} 0.0
node_cpu_seconds_total{cpu="0",mode="user"} 1.0
node_cpu_seconds_total{cpu="0",mode="nice"} 0.04
node_cpu_seconds_total{cpu="0",mode="system"} 0.4
node_cpu_seconds_total{cpu="0",mode="idle"} 40.0
node_cpu_seconds_total{cpu="0",mode="iowait"} 0.2
node_cpu_seconds_total{cpu="0",mode="irq"} 0.0
node_cpu_seconds_total{cpu="0",mode="softirq"} 0.03
node_cpu_seconds_total{cpu="0",mode="steal"} 0.01
node_cpu_seconds_total{cpu="2",mode="user"} 2.0
node_cpu_seconds_total{cpu="2",mode="nice"} 0.06
node_cpu_seconds_total{cpu="2",mode="system"} 0.8
node_cpu_seconds_total{cpu="2",mode="idle"} 50.0
node_cpu_seconds_total{cpu="2",mode="iowait"} 0.2
node_cpu_seconds_total{cpu="2",mode="irq"} 0.0
node_cpu_seconds_total{cpu="2",mode="softirq"} 0.03
node_cpu_seconds_total{cpu="2",mode="steal"} 0.01
""",
    "meminfo": """\
node_memory_Active_bytes 5120000000
node_memory_Buffers_bytes 204800000
node_memory_Cached_bytes 3072000000
node_memory_Inactive_bytes 2560000000
node_memory_MemAvailable_bytes 9216000000
node_memory_MemFree_bytes 4096000000
node_memory_MemTotal_bytes 16384000000
node_memory_SReclaimable_bytes 256000000
node_memory_Shmem_bytes 122880000
node_memory_Slab_bytes 409600000
node_memory_SwapFree_bytes 1536000000
node_memory_SwapTotal_bytes 2048000000
""",
    "vmstat": """\
node_vmstat_pswpin 12
node_vmstat_pswpout 34
""",
    "stat": """\
node_boot_time_seconds 1700000000
node_context_switches_total 654321
node_intr_total 123456
""",
    "diskstats": """\
node_disk_io_time_seconds_total{device="sda"} 3.5
node_disk_io_time_seconds_total{device="nvme0n1"} 0.011
node_disk_read_bytes_total{device="sda"} 1024000
node_disk_read_bytes_total{device="nvme0n1"} 28672
node_disk_read_time_seconds_total{device="sda"} 1.5
node_disk_read_time_seconds_total{device="nvme0n1"} 0.008
node_disk_reads_completed_total{device="sda"} 100
node_disk_reads_completed_total{device="nvme0n1"} 7
node_disk_reads_merged_total{device="sda"} 10
node_disk_reads_merged_total{device="nvme0n1"} 0
node_disk_write_time_seconds_total{device="sda"} 2.5
node_disk_write_time_seconds_total{device="nvme0n1"} 0.01
node_disk_writes_completed_total{device="sda"} 200
node_disk_writes_completed_total{device="nvme0n1"} 9
node_disk_writes_merged_total{device="sda"} 20
node_disk_writes_merged_total{device="nvme0n1"} 0
node_disk_written_bytes_total{device="sda"} 2048000
node_disk_written_bytes_total{device="nvme0n1"} 36864
""",
    "netdev": """\
node_network_receive_bytes_total{device="lo"} 1000
node_network_receive_bytes_total{device="eno1"} 5000000000
node_network_receive_drop_total{device="lo"} 0
node_network_receive_drop_total{device="eno1"} 2
node_network_receive_errs_total{device="lo"} 0
node_network_receive_errs_total{device="eno1"} 3
node_network_receive_packets_total{device="lo"} 10
node_network_receive_packets_total{device="eno1"} 4000
node_network_transmit_bytes_total{device="lo"} 1000
node_network_transmit_bytes_total{device="eno1"} 600
node_network_transmit_drop_total{device="lo"} 0
node_network_transmit_drop_total{device="eno1"} 6
node_network_transmit_errs_total{device="lo"} 0
node_network_transmit_errs_total{device="eno1"} 7
node_network_transmit_packets_total{device="lo"} 10
node_network_transmit_packets_total{device="eno1"} 50
""",
    "os": """\
node_os_info{build_id="",id="debian",id_like="",image_id="",image_version="",name="Debian GNU/Linux",\
pretty_name="Debian GNU/Linux 12 (bookworm)",variant="",variant_id="",version="",version_codename="",version_id="12"} 1
node_os_support_end_timestamp_seconds 1845936000.0
node_os_version{id="debian",id_like="",name="Debian GNU/Linux"} 12.0
""",
}


@pytest.mark.parametrize("family", EXPECTED)
def test_a_recorded_host_is_told_as_node_exporter_tells_it(fake: FakeHost, family: str) -> None:
    assert fake.exposition(family) == EXPECTED[family]


def test_uname_tells_this_kernel(fake: FakeHost) -> None:
    here = os.uname()
    told = fake.exposition("uname")
    assert f'release="{here.release}"' in told
    assert f'nodename="{here.nodename}"' in told
    assert 'domainname="(none)"' in told


def test_partitions_come_back_with_an_own_exclude(fake: FakeHost) -> None:
    told = fake.exposition("diskstats", **{"diskstats.device_exclude": "^loop"})
    assert 'device="sda1"' in told
    assert "loop0" not in told


def test_an_include_takes_the_place_of_the_default_exclude(fake: FakeHost) -> None:
    told = fake.exposition("diskstats", **{"diskstats.device_include": "^(sda1|loop0)$"})
    assert {row.split('"')[1] for row in told.splitlines()} == {"sda1", "loop0"}
    only = fake.exposition("netdev", **{"netdev.device_include": "^eno"})
    assert '"lo"' not in only
    assert '"eno1"' in only


def test_guest_time_can_be_left_out(fake: FakeHost) -> None:
    assert "guest" not in fake.exposition("cpu", **{"cpu.guest": False})


def test_counters_of_a_processor_do_not_step_back_but_start_anew_after_a_hotplug(fake: FakeHost) -> None:
    reader = fake.reader("cpu")

    def idle() -> dict[str, float]:
        told = samples([reader.families["cpu"].read(reader.host)])
        return {sample.labels[0]: sample.value for sample in told if sample.labels[1] == "idle"}

    assert idle() == {"0": 40.0, "2": 50.0}
    stat = fake.folder / "proc/stat"
    stat.write_text(PROC["stat"].replace("40 4000 20", "40 3900 20").replace("80 5000 20", "80 100 20"))
    assert idle() == {"0": 40.0, "2": 1.0}


def test_processors_are_numbered_by_position_where_the_kernel_does_not_say(fake: FakeHost) -> None:
    (fake.folder / "sys/devices/system/cpu/online").write_text("0-7\n")
    told = fake.exposition("cpu")
    assert {row.split('"')[1] for row in told.splitlines()} == {"0", "1"}


@pytest.mark.parametrize(
    ("text", "numbers"), [("0-2,5", ["0", "1", "2", "5"]), ("3", ["3"]), ("", []), ("all", []), ("1-", ["1"])]
)
def test_kernel_lists(text: str, numbers: list[str]) -> None:
    assert expand(text) == numbers


def test_clocks_come_only_where_a_governor_is_at_work(fake: FakeHost) -> None:
    assert fake.exposition("cpufreq") == ""


@pytest.mark.parametrize("entry", FAMILIES, ids=lambda entry: entry.name)
def test_a_metric_renamed_in_the_catalogue_alone_stops_the_agent(entry: object) -> None:
    name = getattr(entry, "name", "")
    config = load(None, {"reader": "psutil", "disable_defaults": True, f"families.{name}": True})
    known = {metric.name for metric in catalogue.family(name)}

    def without(gone: set[str]) -> Callable[[str], Metrics]:
        return lambda family: Metrics(family, (one for one in catalogue.family(family) if one.name not in gone))

    needed = [name for name in known if _is_refused(config, without({name}))]
    assert needed
    # What it does not ask for when it is made, it never tells: the proc reader's families know more.
    open_reader(config, metrics_of=without(known - set(needed)))


def _is_refused(config: Config, metrics_of: Callable[[str], Metrics]) -> bool:
    try:
        open_reader(config, metrics_of=metrics_of)
    except CatalogueError:
        return True
    return False


@pytest.mark.parametrize("name", EXPECTED)
def test_every_metric_told_was_asked_for_when_the_family_was_made(name: str, fake: FakeHost) -> None:
    asked: set[str] = set()

    class Noted(Metrics):
        def __getitem__(self, metric: str) -> Metric:
            asked.add(metric)
            return super().__getitem__(metric)

    on = {**fake.switches, "reader": "psutil", "disable_defaults": True, f"families.{name}": True}
    reader = open_reader(load(None, on), metrics_of=lambda family: Noted(family, catalogue.family(family)))
    assert {sample.metric.name for sample in samples([reader.families[name].read(reader.host)])} <= asked


def test_every_family_has_its_module_its_catalogue_and_its_place_in_the_table() -> None:
    names = [entry.name for entry in FAMILIES]
    assert names == sorted(names)
    reader = open_reader(load(None, {f"families.{name}": True for name in names}))
    assert [name for name in reader.families if name in names] == names


def test_the_rootfs_is_stripped_from_mount_points(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "data").mkdir(parents=True)
    mounts = (
        f"/dev/sda1 {root} ext4 rw 0 0\n/dev/sdb1 {root}/data ext4 ro,noatime 0 0\n"
        f"/dev/sda1 /etc/hosts ext4 rw 0 0\n/dev/sdc1 {root}-of-another ext4 rw 0 0\n"
    )
    told = FakeHost.write(tmp_path, {"self/mounts": mounts}).exposition("filesystem")
    assert 'node_filesystem_readonly{device="/dev/sda1",mountpoint="/",fstype="ext4"} 0\n' in told
    assert 'node_filesystem_readonly{device="/dev/sdb1",mountpoint="/data",fstype="ext4"} 1\n' in told
    assert told.count("node_filesystem_device_error") == 2, "what lies outside the root is the container's own"
