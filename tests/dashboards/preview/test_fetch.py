"""Bringing in the pinned uPlot: checked before anything is kept, and only when it is not there."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from regiowacht_contract.errors import PartMissing, Unreachable
from regiowacht_dashboards.preview import fetch as fetching
from regiowacht_dashboards.preview import vendor


def package(folder: Path, members: dict[str, bytes], link: str = "") -> Path:
    """Return an npm package as a tarball, with a member that points outside if ``link`` says where."""
    path = folder / "uplot-1.6.32.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        if link:
            info = tarfile.TarInfo("package/LICENSE")
            info.type = tarfile.SYMTYPE
            info.linkname = link
            archive.addfile(info)
    return path


def lock_for(tarball: Path) -> vendor.Lock:
    """Return a lock that pins this tarball."""
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    return dataclasses.replace(vendor.lock(), integrity=f"sha512-{digest}")


def script(folder: Path, name: str, text: str) -> dict[str, str]:
    """Return an environment whose PATH begins with a program of ours."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin", "HOME": str(folder)}


def test_the_lock_is_complete() -> None:
    pinned = vendor.lock()
    assert pinned.integrity.startswith("sha512-")
    assert len(base64.b64decode(pinned.integrity.removeprefix("sha512-"))) == 64
    assert set(pinned.files) == {"uPlot.iife.min.js", "uPlot.min.css", "LICENSE"}


def test_nothing_is_run_when_it_is_there(uplot: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    target = vendor.cache_dir(vendor.lock())
    target.mkdir(parents=True)
    for file in uplot.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    environ = script(tmp_path, "npm", "touch was-run; exit 1")
    assert fetching.fetch(environ) == target
    assert not (tmp_path / "was-run").exists()


def test_an_altered_package_is_refused_and_nothing_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    other = package(tmp_path, {"package/dist/uPlot.iife.min.js": b"alert(1)"})
    environ = script(tmp_path, "npm", f'cp "{other}" "$5"/')
    with pytest.raises(PartMissing, match="not what is pinned"):
        fetching.fetch(environ)
    assert not (tmp_path / "cache").exists()


def test_no_network_is_one_line_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    environ = script(tmp_path, "npm", "echo 'npm error network getaddrinfo ENOTFOUND' >&2; exit 1")
    with pytest.raises(Unreachable) as caught:
        fetching.fetch(environ)
    text = caught.value.message("nl")
    assert "ENOTFOUND" in text
    assert "controleer het netwerk" in text
    assert "\n" not in text


def test_a_member_that_is_a_link_is_never_followed(tmp_path: Path) -> None:
    whole = {file.member: b"x" for file in vendor.lock().files.values() if file.member != "package/LICENSE"}
    tarball = package(tmp_path, whole, link="/etc/passwd")
    with pytest.raises(PartMissing):
        fetching._check(tarball, lock_for(tarball))


def test_only_the_pinned_members_are_read(tmp_path: Path) -> None:
    whole = {file.member: b"x" for file in vendor.lock().files.values()}
    tarball = package(tmp_path, {**whole, "../../evil": b"y", "/tmp/evil": b"y"})
    assert set(fetching._check(tarball, lock_for(tarball))) == set(vendor.lock().files)


def test_a_broken_cache_is_replaced_in_one_move(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    target = vendor.cache_dir(vendor.lock())
    target.mkdir(parents=True)
    (target / "uPlot.iife.min.js").write_text("half")
    fetching._keep({"uPlot.iife.min.js": b"whole"}, target)
    assert (target / "uPlot.iife.min.js").read_bytes() == b"whole"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_find_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(vendor, "HERE", tmp_path)
    monkeypatch.setattr(vendor, "lock", lambda: LOCK)
    with pytest.raises(PartMissing, match=r"python -m regiowacht_dashboards\.preview\.fetch"):
        vendor.find()


LOCK = vendor.lock()


def test_the_module_runs_as_a_command(uplot: Path) -> None:
    del uplot
    command = [sys.executable, "-m", "regiowacht_dashboards.preview.fetch"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.split()[-1]).is_dir()
