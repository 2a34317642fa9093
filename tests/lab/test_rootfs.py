"""When the lab's root file system is made, kept, replaced and refused; making one for real is the set-up's own work."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from tests.lab import product, rootfs
from tests.lab.errors import LabError
from tests.lab.rootfs import ensure, find, recipe
from tests.lab.store import STALE_AFTER_S, reason, require_space, run
from tests.parts import missing

if TYPE_CHECKING:
    from pathlib import Path

FAILS = "#!/bin/sh\necho 'I: trying' >&2\necho 'E: no route to any mirror' >&2\necho 'W: bye' >&2\nexit 1\n"


def complete(cache: Path, made_s: float, name: str = "") -> Path:
    folder = cache / f"rootfs-{name or recipe()}-{int(made_s)}"
    for layer in ("base", "tools"):
        (folder / layer).mkdir(parents=True)
    return folder


@pytest.fixture
def without_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose mmdebstrap reaches no mirror."""
    if os.geteuid() != 0:
        missing("making a root file system needs root; sudo make test")
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin/mmdebstrap"
    fake.write_text(FAILS)
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")


def test_where_there_is_none_the_way_to_make_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"not made yet; python -m tests\.lab\.rootfs"):
        find(tmp_path)


def test_a_folder_whose_name_tells_no_time_never_serves(tmp_path: Path) -> None:
    (tmp_path / f"rootfs-{recipe()}-12abc").mkdir()
    with pytest.raises(LabError, match="of an older recipe"):
        find(tmp_path)
    made = complete(tmp_path, 1000)
    assert find(tmp_path).folder == made


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: object, target: object, **_: object) -> None:
        raise shutil.Error([(source, target, f"[Errno 28] No space left on device: '{source}'")] * 50)

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(LabError) as said:
        product.copy_to(tmp_path / "product")
    assert str(said.value) == f"{tmp_path}/product: [Errno 28] No space left on device"


def test_the_newest_of_this_recipe_serves_both_kinds_of_machine(tmp_path: Path) -> None:
    complete(tmp_path, 1000)
    newest = complete(tmp_path, 2000)
    complete(tmp_path, 3000, "another")
    (tmp_path / ".rootfs-half/base").mkdir(parents=True)

    found = find(tmp_path)

    assert found.folder == newest
    assert found.server == f"{newest}/base"
    assert found.host == f"{newest}/tools:{newest}/base"
    assert found.made_s == 2000


def test_a_fresh_one_is_not_made_again(tmp_path: Path) -> None:
    folder = complete(tmp_path, time.time() - 86400)
    told: list[str] = []
    assert ensure(told.append, tmp_path).folder == folder
    assert told == []


@pytest.mark.usefixtures("without_network")
def test_without_network_an_old_one_serves_on_and_says_so(tmp_path: Path) -> None:
    made_s = 1_700_000_000
    folder = complete(tmp_path, made_s)
    (tmp_path / ".rootfs-half/base").mkdir(parents=True)
    told: list[str] = []

    assert ensure(told.append, tmp_path).folder == folder

    assert "of 2023-11-14 serves on" in told[-1]
    assert told[-1].endswith("no route to any mirror")
    assert sorted(path.name for path in tmp_path.glob(".root*")) == []


@pytest.mark.usefixtures("without_network")
def test_without_network_and_without_one_it_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"^no route to any mirror$"):
        ensure(lambda _line: None, tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_without_mmdebstrap_its_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="apt install mmdebstrap"):
        ensure(lambda _line: None, tmp_path)


def test_an_ordinary_user_is_told_that_root_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LabError, match="as root only; sudo make test"):
        ensure(lambda _line: None, tmp_path)


def test_a_full_disk_is_said_before_anything_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"GB free, .* GB needed; make room"):
        require_space(tmp_path / "not/made/yet", 10**18)
    require_space(tmp_path, 1)


def test_a_cache_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LabError, match="the lab's cache has to be writable"):
        ensure(lambda _line: None, tmp_path / "file/lab")


def test_old_ones_go_unless_they_were_used_of_late(tmp_path: Path) -> None:
    now = time.time()
    newest = complete(tmp_path, now)
    of_late = complete(tmp_path, now - 10, "another")
    forgotten = [complete(tmp_path, now - 2 * STALE_AFTER_S), complete(tmp_path, now - 20, "third")]
    for folder in (newest, *forgotten):
        os.utime(folder, (now - 2 * rootfs.KEPT_UNUSED_S,) * 2)

    rootfs._prune(tmp_path)

    assert sorted(tmp_path.glob("rootfs-*")) == sorted([newest, of_late])


def test_a_command_that_hangs_or_fails_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="sleep took longer than 0"):
        run(["sleep", "60"], tmp_path, 0.1)
    with pytest.raises(LabError, match=r"^first$"):
        run(["sh", "-c", "echo E: first; echo E: second; echo last; exit 7"], tmp_path, 60)
    with pytest.raises(LabError, match="sh ended with exit code 7"):
        run(["sh", "-c", "exit 7"], tmp_path, 60)
    assert reason("a\nb\n\n") == "b"
