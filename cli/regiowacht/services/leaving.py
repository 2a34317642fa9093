"""Takes the agent off this server: services, units, state, and what installing made besides; says what stays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.services import units
from regiowacht.services.changes import Changes
from regiowacht.services.install import CONFIG, ENVIRONMENT, ETC, ROOM, SECRETS
from regiowacht.services.manifest import PLACE, Made
from regiowacht.services.program import PACKAGED, VENV, VENV_MARK
from regiowacht_agent.joining.folder import DEFAULT, StateFolder
from regiowacht_agent.joining.leave import leave
from regiowacht_contract.errors import RegiowachtError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht.services.systemd import Systemd
    from regiowacht_agent.joining.folder import Membership

HELPER_STATE = "/var/lib/regiowacht-helper"
UNITS = "/etc/systemd/system"
PRIVATE = "/var/lib/private/regiowacht"
"""Where systemd keeps the state of a service with a dynamic user, behind the link ``DEFAULT`` (systemd.exec(5))."""


class Leaving:
    """Removes the agent; what was removed already by an earlier try is passed over.

    Args:
        systemd: of this server; where it does not run, files go all the same.
        dry_run: only say what would be done.
        keep_state: leave credential, configuration and spool, and the collector untold.

    Attributes:
        changes: what was done, or would be.
        member: who this server was in the region; None: it did not join.
        was_told: whether the collector was told, or it was tried.
        problem: why the collector could not be told, None where it was or need not be.
    """

    def __init__(self, systemd: Systemd, *, dry_run: bool = False, keep_state: bool = False) -> None:
        self._systemd = systemd
        self.dry_run = dry_run
        self._keep_state = keep_state
        self._noted: tuple[Made, ...] = ()
        self._is_alone = True
        self.changes = Changes(systemd.root, ROOM, dry_run=dry_run)
        self.member = self._membership()
        self.was_told = False
        self.problem: RegiowachtError | None = None

    def stop(self) -> None:
        """Stop the services and have them not start again."""
        if not self._systemd.is_there:
            return
        for unit in (units.HELPER_TIMER, units.HELPER, units.AGENT):
            state = self._systemd.state(unit)
            if state.active not in {"inactive", "failed"}:
                self.changes.note(unit, "stopped")
                if not self.dry_run:
                    self._systemd.stop(unit)
            if state.file == "enabled":
                self.changes.note(f"{unit} (boot)", "disabled")
                if not self.dry_run:
                    self._systemd.disable(unit)

    def tell(self) -> None:
        """Tell the collector that this server leaves; where that fails, ``problem`` says why."""
        if self.member is None or self._keep_state or self.dry_run:
            return
        self.was_told = True
        try:
            leave(StateFolder(self._at(DEFAULT)))
        except RegiowachtError as error:
            self.problem = error

    def remove(self) -> None:
        """Remove units, drop-ins and state, and what installing made; the program itself stays for :meth:`venv`.

        Raises:
            Unavailable: something cannot be removed; what went is noted, and the next try goes on from there.
        """
        changes = self.changes
        noted = changes.manifest.room(ROOM).made
        for made in dict.fromkeys((*_own_files(), *(one for one in noted if one.kind in {"file", "link", "tree"}))):
            changes.remove(made)
        for made in dict.fromkeys((*_own_folders(), *(one for one in noted if _is_units_folder(one)))):
            changes.remove(made)
        if self._systemd.is_there and not self.dry_run:
            self._systemd.reload()
            self._systemd.forget(*units.names(ROOM))
        for path in (DEFAULT, PRIVATE):
            if not self._keep_state:
                changes.remove(Made("tree", path))
            elif self._at(path).is_dir() and not self._at(path).is_symlink():
                changes.note(path, "kept", "install.kept-as-asked")
        changes.remove(Made("tree", HELPER_STATE))
        self._etc()

    def venv(self) -> Path | None:
        """Return the environment that an installer made and that nothing else here needs, which goes last."""
        if not self._is_alone:
            return None
        found = [Path(one.path) for one in self._noted if one.kind == "venv"]
        if self._at(f"{VENV}/{VENV_MARK}").exists():  # also where installing did not get as far as to note it
            found.append(VENV)
        return next((path for path in found if (self._at(str(path)) / VENV_MARK).exists()), None)

    def stays(self) -> Iterator[tuple[str, str]]:
        """Yield what stays on this server, and the text key that says why."""
        going = self.venv()
        for change in self.changes.done:
            if change.did == "kept" and change.why:
                yield change.item, change.why
        for path in (CONFIG, ENVIRONMENT):
            if self._at(path).exists():
                yield path, "install.kept-yours"
        if self._at(str(PACKAGED)).exists():
            yield str(PACKAGED), "install.kept-package"
        if self._at(str(VENV)).exists() and going != VENV:
            yield str(VENV), "install.kept-program" if self._is_alone else "install.kept-shared"

    def _etc(self) -> None:
        """Forget the room, and remove /etc/regiowacht where nothing else is in it and no other service needs it."""
        rooms = self.changes.manifest.rooms()
        self._noted = rooms[ROOM].made if ROOM in rooms else ()
        self._is_alone = not set(rooms) - {ROOM}
        is_needed = not self._is_alone or self._at(str(PACKAGED)).exists()
        if not is_needed:
            self.changes.remove(Made("folder", SECRETS))
        if ROOM in rooms and self._is_alone:
            self.changes.note(f"/{PLACE}", "removed")
        if not self.dry_run:
            self.changes.manifest.drop(ROOM)
        if not is_needed:
            self.changes.remove(Made("folder", ETC))

    def _membership(self) -> Membership | None:
        try:
            return StateFolder(self._at(DEFAULT)).membership()
        except RegiowachtError:
            return None

    def _at(self, path: str) -> Path:
        return self._systemd.root / path.lstrip("/")


def _own_files() -> Iterator[Made]:
    """Yield what installing writes, also where nothing is noted of it: half an installation goes too."""
    for name in units.names(ROOM):
        yield Made("file", f"{UNITS}/{name}")
    for unit, names in DROPINS.items():
        for name in names:
            yield Made("file", f"{UNITS}/{unit}.d/{name}")


def _own_folders() -> Iterator[Made]:
    for unit in DROPINS:
        yield Made("folder", f"{UNITS}/{unit}.d")


def _is_units_folder(made: Made) -> bool:
    return made.kind == "folder" and made.path.startswith(UNITS)


DROPINS = {
    units.AGENT: ("scraped.conf", "icmp.conf", "low-port.conf", "no-user-namespaces.conf"),
    units.HELPER: ("scraped.conf",),
}
