"""Filesystems of a recorded host, and of this machine by both readers."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.block import render
from regiowacht_agent.config_file import load
from regiowacht_agent.mounts import MountAsker
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from regiowacht_contract.light import replace
from tests.agent.fake_host import FakeHost, samples

if TYPE_CHECKING:
    from regiowacht_agent.reader import Reader

HERE = os.statvfs("/")
GONE = FileNotFoundError(2, "No such file or directory")


def _line(mount_point: str, filesystem: str = "ext4 /dev/sda1 rw", number: str = "8:1") -> str:
    return f"36 35 {number} / {mount_point} rw,relatime shared:1 - {filesystem}\n"


def _reader(folder: Path, text: str, statvfs: object = None, process: str = "1", **more: object) -> Reader:
    """Return a reader of a host with these mounts, whose filesystems answer as this machine's root or as told."""
    host = FakeHost.write(folder, {f"{process}/mountinfo": text})
    reader = host.reader("filesystem", reader="proc", **more)
    asker = MountAsker(5.0, statvfs or (lambda _path: HERE))  # type: ignore[arg-type]
    return replace(reader, host=replace(reader.host, mounts=asker))


def _told(readings: Readings) -> dict[tuple[str, tuple[str, ...]], float]:
    told = samples(readings.take())
    return {
        (one.metric.name.removeprefix("node_filesystem_"), one.labels): one.value
        for one in told
        if one.metric.family == "filesystem"
    }


def _points(readings: Readings, name: str = "size_bytes") -> set[str]:
    return {labels[1] for told, labels in _told(readings) if told == name}


def test_a_mount_and_its_figures(tmp_path: Path) -> None:
    labels = ("/dev/sda1", "/data", "ext4")
    assert _told(Readings(_reader(tmp_path, _line("/data")))) == {
        ("device_error", (*labels, "")): 0,
        ("readonly", labels): 0,
        ("size_bytes", labels): HERE.f_blocks * HERE.f_frsize,
        ("free_bytes", labels): HERE.f_bfree * HERE.f_frsize,
        ("avail_bytes", labels): HERE.f_bavail * HERE.f_frsize,
        ("files", labels): HERE.f_files,
        ("files_free", labels): HERE.f_ffree,
        ("purgeable_bytes", labels): 0,
        ("mount_info", ("/dev/sda1", "8", "1", "/data")): 1,
    }


def test_where_init_may_not_be_looked_at_the_agents_own_mounts_are_told(tmp_path: Path) -> None:
    assert _points(Readings(_reader(tmp_path, _line("/own"), process="self"))) == {"/own"}


def test_without_mounts_of_any_process_the_family_fails_with_its_reason(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path).reader("filesystem", reader="proc"))
    readings.take()
    assert readings.outcomes[0].state == "failed"
    assert "FileNotFoundError" in readings.outcomes[0].reason


def test_what_is_left_out_by_default_and_by_choice(tmp_path: Path) -> None:
    text = "".join(
        [
            _line("/dev/shm", "tmpfs tmpfs rw"),
            _line("/sys/fs/cgroup", "cgroup2 cgroup2 rw"),
            _line("/cg", "cgroup2 cgroup2 rw"),
            _line("/var/lib/docker/overlay2/x/merged", "overlay overlay rw"),
            _line("/run/credentials/systemd-sysusers.service", "ramfs ramfs ro"),
            _line("/snap/core", "squashfs /dev/loop3 ro"),
            _line("/run", "tmpfs tmpfs rw"),
            _line("/data"),
        ]
    )
    assert _points(Readings(_reader(tmp_path, text))) == {"/run", "/data"}
    assert _points(Readings(_reader(tmp_path, text, **{"filesystem.fs_types_exclude": "^tmpfs$"}))) == {
        *("/cg", "/snap/core", "/data"),
    }
    chosen = _reader(tmp_path, text, **{"filesystem.mount_points_include": "^/(snap|data)"})
    assert _points(Readings(chosen)) == {"/data"}


def test_a_mount_over_another_is_told_once(tmp_path: Path) -> None:
    text = _line("/x", "tmpfs tmpfs rw", "0:41") + _line("/x", "tmpfs tmpfs ro", "0:42") + _line("/x")
    told = render(Readings(_reader(tmp_path, text)).take()).decode().splitlines()
    series = [row.rpartition(" ")[0] for row in told if not row.startswith("#")]
    assert len(series) == len(set(series))
    assert sum(row.startswith("node_filesystem_size_bytes") for row in series) == 2


