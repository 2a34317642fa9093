"""Links that people type a command by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht.services.changes import Changes
from regiowacht.services.manifest import Made, Manifest
from regiowacht.services.program import ON_PATH
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

TARGET = "/opt/regiowacht/bin/regiowacht"


def test_a_link_is_made_once_and_goes_with_the_last_room_that_needs_it(tmp_path: Path) -> None:
    place = tmp_path / ON_PATH.lstrip("/")
    assert Changes(tmp_path, "agent", dry_run=True).link(ON_PATH, TARGET).did == "made"
    assert not place.is_symlink()
    assert [Changes(tmp_path, room).link(ON_PATH, TARGET).did for room in ("agent", "collector")] == ["made", "same"]
    assert str(place.readlink()) == TARGET
    assert Changes(tmp_path, "agent").remove(Made("link", ON_PATH)) is None
    assert place.is_symlink()
    removed = Changes(tmp_path, "collector").remove(Made("link", ON_PATH))
    assert removed is not None
    assert removed.did == "removed"
    assert not place.is_symlink()


def test_what_somebody_else_put_there_stays(tmp_path: Path) -> None:
    place = tmp_path / ON_PATH.lstrip("/")
    place.parent.mkdir(parents=True)
    for make in (lambda: place.write_text("mine"), lambda: place.symlink_to("/opt/mine")):
        make()
        assert Changes(tmp_path, "agent").link(ON_PATH, TARGET).did == "kept"
        assert Manifest(tmp_path).room("agent").made == ()
        place.unlink()


def test_a_damaged_list_removes_nothing_that_is_another_kind_of_thing(tmp_path: Path) -> None:
    kept = tmp_path / "home/somebody/letter"
    kept.parent.mkdir(parents=True)
    kept.touch()
    changes = Changes(tmp_path, "agent")
    for made in (
        Made("file", "/etc/../home"),
        Made("tree", "/etc/../home"),
        Made("file", "/home"),
        Made("link", "/home"),
    ):
        with pytest.raises(Unavailable):
            changes.remove(made)
    assert changes.remove(Made("folder", "/home")) is not None
    assert kept.exists()
