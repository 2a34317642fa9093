"""``collector install`` and ``remove`` over folders of a test's own: what is written, what stays, what is refused."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht.services.collector import (
    DATA,
    OPTIONS,
    REGION,
    CollectorRemoval,
    CollectorService,
    has_options,
)
from regiowacht.services.collector_options import files_of, require_readable, words_of
from regiowacht.services.owner import SERVED, give_to_owner
from regiowacht.services.packages import copy_packages, find_packages
from regiowacht.services.program import Program
from regiowacht.services.systemd import Systemd
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = Program("/opt/regiowacht/bin/regiowacht", "venv", "1.0", "build")
WORDS = ("--port", "9000", "--gateway-listen", "0.0.0.0:443")


@pytest.fixture
def region(tmp_path: Path) -> Path:
    folder = tmp_path / "region"
    folder.mkdir()
    (folder / "region.yml").touch()
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "etc/systemd/system").mkdir(parents=True)
    (folder / "usr/local/bin").mkdir(parents=True)
    return folder


def write(root: Path, region: Path, options: Sequence[str] | None, *, dry_run: bool = False) -> list[str]:
    service = CollectorService(Systemd(root), PROGRAM, dry_run=dry_run)
    service.write(region, options, [443])
    return [change.item for change in service.changes.done if change.is_change]


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


def test_what_is_written_and_a_second_time_nothing(root: Path, region: Path) -> None:
    assert OPTIONS in write(root, region, WORDS)
    assert (root / REGION[1:]).resolve() == region
    assert "--gateway-listen 0.0.0.0:443" in (root / OPTIONS[1:]).read_text()
    assert (root / OPTIONS[1:]).with_name("low-port.conf").exists()
    assert "regiowacht collector run" in (root / "etc/systemd/system/regiowacht-collector.service").read_text()
    assert write(root, region, WORDS) == []
    assert write(root, root / REGION[1:], WORDS) == []


def test_options_of_an_earlier_time_stay_where_none_are_given(root: Path, region: Path) -> None:
    assert not has_options(root)
    write(root, region, WORDS)
    assert has_options(root)
    assert write(root, region, None) == []
    assert write(root, region, ("--port", "9001")) == [OPTIONS]


def test_a_dry_run_says_the_same_and_writes_nothing(root: Path, region: Path) -> None:
    before = files(root)
    told = write(root, region, WORDS, dry_run=True)
    assert files(root) == before
    assert set(write(root, region, WORDS)) == set(told)


def test_another_region_takes_the_place_of_a_link_and_never_of_a_folder(
    root: Path, region: Path, tmp_path: Path
) -> None:
    write(root, region, WORDS)
    other = tmp_path / "other"
    other.mkdir()
    assert write(root, other, WORDS) == [REGION]
    assert (root / REGION[1:]).resolve() == other
    (root / REGION[1:]).unlink()
    (root / REGION[1:]).mkdir()
    with pytest.raises(Unavailable, match="another region folder"):
        write(root, region, WORDS)


@pytest.mark.parametrize("keep", [False, True])
def test_removal_takes_away_what_was_made(root: Path, region: Path, *, keep: bool) -> None:
    before = files(root)
    write(root, region, WORDS)
    (root / DATA[1:] / "storage").mkdir(parents=True)
    (root / "usr/share/prometheus").mkdir(parents=True)  # as systemd does
    dry = CollectorRemoval(Systemd(root), keep_data=keep, dry_run=True)
    dry.remove()
    removal = CollectorRemoval(Systemd(root), keep_data=keep)
    removal.remove()
    assert [one.item for one in removal.changes.done] == [one.item for one in dry.changes.done]
    left = files(root) - before - {"var", "var/lib", "usr", "usr/share"}
    assert left == ({DATA[1:], f"{DATA[1:]}/storage"} if keep else set())
    assert (region / "region.yml").exists()
    assert [item for item, _ in removal.stays()][: keep or 0] == ([DATA] if keep else [])
    again = CollectorRemoval(Systemd(root))
    again.remove()
    assert [one for one in again.changes.done if one.is_change] == ([] if not keep else again.changes.done[-1:])


def test_what_another_room_has_there_stays(root: Path, region: Path) -> None:
    write(root, region, WORDS)
    manifest = CollectorService(Systemd(root), PROGRAM).changes.manifest
    manifest.started("agent", "/usr/bin/regiowacht", "build")
    removal = CollectorRemoval(Systemd(root))
    removal.remove()
    assert (root / "etc/regiowacht/secrets").is_dir()
    assert set(json.loads(manifest.path.read_text())["rooms"]) == {"agent"}
    assert removal.venv() is None


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser()
    made.add_argument("--port", type=int, default=1, metavar="N")
    made.add_argument("--gateway-key", default="", metavar="FILE")
    made.add_argument("--gateway-proxy", action="append", default=[], metavar="ADDRESS")
    made.add_argument("--no-alerts", action="store_true")
    return made


def test_options_become_words_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["--port", "2", "--gateway-key", "a key", "--gateway-proxy", "::1", "--gateway-proxy", "x", "--no-alerts"]
    chosen = parser().parse_args(words)
    told = words_of(parser(), chosen)
    assert told == [*words[:3], f"{tmp_path}/a key", *words[4:]]
    assert list(files_of(parser(), chosen)) == [tmp_path / "a key"]
    assert words_of(parser(), parser().parse_args(["--port", "1"])) == []


def test_what_a_service_cannot_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regiowacht.services.collector_options.HIDDEN", ())
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "region/gemeenten").mkdir(parents=True)
        (folder / "region/gemeenten/a.yml").touch()
        (folder / "region/.git").mkdir(mode=0o700)
        require_readable(folder / "region")
        (folder / "region/gemeenten/a.yml").chmod(0o600)
        with pytest.raises(Unavailable, match=r"may not read .*a\.yml"):
            require_readable(folder / "region")
        (folder / "region").chmod(0o700)
        with pytest.raises(Unavailable, match="may not look into"):
            require_readable(folder / "region/gemeenten")
        with pytest.raises(Unavailable, match="none"):
            require_readable(folder / "none")


def test_what_services_never_see_is_named() -> None:
    with pytest.raises(Unavailable, match="/etc/regiowacht/region"):
        require_readable(Path("/root/region"))
    with pytest.raises(Unavailable, match="no-such"):
        require_readable(Path("/etc/regiowacht/secrets/no-such.key"))


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    lines = []
    for name in ("regiowacht-1-py3-none-any.whl", "psutil-7-py3-none-any.whl"):
        (folder / name).write_bytes(name.encode())
        lines.append(f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n")
    (folder / "SHA256SUMS").write_text("".join(lines))
    return folder


def test_wheels_are_copied_once_and_old_ones_go_but_those_that_invitations_name(wheels: Path, tmp_path: Path) -> None:
    target = tmp_path / "packages"
    assert len(copy_packages(wheels, target, dry_run=True)) == 2
    assert not target.exists()
    assert copy_packages(wheels, target) == ["psutil-7-py3-none-any.whl", "regiowacht-1-py3-none-any.whl"]
    assert copy_packages(wheels, target) == []
    for name in ("old-1-py3-none-any.whl", "named-1-py3-none-any.whl"):
        (target / name).touch()
    assert copy_packages(wheels, target, {"named-1-py3-none-any.whl"}) == ["old-1-py3-none-any.whl"]
    assert (target / "named-1-py3-none-any.whl").exists()


def test_a_wheel_that_is_not_what_the_sums_say_is_not_copied(wheels: Path, tmp_path: Path) -> None:
    (wheels / "psutil-7-py3-none-any.whl").write_bytes(b"cut")
    with pytest.raises(Unavailable, match=r"psutil.*SHA256SUMS"):
        copy_packages(wheels, tmp_path / "packages")


def test_wheels_are_not_written_through_what_the_services_user_laid_there(wheels: Path, tmp_path: Path) -> None:
    shadow = tmp_path / "etc/shadow"
    shadow.parent.mkdir()
    shadow.write_text("root:x")
    target = tmp_path / "packages"
    target.symlink_to(shadow.parent)
    for dry_run in (True, False):
        with pytest.raises(Unavailable, match="packages"):
            copy_packages(wheels, target, dry_run=dry_run)
    target.unlink()
    target.mkdir()
    (target / ".regiowacht-1-py3-none-any.whl.new").symlink_to(shadow)
    (target / "psutil-7-py3-none-any.whl").symlink_to(shadow)
    assert len(copy_packages(wheels, target)) == 2
    assert [path.name for path in shadow.parent.iterdir()] == ["shadow"]
    assert shadow.read_text() == "root:x"
    assert not any(path.is_symlink() for path in target.iterdir())


def test_the_wheelhouse_is_found(wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regiowacht.services.packages.SHARED", tmp_path / "none")
    monkeypatch.chdir(tmp_path)
    assert find_packages(None, tmp_path / "clone") is None
    assert find_packages(str(wheels)) == wheels
    (tmp_path / "clone/dist").mkdir(parents=True)
    (tmp_path / "clone/dist/wheelhouse").symlink_to(wheels)
    assert find_packages(None, tmp_path / "clone") == tmp_path / "clone/dist/wheelhouse"
    with pytest.raises(Unavailable, match="make wheelhouse"):
        find_packages(str(tmp_path / "clone"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_wrote_is_given_to_the_owner(tmp_path: Path) -> None:
    give_to_owner(tmp_path, SERVED)
    (tmp_path / "gateway").mkdir()
    (tmp_path / "gateway/credentials.sqlite").touch()
    (tmp_path / "storage").mkdir()
    os.chown(tmp_path, 61_200, 61_200)
    give_to_owner(tmp_path, SERVED)
    assert [(tmp_path / path).stat().st_uid for path in ("gateway", "gateway/credentials.sqlite", "storage")] == [
        *(61_200, 61_200),
        0,
    ]