def test_a_mount_that_fails_says_why_and_the_others_stay(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    gone = {f"{tmp_path}/root/gone"}

    def statvfs(path: str) -> os.statvfs_result:
        if path in gone:
            raise GONE
        return HERE

    readings = Readings(_reader(tmp_path, _line("/gone", "nfs4 server:/x ro") + _line("/data"), statvfs))
    labels = ("server:/x", "/gone", "nfs4", "no such file or directory")
    for _ in range(3):
        told = _told(readings)
        assert {key: value for key, value in told.items() if "/gone" in key[1]} == {
            ("device_error", labels): 1,
            ("readonly", labels): 1,
        }
        assert ("size_bytes", ("/dev/sda1", "/data", "ext4")) in told
    gone.clear()
    assert _points(readings) == {"/gone", "/data"}
    events = [(record.levelname, record.getMessage().split()[0]) for record in caplog.records]
    assert [event for level, event in events if level == "WARNING"] == ["event=mount-failed"]


def test_a_mount_that_hangs_does_not_hang_the_agent(tmp_path: Path) -> None:
    let_go = threading.Event()

    def statvfs(path: str) -> os.statvfs_result:
        if path.endswith("/hung"):
            let_go.wait(60)
        return HERE

    reader = _reader(tmp_path, _line("/a") + _line("/hung", "fuse.sshfs host: rw") + _line("/z"), statvfs)
    reader.host.mounts.timeout_s = 0.05
    readings = Readings(reader)
    for _ in range(2):
        told = _told(readings)
        assert told["device_error", ("host:", "/hung", "fuse.sshfs", "mountpoint timeout")] == 1
        assert {labels[1] for name, labels in told if name == "size_bytes"} == {"/a", "/z"}
    let_go.set()
    deadline = time.monotonic() + 60
    while reader.host.mounts.stuck:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert _points(readings) == {"/a", "/hung", "/z"}


def test_ten_thousand_mounts_and_one_that_is_new(tmp_path: Path) -> None:
    text = "".join(_line(f"/srv/volume-{number}", f"xfs /dev/mapper/v{number} rw") for number in range(10_000))
    reader = _reader(tmp_path, text)

    def points() -> set[str]:
        block = reader.families["filesystem"].read(reader.host)
        return {labels[1] for metric, labels, _value in block.samples() if metric.name.endswith("_size_bytes")}

    assert len(points()) == 10_000
    (tmp_path / "proc/1/mountinfo").write_text(text + _line("/new"))
    assert "/new" in points()


def test_strange_names_are_real_folders(tmp_path: Path) -> None:
    names = ["mijn map", 'aan"haling', "back\\slash", "café-ñ-数据", "tab\there", "100%s"]
    for name in names:
        (tmp_path / "root" / name).mkdir(parents=True)
    below = f"{tmp_path}/root/"
    escaped = [name.replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011") for name in names]
    text = "".join(_line(f"{below}{name}", f"ext4 /dev/sd{number} rw") for number, name in enumerate(escaped))
    assert _points(Readings(_reader(tmp_path, text, os.statvfs))) == {f"/{name}" for name in names}


def _here(reader: str) -> dict[tuple[str, tuple[str, ...]], float]:
    on = {"reader": reader, "disable_defaults": True, "families.filesystem": True}
    return _told(Readings(open_reader(load(None, on))))


def test_both_readers_agree_on_this_machine() -> None:
    own, inits = (Path(f"/proc/{process}/mountinfo").read_bytes() for process in ("self", "1"))
    if own != inits:
        pytest.skip("the tests do not see the mounts of this machine's init process")
    steady = {"size_bytes", "readonly", "device_error"}
    by_psutil = {key: value for key, value in _here("psutil").items() if key[0] in steady}
    ours = _here("proc")
    assert by_psutil
    assert by_psutil.items() <= ours.items()


def test_only_what_this_process_sees_at_the_root_itself_is_asked_without_a_thread(tmp_path: Path) -> None:
    for rootfs, is_here in (("/", True), (str(tmp_path), False)):
        threads: list[bool] = []

        def statvfs(_path: str, told: list[bool] = threads) -> os.statvfs_result:
            told.append(threading.current_thread() is threading.main_thread())
            return HERE

        readings = Readings(_reader(tmp_path, _line("/") + _line("/data"), statvfs, **{"paths.rootfs": rootfs}))
        for _ in range(2):
            assert len(_points(readings)) == 2
        assert threads == [False, False, is_here, is_here]
