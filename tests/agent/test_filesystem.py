"""Mounts with strange names, many of them, and ones that do not answer."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.block import render
from regiowacht_agent.mounts import MountAsker
from regiowacht_agent.reading import Readings
from regiowacht_contract.light import replace
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _host(tmp_path: Path, rows: list[str]) -> FakeHost:
    """Write a host whose mounts are folders below its own root, as an agent in a container sees them."""
    below_root = (row.replace(" /", f" {tmp_path}/root/", 1) for row in rows)
    return FakeHost.write(tmp_path, {"self/mounts": "".join(f"{row} 0 0\n" for row in below_root)})


def _series(told: str, name: str) -> dict[str, float]:
    """Return the values of one metric by mount point, as Prometheus's own parser reads them."""
    return {
        sample.labels["mountpoint"]: sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
        if sample.name == name
    }


def test_names_with_blanks_quotes_backslashes_and_utf8_survive(tmp_path: Path) -> None:
    names = ["mijn map", 'aan"haling', "back\\slash", "café-ñ-数据", "tab\there"]
    for name in names:
        (tmp_path / "root" / name).mkdir(parents=True)
    escaped = [name.replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011") for name in names]
    host = _host(tmp_path, [f"/dev/sd{number} /{name} ext4 rw" for number, name in enumerate(escaped)])
    told = _series(host.exposition("filesystem"), "node_filesystem_size_bytes")
    assert set(told) == {f"/{name}" for name in names}
    assert all(value > 0 for value in told.values())


def test_bytes_that_are_no_utf8_become_a_replacement_character(tmp_path: Path) -> None:
    host = _host(tmp_path, [])
    mounts = b"/dev/sda " + os.fsencode(tmp_path) + b"/root/caf\xe9 ext4 rw 0 0\n"
    (tmp_path / "proc/self/mounts").write_bytes(mounts)
    os.mkdir(os.fsencode(tmp_path / "root") + b"/caf\xe9")  # noqa: PTH102 - a path that is no text
    told = _series(host.exposition("filesystem"), "node_filesystem_device_error")
    assert told == {"/caf\ufffd": 0}


def test_the_figures_are_those_of_statvfs(tmp_path: Path) -> None:
    (tmp_path / "root/data").mkdir(parents=True)
    told = _host(tmp_path, ["/dev/sda /data ext4 rw"]).exposition("filesystem")
    here = os.statvfs(tmp_path)
    assert _series(told, "node_filesystem_size_bytes") == {"/data": here.f_blocks * here.f_frsize}
    assert _series(told, "node_filesystem_files") == {"/data": here.f_files}
    assert 0 < _series(told, "node_filesystem_avail_bytes")["/data"] <= here.f_blocks * here.f_frsize


def test_a_hundred_mounts_are_all_there_and_a_double_one_once(tmp_path: Path) -> None:
    rows = [f"/dev/mapper/volume-with-a-long-name-{n} /srv/a-rather-long-mount-point/{n} xfs rw" for n in range(100)]
    for number in range(100):
        (tmp_path / f"root/srv/a-rather-long-mount-point/{number}").mkdir(parents=True)
    host = _host(tmp_path, [*rows, rows[0]])
    assert (tmp_path / "proc/self/mounts").stat().st_size > 4096
    told = host.exposition("filesystem")
    assert len(_series(told, "node_filesystem_size_bytes")) == 100
    assert told.count('mountpoint="/srv/a-rather-long-mount-point/0"') == 7


def test_a_mount_that_is_gone_is_an_error_with_its_reason_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "root/here").mkdir(parents=True)
    told = _host(tmp_path, ["/dev/sda /here ext4 rw", "/dev/sdb /gone ext4 rw"]).exposition("filesystem")
    gone = 'device="/dev/sdb",mountpoint="/gone",fstype="ext4",device_error="no such file or directory"'
    assert f"node_filesystem_device_error{{{gone}}} 1\n" in told
    assert set(_series(told, "node_filesystem_size_bytes")) == {"/here"}


def test_what_node_exporter_leaves_out_by_default_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "root/data").mkdir(parents=True)
    rows = [
        "tmpfs /dev/shm tmpfs rw",
        "proc /proc proc rw",
        "overlay /var/lib/docker/overlay2/x/merged overlay rw",
        "tmpfs /run/credentials/systemd-sysusers.service tmpfs ro",
        "cgroup2 /cg cgroup2 rw",
        "/dev/loop3 /snap/core squashfs ro",
        "/dev/sda /data ext4 rw",
    ]
    told = _series(_host(tmp_path, rows).exposition("filesystem"), "node_filesystem_device_error")
    assert set(told) == {"/data"}


def test_a_mount_that_hangs_is_told_with_its_reason_once_and_the_scrape_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    let_go = threading.Event()

    def statvfs(path: str) -> os.statvfs_result:
        if path.endswith("/nfs"):
            let_go.wait(20)
        return os.statvfs("/")

    host = _host(tmp_path, ["server:/export /nfs nfs4 rw", "/dev/sda /data ext4 rw"])
    reader = host.reader("filesystem")
    reader = replace(reader, host=replace(reader.host, mounts=MountAsker(0.05, statvfs)))
    readings = Readings(reader)
    for _ in range(3):
        told = render(readings.take()).decode()
        assert 'mountpoint="/nfs",fstype="nfs4",device_error="mountpoint timeout"} 1\n' in told
        assert set(_series(told, "node_filesystem_size_bytes")) == {"/data"}
        assert 'node_scrape_collector_success{collector="filesystem"} 1\n' in told
    let_go.set()
    while reader.host.mounts.stuck:
        let_go.wait(0.01)
    assert set(_series(render(readings.take()).decode(), "node_filesystem_size_bytes")) == {"/data", "/nfs"}
    assert [record.getMessage().split()[0] for record in caplog.records if record.levelname == "WARNING"] == [
        "event=mount-failed"
    ]
