"""One sentence for each thing the lab lacks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.lab import missing as missing_module
from tests.lab.errors import LabError
from tests.lab.missing import main, missing
from tests.lab.rootfs import WITNESSES, recipe
from tests.parts import missing as skip_unless_ci

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        skip_unless_ci("only root can be asked what else is missing; sudo make test")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "regiowacht/lab"


def test_an_ordinary_user_is_told_one_thing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main() == 3
    assert capsys.readouterr().out == "the lab needs root for its namespaces and wires; sudo make test\n"


@pytest.mark.usefixtures("as_root")
def test_each_part_that_is_away_is_named(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_name: str) -> Path:
        raise LabError("no control group /sys/fs/cgroup/x: Read-only file system")

    monkeypatch.setattr(missing_module, "which", lambda _name: None)
    monkeypatch.setattr(missing_module, "TUN", tmp_path / "tun")
    monkeypatch.setattr(missing_module, "NAMESPACES", ("false",))
    monkeypatch.setattr(missing_module, "make_cgroup", refused)
    (cache / "rootfs-older-1").mkdir(parents=True)

    said = missing()

    for words in (
        "systemd-nspawn is not installed; apt install systemd-container",
        f"{tmp_path}/tun: No such file or directory; modprobe tun",
        "namespaces of network, mounts and processes are refused",
        "no control group /sys/fs/cgroup/x: Read-only file system; run outside a container",
        "root file system is of an older recipe; python -m tests.lab.rootfs",
        "mmdebstrap is not installed; apt install mmdebstrap",
    ):
        assert any(words in line for line in said), (words, said)
    assert all("\n" not in line for line in said)


@pytest.mark.usefixtures("as_root")
def test_overlayfs_is_tried_for_real(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing_module, "OVERLAY", "exit 1")
    assert not cache.exists()
    assert any("overlayfs cannot be mounted" in line for line in missing())


@pytest.mark.usefixtures("as_root")
def test_a_root_file_system_without_frr_is_named(cache: Path) -> None:
    folder = cache / f"rootfs-{recipe()}-1"
    for name in WITNESSES:
        if "zebra" not in name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()
    assert any(line.startswith(f"{folder} lacks tools/usr/lib/frr/zebra; remove it") for line in missing())
