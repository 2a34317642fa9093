"""The devices of a class, listed again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.devices import ROUND, Devices
from regiowacht_agent.family import NoData
from regiowacht_agent.files import Files

if TYPE_CHECKING:
    from pathlib import Path


def test_devices_are_folders_or_links_by_name(tmp_path: Path) -> None:
    for name in ("b", "a", "skipped"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    (tmp_path / "file").write_text("")
    devices = Devices(str(tmp_path), lambda name: name != "skipped")
    assert devices.look(Files()) == {"a", "b", "link"}
    assert devices.names == ("a", "b", "link")
    assert devices.path("a") == f"{tmp_path}/a"


def test_each_device_is_due_once_a_round(tmp_path: Path) -> None:
    for number in range(ROUND + 5):
        (tmp_path / str(number)).mkdir()
    devices = Devices(str(tmp_path))
    assert devices.look(Files()) == set(devices.names), "all are new"
    due = [name for _ in range(ROUND) for name in devices.look(Files())]
    assert sorted(due) == sorted(devices.names)


def test_a_name_that_went_to_another_device_is_noticed_and_forgotten(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "value").write_text(name)
    files = Files()
    devices = Devices(str(tmp_path))
    devices.look(files)
    assert [files.attribute(f"{tmp_path}/{name}/value") for name in "ab"] == ["a", "b"]
    (tmp_path / "a").rename(tmp_path / "c")
    (tmp_path / "b").rename(tmp_path / "a")
    before = devices.names
    assert devices.look(files) >= {"a", "c"}
    assert devices.names is not before
    assert files.attribute(f"{tmp_path}/a/value") == "b"
    files.close()


def test_no_folder_is_no_data_and_an_empty_one_has_no_devices(tmp_path: Path) -> None:
    devices = Devices(str(tmp_path / "class"))
    with pytest.raises(NoData):
        devices.look(Files())
    (tmp_path / "class/a").mkdir(parents=True)
    assert devices.look(Files()) == {"a"}
    (tmp_path / "class/a").rmdir()
    assert devices.look(Files()) == set()
    assert devices.names == ()
    (tmp_path / "class").rmdir()
    with pytest.raises(NoData):
        devices.look(Files())


@pytest.fixture(name="events")
def _events(tmp_path: Path) -> Path:
    """Return a file like /sys/kernel/uevent_seqnum, beside a class with one device."""
    (tmp_path / "class/a").mkdir(parents=True)
    (tmp_path / "kernel").mkdir()
    path = tmp_path / "kernel/uevent_seqnum"
    path.write_text("1\n")
    return path


def _look(devices: Devices, files: Files, sysfs: Path) -> frozenset[str]:
    files.begin(str(sysfs))
    try:
        return devices.look(files)
    finally:
        files.end()


def test_devices_are_listed_again_when_the_kernel_says_something_of_one(tmp_path: Path, events: Path) -> None:
    files, devices = Files(), Devices(str(tmp_path / "class"))
    assert _look(devices, files, tmp_path) == {"a"}
    (tmp_path / "class/b").mkdir()
    assert _look(devices, files, tmp_path) == set()
    assert devices.names == ("a",)
    events.write_text("2\n")
    assert _look(devices, files, tmp_path) == {"b"}
    (tmp_path / "class/b").rmdir()
    assert devices.look(files) == set(), "outside a reading nobody counts events"
    assert devices.names == ("a",)
    files.close()


@pytest.mark.usefixtures("events")
def test_devices_are_listed_once_a_round_whatever_the_kernel_says(tmp_path: Path) -> None:
    files, devices = Files(), Devices(str(tmp_path / "class"))
    _look(devices, files, tmp_path)
    (tmp_path / "class/b").mkdir()
    assert any("b" in _look(devices, files, tmp_path) for _ in range(ROUND))
    files.close()


def test_a_class_that_is_not_there_is_looked_for_when_the_kernel_says_something(tmp_path: Path, events: Path) -> None:
    files, devices = Files(), Devices(str(tmp_path / "other"))
    for _ in range(2):
        with pytest.raises(NoData):
            _look(devices, files, tmp_path)
    (tmp_path / "other/x").mkdir(parents=True)
    with pytest.raises(NoData):
        _look(devices, files, tmp_path)
    events.write_text("2\n")
    assert _look(devices, files, tmp_path) == {"x"}
    files.close()
