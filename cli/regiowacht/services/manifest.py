"""``/etc/regiowacht/installed.json``: what installing made on this server, so that leaving removes exactly that.

::

    {"format": 1, "rooms": {"agent": {"command": "/opt/regiowacht/bin/regiowacht", "build": "...", "made": [
        {"kind": "folder", "path": "/etc/regiowacht"}, {"kind": "file", "path": "/etc/systemd/system/..."}, ...]}}}

What is about to be made is noted before it is made: a power cut in between leaves nothing that nobody knows of. A path
that was there before is not noted, so that it stays.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Kind = Literal["folder", "file", "link", "tree", "venv", "user", "group"]
"""``tree`` goes with everything in it, ``folder`` when it is empty; ``user`` and ``group`` have a name as path."""

KINDS = frozenset(get_args(Kind))
PLACE = "etc/regiowacht/installed.json"
FORMAT = 1


@dataclass(frozen=True, slots=True, order=True)
class Made:
    """One thing that installing made; ``path`` as the server itself sees it."""

    kind: Kind
    path: str


@dataclass(frozen=True, slots=True)
class Room:
    """What installing one room made.

    Attributes:
        command: absolute path of the program that its units start; "" where nothing was started yet.
        build: what tells the installed code from another one, when its service was started last.
        made: in the order in which it was made.
    """

    command: str = ""
    build: str = ""
    made: tuple[Made, ...] = field(default=())


class Manifest:
    """Reads and writes ``installed.json``; the file is replaced as a whole, and on the disk when a method returns.

    Args:
        root: where the server's files are; another one than / is for tests.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.path = root / PLACE

    def rooms(self) -> Mapping[str, Room]:
        """Return what is installed, by room; nothing where there is no file.

        Raises:
            Unavailable: the file is there and cannot be read.
        """
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            return {str(name): _room(one) for name, one in told["rooms"].items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise Unavailable("install.cannot-read", path=self.path, reason=error.strerror) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unavailable("install.damaged", path=self.path) from None

    def room(self, name: str) -> Room:
        """Return what is installed of a room: nothing where it was not."""
        return self.rooms().get(name, Room())

    def note(self, name: str, made: Iterable[Made]) -> None:
        """Note what is about to be made."""
        room = self.room(name)
        new = [one for one in dict.fromkeys(made) if one not in room.made]
        if new or name not in self.rooms():
            self.keep(name, replace(room, made=(*room.made, *new)))

    def forget(self, name: str, gone: Iterable[Made]) -> None:
        """Note that things are gone; without a file there is nothing to note."""
        rooms, lost = self.rooms(), set(gone)
        if name in rooms:
            self.keep(name, replace(rooms[name], made=tuple(one for one in rooms[name].made if one not in lost)))

    def started(self, name: str, command: str, build: str) -> None:
        """Note which program a room's service runs now."""
        room = self.room(name)
        if (room.command, room.build) != (command, build):
            self.keep(name, replace(room, command=command, build=build))

    def keep(self, name: str, room: Room) -> None:
        """Write what is installed of a room."""
        self._write({**self.rooms(), name: room})

    def drop(self, name: str) -> None:
        """Forget a room; with the last one the file goes."""
        rooms = {other: room for other, room in self.rooms().items() if other != name}
        if rooms:
            self._write(rooms)
        else:
            self.path.unlink(missing_ok=True)

    def _write(self, rooms: Mapping[str, Room]) -> None:
        told = {"format": FORMAT, "rooms": {name: asdict(room) for name, room in sorted(rooms.items())}}
        write_file(self.path, json.dumps(told, indent=2) + "\n", 0o644)


def write_file(path: Path, content: str, mode: int) -> None:
    """Put a file in place as a whole, and on the disk when this returns; its folder is made where there is none.

    Raises:
        OSError: it cannot be; what was there before is there still.
    """
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Have the names in a folder on the disk."""
    folder = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _room(told: Any) -> Room:
    made = tuple(Made(one["kind"], str(one["path"])) for one in told["made"] if one["kind"] in KINDS)
    return Room(str(told.get("command", "")), str(told.get("build", "")), made)
