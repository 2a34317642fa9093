"""What installing made is noted before it is made, and goes again; what was not made here stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from regiowacht.services.changes import Changes
from regiowacht.services.manifest import Made, Manifest
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

UNIT = "/etc/systemd/system/regiowacht-agent.service"


def test_a_file_is_made_once_replaced_when_it_differs_and_removed(tmp_path: Path) -> None:
    changes = Changes(tmp_path, "agent")
    assert [changes.file(UNIT, text).did for text in ("a", "a", "b")] == ["made", "same", "replaced"]
    (tmp_path / UNIT[1:]).chmod(0o600)
    assert changes.file(UNIT, "b").did == "replaced"
    assert (tmp_path / UNIT[1:]).stat().st_mode & 0o777 == 0o644
    gone = changes.remove(Made("file", UNIT))
    assert gone is not None
    assert gone.did == "removed"
    assert changes.remove(Made("file", UNIT)) is None
    assert Made("file", UNIT) not in changes.manifest.room("agent").made


def test_a_dry_run_says_the_same_and_touches_nothing(tmp_path: Path) -> None:
    made = []
    for dry_run in (True, False):
        changes = Changes(tmp_path, "agent", dry_run=dry_run)
        changes.folder("/etc/regiowacht/secrets", 0o700)
        changes.file(UNIT, "a")
        made.append(changes.done)
        assert any(tmp_path.iterdir()) == (not dry_run)
    assert made[0] == made[1]
    dry = Changes(tmp_path, "agent", dry_run=True)
    dry.remove(Made("file", UNIT))
    dry.remove(Made("folder", UNIT.rpartition("/")[0]))
    assert [change.did for change in dry.done] == ["removed", "removed"]
    assert (tmp_path / UNIT[1:]).exists()


def test_what_is_about_to_be_made_is_noted_first(tmp_path: Path) -> None:
    folder = tmp_path / "etc/systemd/system"
    folder.mkdir(parents=True)
    (folder / "regiowacht-agent.service").mkdir()  # nothing can be written in its place
    with pytest.raises(Unavailable, match="do exactly the same again"):
        Changes(tmp_path, "agent").file(UNIT, "a")
    assert Manifest(tmp_path).room("agent").made == (Made("file", UNIT),)


def test_a_folder_with_anything_of_others_stays(tmp_path: Path) -> None:
    changes = Changes(tmp_path, "agent")
    changes.folder("/etc/regiowacht/secrets", 0o700)
    (tmp_path / "etc/regiowacht/secrets/community").write_text("not a secret")
    kept = changes.remove(Made("folder", "/etc/regiowacht/secrets"))
    assert kept is not None
    assert (kept.did, kept.is_change, kept.why) == ("kept", False, "install.kept-not-empty")


def test_rooms_are_apart_and_the_file_goes_with_the_last(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.note("agent", [Made("file", "/a"), Made("file", "/a")])
    manifest.note("collector", [Made("venv", "/opt/regiowacht")])
    manifest.started("agent", "/usr/bin/regiowacht", "1")
    assert manifest.room("agent").made == (Made("file", "/a"),)
    assert json.loads(manifest.path.read_text())["rooms"]["agent"]["build"] == "1"
    manifest.drop("agent")
    assert set(manifest.rooms()) == {"collector"}
    manifest.drop("collector")
    assert not manifest.path.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"rooms": 1}', '{"rooms": {"agent": {"made": [1]}}}'])
def test_one_that_is_damaged_says_what_to_do(tmp_path: Path, text: str) -> None:
    manifest = Manifest(tmp_path)
    manifest.path.parent.mkdir(parents=True)
    manifest.path.write_text(text)
    with pytest.raises(Unavailable, match="is damaged; remove it"):
        manifest.rooms()
