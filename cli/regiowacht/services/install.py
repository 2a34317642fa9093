"""Puts the agent's services on this server, and has them run what is installed; again and again, with the same end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.services import units
from regiowacht.services.changes import Changes
from regiowacht.services.manifest import Made
from regiowacht.services.owner import give_to_owner
from regiowacht.services.program import ON_PATH, VENV
from regiowacht.services.running import Running
from regiowacht_agent.config_file import load
from regiowacht_agent.joining.folder import DEFAULT, StateFolder
from regiowacht_agent.joining.loading import load_joined
from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from regiowacht.services.program import Program
    from regiowacht.services.systemd import Systemd
    from regiowacht_agent.config import Config

ROOM = "agent"
ETC, SECRETS, ENVIRONMENT, CONFIG = (
    f"/etc/regiowacht{name}" for name in ("", "/secrets", "/environment", "/agent.toml")
)
PACKAGED_UNITS = "usr/lib/systemd/system"
READY_WITHIN_S = 60.0
"""Reading the configuration and the first measurement take about a second; on a very slow disk many more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose configuration the agent has.

    Attributes:
        config: what it is to do.
        has_joined: the server joined a region; else its configuration is /etc/regiowacht/agent.toml.
    """

    config: Config
    has_joined: bool


class AgentServices:
    """Installs the agent's units and starts them.

    Args:
        systemd: of this server.
        program: what the units start.
        dry_run: only say what would be done.

    Attributes:
        changes: what was done, or would be.
    """

    def __init__(self, systemd: Systemd, program: Program, *, dry_run: bool = False) -> None:
        self._systemd = systemd
        self._program = program
        self._dry_run = dry_run
        self.changes = Changes(systemd.root, ROOM, dry_run=dry_run)
        self._running = Running(systemd, program, self.changes, units.AGENT)
        self._is_new_text = False

    def write(self, place: Place) -> None:
        """Write folders, units and drop-ins, and have systemd read them; what is not needed any more goes.

        Raises:
            Unavailable: it cannot be written, or systemd refuses it.
        """
        changes, root = self.changes, self._systemd.root
        lay_ground(changes, self._program)
        wanted = unit_files(self._program, place, root)
        begun = len(changes.done)
        for path, text in wanted.items():
            changes.file(path, text)
        for made in changes.manifest.room(ROOM).made:
            if made.kind == "file" and made.path.startswith("/etc/systemd/system/") and made.path not in wanted:
                changes.remove(made)
        self._is_new_text = any(change.is_change for change in changes.done[begun:])
        if self._is_new_text and not self._dry_run:
            self._systemd.reload()

    def start(self, *, again: bool = False) -> bool:
        """Have both start at boot and run now; return whether the agent was begun, and has to get ready.

        Args:
            again: restart the agent in any case.
        """
        self._running.enable(units.HELPER_TIMER)
        self._run_timer()
        self._running.enable()
        return self._running.begin(anew=again or self._is_new_text)

    def wait_ready(self, within_s: float = READY_WITHIN_S) -> None:
        """Wait until the agent measures, and note which program does.

        Raises:
            NotReady: it does not get there; has its last words.
        """
        self._running.wait_ready(within_s)

    def _run_timer(self) -> None:
        state = self._running.state(units.HELPER_TIMER)
        if state is not None and state.is_ready and not self._is_new_text:
            self.changes.note(units.HELPER_TIMER, "same")
            return
        self.changes.note(units.HELPER_TIMER, "started")
        if not self._dry_run:
            self._systemd.begin("restart", units.HELPER_TIMER)


def lay_ground(changes: Changes, program: Program) -> None:
    """Have what every service needs: the folders of configuration and secrets, and a command that can be typed.

    Raises:
        Unavailable: it cannot be made.
    """
    if program.venv is not None and not changes.dry_run:
        changes.manifest.note(changes.room, [Made("venv", str(program.venv))])
    changes.folder(ETC, 0o755)
    changes.folder(SECRETS, 0o700)
    if program.command == f"{VENV}/bin/regiowacht":
        changes.link(ON_PATH, program.command)


def unit_files(program: Program, place: Place, root: Path = Path("/")) -> dict[str, str]:
    """Return the units and drop-ins of this server that are not in its package: text by path."""
    texts: dict[str, str] = {}
    if program.way != "package" or not (root / PACKAGED_UNITS / units.AGENT).exists():
        texts |= {name: units.render(name, program.command) for name in units.names(ROOM)}
    texts |= units.dropins(place.config, program.command, has_joined=place.has_joined, root=root)
    return {f"/etc/systemd/system/{name}": text for name, text in texts.items()}


def place_of(root: Path = Path("/")) -> Place:
    """Return whose configuration the agent of this server has, and what it says.

    Raises:
        UsageError: this server has not joined, and has no /etc/regiowacht/agent.toml.
        RegiowachtError: its configuration cannot be used.
    """
    folder = StateFolder(root / DEFAULT.lstrip("/"))
    if (folder.path / "joined.json").exists():
        config = load_joined(folder.path, {})
        give_to_owner(folder.path)
        return Place(config, has_joined=True)
    file = root / CONFIG.lstrip("/")
    if not file.exists():
        raise UsageError("install.nothing-to-run", state=DEFAULT, config=CONFIG)
    return Place(load(file), has_joined=False)
