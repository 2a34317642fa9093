"""Block devices of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost, samples

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.block import Block
    from regiowacht_agent.reader import Reader

OLD = "   8       0 sda 100 10 2000 1500 200 20 4000 2500 1 3500 4000\n"
WITH_DISCARDS = "   8      16 sdb 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n"
NEW = " 259       0 nvme0n1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n"
LATER = " 253       0 dm-0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19\n"
PARTITIONS = OLD.replace("0 sda", "1 sda1") + NEW.replace("0 nvme0n1", "1 nvme0n1p1") + OLD.replace("sda", "loop0")
UDEV_SDA = """S:disk/by-id/ata-DISK
E:ID_ATA=1
E:ID_MODEL=DISK "X" 50%
E:ID_SERIAL=DISK_S1
E:ID_SERIAL_SHORT=S1
E:ID_WWN=0x5
E:ID_PATH=pci-0000:00:1f.2-ata-1
E:ID_REVISION=R1
E:ID_FS_TYPE=
E:ID_ATA_WRITE_CACHE=1
E:ID_ATA_WRITE_CACHE_ENABLED=unknown
E:ID_ATA_ROTATION_RATE_RPM=7200
"""
UDEV_DM = """E:DM_NAME=vg-root
E:DM_UUID=LVM-abc
E:DM_VG_NAME=vg
E:DM_LV_NAME=root
E:ID_FS_TYPE=ext4
E:ID_FS_USAGE=filesystem
E:ID_FS_UUID=u-1
E:ID_FS_VERSION=1.0
"""

Told = dict[tuple[str, tuple[str, ...]], float]


def _reader(folder: Path, diskstats: str, **more: object) -> Reader:
    host = FakeHost.write(folder, {"diskstats": diskstats}, {"block/sda/queue/rotational": "1\n"})
    (folder / "udev").mkdir(exist_ok=True)
    (folder / "udev/b8:0").write_text(UDEV_SDA)
    (folder / "udev/b253:0").write_text(UDEV_DM)
    return host.reader("diskstats", reader="proc", **{"paths.udev_data": str(folder / "udev"), **more})


def _told(readings: Readings) -> Told:
    told = samples(readings.take())
    assert [outcome.state for outcome in readings.outcomes] == ["ok"]
    return {
        (one.metric.name.removeprefix("node_disk_"), one.labels): one.value
        for one in told
        if one.metric.family == "diskstats"
    }


def test_counters_are_in_base_units(tmp_path: Path) -> None:
    told = _told(Readings(_reader(tmp_path, NEW)))
    assert {name: value for (name, labels), value in told.items() if labels == ("nvme0n1",)} == {
        "reads_completed_total": 1,
        "reads_merged_total": 2,
        "read_bytes_total": 3 * 512,
        "read_time_seconds_total": 0.004,
        "writes_completed_total": 5,
        "writes_merged_total": 6,
        "written_bytes_total": 7 * 512,
        "write_time_seconds_total": 0.008,
        "io_now": 9,
        "io_time_seconds_total": 0.01,
        "io_time_weighted_seconds_total": 0.011,
        "discards_completed_total": 12,
        "discards_merged_total": 13,
        "discarded_sectors_total": 14,
        "discard_time_seconds_total": 0.015,
        "flush_requests_total": 16,
        "flush_requests_time_seconds_total": 0.017,
    }


@pytest.mark.parametrize(("line", "size"), [(OLD, 11), (WITH_DISCARDS, 15), (NEW, 17), (LATER, 17)])
def test_kernels_tell_as_many_columns_as_they_have(tmp_path: Path, line: str, size: int) -> None:
    told = _told(Readings(_reader(tmp_path, line)))
    assert len([name for name, labels in told if len(labels) == 1 and not name.startswith("ata_")]) == size


def test_partitions_and_loops_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    text = OLD + NEW + PARTITIONS

    def devices(**more: object) -> set[str]:
        return {labels[0] for _name, labels in _told(Readings(_reader(tmp_path, text, **more)))}

    assert devices() == {"sda", "nvme0n1"}
    assert devices(**{"diskstats.device_exclude": "^loop"}) == {"sda", "sda1", "nvme0n1", "nvme0n1p1"}
    assert devices(**{"diskstats.device_include": "1$"}) == {"sda1", "nvme0n1", "nvme0n1p1"}


def test_what_udev_knows(tmp_path: Path) -> None:
    told = _told(Readings(_reader(tmp_path, OLD + LATER)))
    about = ("pci-0000:00:1f.2-ata-1", "0x5", 'DISK "X" 50%', "S1", "R1", "1")
    assert {key: value for key, value in told.items() if "info" in key[0] or "ata" in key[0]} == {
        ("info", ("sda", "8", "0", *about)): 1,
        ("info", ("dm-0", "253", "0", "", "", "", "", "", "0")): 1,
        ("filesystem_info", ("dm-0", "ext4", "filesystem", "u-1", "1.0")): 1,
        ("device_mapper_info", ("dm-0", "vg-root", "LVM-abc", "vg", "root", "")): 1,
        ("ata_write_cache", ("sda",)): 1,
        ("ata_rotation_rate_rpm", ("sda",)): 7200,
    }


@pytest.mark.parametrize(
    ("known", "serial"),
    [
        ("E:ID_SERIAL=long\nE:SCSI_IDENT_SERIAL=label\nE:ID_SERIAL_SHORT=short\n", "label"),
        ("E:ID_SERIAL=long\n", "long"),
    ],
)
def test_the_serial_number_is_the_one_on_the_label_where_it_is_known(tmp_path: Path, known: str, serial: str) -> None:
    reader = _reader(tmp_path, OLD)
    (tmp_path / "udev/b8:0").write_text(known)
    told = _told(Readings(reader))
    assert [labels[6] for name, labels in told if name == "info"] == [serial]


def test_without_udev_and_without_sys_the_counters_stay(tmp_path: Path) -> None:
    none = str(tmp_path / "none")
    told = _told(Readings(_reader(tmp_path, OLD, **{"paths.udev_data": none, "paths.sysfs": none})))
    assert ("info", ("sda", "8", "0", "", "", "", "", "", "0")) in told
    assert len(told) == 12


def test_a_disk_that_takes_the_name_of_another_is_told_as_itself(tmp_path: Path) -> None:
    readings = Readings(_reader(tmp_path, OLD))
    _told(readings)
    (tmp_path / "udev/new").write_text("E:ID_MODEL=OTHER\n")
    (tmp_path / "udev/new").rename(tmp_path / "udev/b8:0")
    (tmp_path / "sys/block/sda/queue/rotational").write_text("0\n")
    assert ("info", ("sda", "8", "0", "", "", "OTHER", "", "", "0")) in _told(readings)
    (tmp_path / "proc/diskstats").write_text(OLD.replace("8       0", "8      32"))
    assert ("info", ("sda", "8", "32", "", "", "", "", "", "0")) in _told(readings)


def test_disks_that_come_and_go(tmp_path: Path) -> None:
    readings = Readings(_reader(tmp_path, OLD))
    _told(readings)
    (tmp_path / "proc/diskstats").write_text(NEW + OLD)
    assert {labels[0] for _name, labels in _told(readings)} == {"sda", "nvme0n1"}
    with_sda = len(readings.reader.host.files)
    (tmp_path / "proc/diskstats").write_text(NEW)
    assert {labels[0] for _name, labels in _told(readings)} == {"nvme0n1"}
    assert len(readings.reader.host.files) == with_sda - 1


def test_a_device_that_the_kernel_tells_twice_is_told_once(tmp_path: Path) -> None:
    told = [one.labels for one in samples([_block(_reader(tmp_path, OLD + NEW + OLD))]) if len(one.labels) == 1]
    assert told.count(("sda",)) == 11 + 2


def _block(reader: Reader) -> Block:
    return reader.families["diskstats"].read(reader.host)


def test_a_line_with_too_few_columns_costs_only_itself(tmp_path: Path) -> None:
    text = "   3    1 hda1 35486 38030 38030 38030\n\n   3    0\n" + OLD
    assert {labels[0] for _name, labels in _told(Readings(_reader(tmp_path, text)))} == {"sda"}


def test_a_kernel_that_does_not_count_has_no_data(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path, {"diskstats": None}).reader("diskstats", reader="proc"))
    readings.take()
    assert readings.outcomes[0].state == "no-data"


def test_both_readers_agree(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path)
    told = set(host.exposition("diskstats", reader="proc").splitlines())
    assert set(host.exposition("diskstats").splitlines()) <= told
