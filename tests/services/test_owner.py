"""Root gives a service its files back: and only those, whatever the service's user laid in its folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from regiowacht.services import owner
from regiowacht.services.owner import give_to_owner

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
USER = 61_200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "state"
    (made / "spool").mkdir(parents=True)
    (made / "spool/0001").touch()
    (made / "joined.json").touch()
    os.chown(made, USER, USER)
    return made


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    made = tmp_path / "etc"
    made.mkdir()
    (made / "shadow").write_text("root:x")
    return made


def test_everything_in_it_is_given_through_systemds_link_too(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    give_to_owner(tmp_path / "link")
    assert {path.stat().st_uid for path in folder.rglob("*")} == {USER}
    give_to_owner(folder / "spool/0001", ("gateway",))  # no folder: who named it says so


def test_what_was_not_named_stays(folder: Path) -> None:
    give_to_owner(folder, ("spool", "never-made"))
    assert (folder / "spool/0001").stat().st_uid == USER
    assert (folder / "joined.json").stat().st_uid == 0


def test_nothing_is_given_through_a_link_of_any_kind(folder: Path, etc: Path) -> None:
    (folder / "packages").symlink_to(etc)
    (folder / "credential").symlink_to(etc / "shadow")
    (folder / "spool/0002").hardlink_to(etc / "shadow")
    os.mkfifo(folder / "pipe")
    give_to_owner(folder)
    give_to_owner(folder, ("packages", "credential"))
    assert [path.stat().st_uid for path in (etc, etc / "shadow")] == [0, 0]


def test_a_folder_that_becomes_a_link_meanwhile_gives_nothing_away(
    folder: Path, etc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "spool/shadow").touch()
    given, real = [], owner._names

    def swapped(held: int) -> list[str]:
        names = real(held)
        if "shadow" in names:
            (folder / "spool").rename(folder / "away")
            (folder / "spool").symlink_to(etc)
            given.append(held)
        return names

    monkeypatch.setattr(owner, "_names", swapped)
    give_to_owner(folder)
    assert given
    assert (folder / "away/shadow").stat().st_uid == USER
    assert (etc / "shadow").stat().st_uid == 0
