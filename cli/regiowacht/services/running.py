"""Has a service start at boot and run the program that is installed; again and again, with the same end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from regiowacht.services.changes import Changes
    from regiowacht.services.program import Program
    from regiowacht.services.systemd import Systemd, UnitState

JOURNAL_LINES = 8


class NotReady(Unavailable):
    """The service does not get ready."""


class Running:
    """The service of a room.

    Args:
        systemd: of this machine.
        program: what its unit starts.
        changes: where what is done is noted; a dry run of it only says what would be done.
        unit: the unit that gets ready.
    """

    def __init__(self, systemd: Systemd, program: Program, changes: Changes, unit: str) -> None:
        self._systemd, self._program, self._changes, self._unit = systemd, program, changes, unit

    def state(self, unit: str = "") -> UnitState | None:
        """Return how a unit is; None where there is nobody to ask (a dry run in a folder that does not run)."""
        return self._systemd.state(unit or self._unit) if self._systemd.is_there else None

    def enable(self, unit: str = "") -> None:
        """Have a unit start at boot.

        Raises:
            Unavailable: it is masked, or systemd refuses it.
        """
        unit = unit or self._unit
        state = self.state(unit)
        if state is not None and state.load == "masked":
            raise Unavailable("install.masked", unit=unit)
        is_enabled = state is not None and state.file == "enabled"
        self._changes.note(f"{unit} (boot)", "same" if is_enabled else "enabled")
        if not is_enabled and not self._changes.dry_run:
            self._systemd.enable(unit)

    def begin(self, *, anew: bool) -> bool:
        """Have it run the installed program; return whether it was begun, and has to get ready.

        Args:
            anew: restart it in any case, since what it was started with is another now.
        """
        state = self.state()
        room = self._changes.manifest.room(self._changes.room)
        is_other = (room.command, room.build) != (self._program.command, self._program.build)
        if state is not None and state.is_ready and not (anew or is_other):
            self._changes.note(self._unit, "same")
            return False
        runs = state is not None and state.active not in {"inactive", "failed"}
        self._changes.note(self._unit, "restarted" if runs else "started")
        if not self._changes.dry_run:
            self._systemd.begin("restart" if runs else "start", self._unit)
        return not self._changes.dry_run

    def wait_ready(self, within_s: float) -> None:
        """Wait until it says that it is ready, and note which program runs.

        Raises:
            NotReady: it does not get there; has its last words.
        """
        state = self._systemd.wait_ready(self._unit, within_s)
        if not state.is_ready:
            said = "\n".join(f"    {line}" for line in self._systemd.journal(self._unit, JOURNAL_LINES)) or "    -"
            key = "install.not-ready" if state.is_broken else "install.too-slow"
            result = state.result or state.active
            raise NotReady(key, unit=self._unit, result=result, seconds=f"{within_s:g}", said=said)
        self._changes.manifest.started(self._changes.room, self._program.command, self._program.build)
