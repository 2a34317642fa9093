"""Makes and removes files and folders on a server, notes what it made, and says of each whether anything changed."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from regiowacht.services.manifest import Made, Manifest, sync_folder, write_file
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Did = Literal["same", "made", "replaced", "removed", "kept", "enabled", "disabled", "started", "restarted", "stopped"]


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to one thing, or would be.

    Attributes:
        item: its path, or the unit's name.
        did: ``same`` where it was right already; ``kept`` where it stays although the rest goes.
        why: why it is kept, a text key, or "".
    """

    item: str
    did: Did
    why: str = ""

    @property
    def is_change(self) -> bool:
        """Whether anything is another than before."""
        return self.did not in {"same", "kept"}

    def as_json(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {"item": self.item, "did": self.did, "changed": self.is_change}


class Changes:
    """Makes what a room needs outside its own code.

    Args:
        root: where the server's files are; another one than / is for tests.
        room: what is installed: ``agent``, ``collector``, ``audit``.
        dry_run: only say what would be done.

    Attributes:
        done: every change, in order.
    """

    def __init__(self, root: Path, room: str, *, dry_run: bool = False) -> None:
        self.root = root
        self.room = room
        self.dry_run = dry_run
        self.manifest = Manifest(root)
        self.done: list[Change] = []

    def note(self, item: str, did: Did, why: str = "") -> Change:
        """Add a change that was done elsewhere."""
        change = Change(item, did, why)
        self.done.append(change)
        return change

    def folder(self, path: str, mode: int) -> Change:
        """Have a folder, root's, with that mode.

        Raises:
            Unavailable: it cannot be made.
        """
        place = self._at(path)
        if place.is_dir() and place.stat().st_mode & 0o7777 == mode:
            return self.note(path, "same")
        did: Did = "replaced" if place.exists() else "made"
        if not self.dry_run:
            with _told(place):
                self.manifest.note(self.room, [Made("folder", path)])
                place.mkdir(mode=mode, parents=True, exist_ok=True)
                place.chmod(mode)
        return self.note(path, did)

    def file(self, path: str, content: str, mode: int = 0o644) -> Change:
        """Have a file, root's, with that content and mode.

        Raises:
            Unavailable: it cannot be written.
        """
        place = self._at(path)
        if _content(place) == content.encode() and place.stat().st_mode & 0o7777 == mode:
            return self.note(path, "same")
        did: Did = "replaced" if place.exists() else "made"
        if not self.dry_run:
            with _told(place):
                made = [] if place.parent.is_dir() else [Made("folder", path.rpartition("/")[0])]
                self.manifest.note(self.room, [*made, Made("file", path)])
                write_file(place, content, mode)
        return self.note(path, did)

    def link(self, path: str, target: str) -> Change:
        """Have a symbolic link; whatever stands there already, and is no link of ours, stays.

        Raises:
            Unavailable: it cannot be made.
        """
        place = self._at(path)
        is_ours = place.is_symlink() and str(place.readlink()) == target
        if not is_ours and (place.is_symlink() or place.exists()):
            return self.note(path, "kept")
        if not self.dry_run:
            with _told(place):
                self.manifest.note(self.room, [Made("link", path)])
                if not is_ours:
                    place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
                    place.symlink_to(target)
                    sync_folder(place.parent)
        return self.note(path, "same" if is_ours else "made")

    def remove(self, made: Made) -> Change | None:
        """Remove what was made; None where it is gone already, or where another room needs it too.

        A folder with anything in it is kept.

        Raises:
            Unavailable: it cannot be removed.
        """
        if ".." in made.path.split("/"):
            raise Unavailable("install.damaged", path=self.manifest.path)
        place = self._at(made.path)
        rooms = self.manifest.rooms() if made.kind == "link" else {}
        is_shared = any(made in room.made for name, room in rooms.items() if name != self.room)
        if is_shared or not (place.exists() or place.is_symlink()):
            self._forget(made)
            return None
        if made.kind == "folder" and not self._is_emptied(made):
            return self.note(made.path, "kept", "install.kept-not-empty")
        if not self.dry_run:
            with _told(place):
                _remove(place, made)
            self._forget(made)
        return self.note(made.path, "removed")

    def _is_emptied(self, made: Made) -> bool:
        """Return whether nothing is in a folder but what was, or would be, removed."""
        removed = {change.item for change in self.done if change.did == "removed"}
        return all(f"{made.path}/{one.name}" in removed for one in self._at(made.path).iterdir())

    def _forget(self, made: Made) -> None:
        if not self.dry_run:
            self.manifest.forget(self.room, [made])

    def _at(self, path: str) -> Path:
        return self.root / path.lstrip("/")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell an error of the system as one of ours."""
    try:
        yield
    except OSError as error:
        raise Unavailable("install.cannot-write", path=error.filename or path, reason=error.strerror) from None


def _content(path: Path) -> bytes | None:
    try:
        return None if path.is_symlink() else path.read_bytes()
    except OSError:
        return None


def _remove(path: Path, made: Made) -> None:
    """Remove what was made; what is another kind of thing now is not ours, and an error of the system."""
    if path.is_symlink() or made.kind in {"file", "link"}:
        path.unlink(missing_ok=True)
    elif made.kind == "folder":
        path.rmdir()
    else:
        shutil.rmtree(path)
    sync_folder(path.parent)
