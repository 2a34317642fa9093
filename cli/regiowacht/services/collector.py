"""Puts the collector's service on this machine and takes it off again; again and again, with the same end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.services import units
from regiowacht.services.changes import Changes
from regiowacht.services.install import ENVIRONMENT, ETC, SECRETS, lay_ground
from regiowacht.services.manifest import PLACE, Made
from regiowacht.services.program import PACKAGED, VENV, VENV_MARK
from regiowacht.services.running import Running
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht.services.program import Program
    from regiowacht.services.systemd import Systemd, UnitState

ROOM = "collector"
REGION = f"{ETC}/region"
DATA = "/var/lib/regiowacht-collector"
PLACES = (DATA, "/var/lib/private/regiowacht-collector", "/var/cache/regiowacht-collector",
          "/var/cache/private/regiowacht-collector")  # fmt: skip
"""What the service keeps: systemd puts it below ``private``, behind a link (systemd.exec(5), DynamicUser=)."""

OWN_UNITS = "/etc/systemd/system"
SHARE = "/usr/share/prometheus"
"""systemd makes it, empty, to put the templates of an unpacked Alertmanager there in the service's own view."""

DROPINS = f"{OWN_UNITS}/{units.COLLECTOR}.d"
OPTIONS = f"{DROPINS}/options.conf"
PACKAGED_UNITS = "usr/lib/systemd/system"
READY_WITHIN_S = 900.0
"""As long as the unit may take: a large storage reads its journal for minutes, a first start fetches the engine."""


class CollectorService:
    """Installs the collector's unit and starts it.

    Args:
        systemd: of this machine.
        program: what the unit starts.
        dry_run: only say what would be done.

    Attributes:
        changes: what was done, or would be.
    """

    def __init__(self, systemd: Systemd, program: Program, *, dry_run: bool = False) -> None:
        self._systemd, self._program, self._dry_run = systemd, program, dry_run
        self.changes = Changes(systemd.root, ROOM, dry_run=dry_run)
        self._running = Running(systemd, program, self.changes, units.COLLECTOR)
        self._is_new_text = False

    def state(self) -> UnitState | None:
        """Return how the unit is; None where there is nobody to ask (a dry run in a folder that does not run)."""
        return self._running.state()

    def write(self, region: Path, options: Sequence[str] | None, ports: Sequence[int]) -> None:
        """Write folders, unit and drop-ins, refer to the region, and have systemd read it all.

        Args:
            region: folder of the region.
            options: of ``collector run``; None leaves those of an earlier time.
            ports: what it listens on.

        Raises:
            Unavailable: it cannot be written, another region is there, or systemd refuses it.
        """
        changes, root = self.changes, self._systemd.root
        lay_ground(changes, self._program)
        if not self._dry_run and not (root / SHARE.lstrip("/")).exists():
            changes.manifest.note(ROOM, [Made("folder", SHARE)])
        self._refer(region)
        begun = len(changes.done)
        wanted = self._texts(options, ports)
        for path, text in wanted.items():
            changes.file(path, text)
        for made in changes.manifest.room(ROOM).made:
            is_old = made.path.startswith(f"{OWN_UNITS}/") and made.path not in wanted
            if made.kind == "file" and is_old and not (options is None and made.path.startswith(DROPINS)):
                changes.remove(made)
        self._is_new_text = any(change.is_change for change in changes.done[begun:])
        if self._is_new_text and not self._dry_run and (root / "run/systemd/system").is_dir():
            self._systemd.reload()

    def start(self) -> bool:
        """Have it start at boot and run now; return whether it was begun, and has to get ready."""
        self._running.enable()
        return self._running.begin(anew=self._is_new_text)

    def wait_ready(self, within_s: float = READY_WITHIN_S) -> None:
        """Wait until engine and gateway answer: the service itself says so; and note which program runs.

        Raises:
            NotReady: it does not get there; has its last words.
        """
        self._running.wait_ready(within_s)

    def _texts(self, options: Sequence[str] | None, ports: Sequence[int]) -> dict[str, str]:
        command, root = self._program.command, self._systemd.root
        texts: dict[str, str] = {}
        if self._program.way != "package" or not (root / PACKAGED_UNITS / units.COLLECTOR).exists():
            texts[f"{OWN_UNITS}/{units.COLLECTOR}"] = units.render(units.COLLECTOR, command)
        if options is not None:
            told = units.collector_dropins(options, command, ports=ports)
            texts |= {f"{OWN_UNITS}/{name}": text for name, text in told.items()}
        return texts

    def _refer(self, region: Path) -> None:
        """Have /etc/regiowacht/region be the region's folder, or a link to it."""
        place = self._systemd.root / REGION.lstrip("/")
        if place.is_dir() and place.samefile(region):
            self.changes.note(REGION, "same")
            return
        if place.is_dir() and not place.is_symlink():
            raise Unavailable("serving.other-region", place=REGION, region=region)
        self.changes.note(REGION, "replaced" if place.is_symlink() else "made")
        if self._dry_run:
            return
        self.changes.manifest.note(ROOM, [Made("link", REGION)])
        beside = place.with_name(f".{place.name}.new")
        beside.unlink(missing_ok=True)
        try:
            beside.symlink_to(region)
            beside.replace(place)
        except OSError as error:
            raise Unavailable("install.cannot-write", path=place, reason=error.strerror) from None


class CollectorRemoval:
    """Takes the collector off this machine; what an earlier try removed is passed over.

    Args:
        systemd: of this machine; where it does not run, files go all the same.
        keep_data: leave what it keeps: samples, credentials, packages.
        dry_run: only say what would be done.

    Attributes:
        changes: what was done, or would be.
    """

    def __init__(self, systemd: Systemd, *, keep_data: bool = False, dry_run: bool = False) -> None:
        self._systemd, self._keep_data, self._dry_run = systemd, keep_data, dry_run
        self._noted: tuple[Made, ...] = ()
        self._is_alone = True
        self.changes = Changes(systemd.root, ROOM, dry_run=dry_run)

    def stop(self) -> None:
        """Stop the service and have it not start again."""
        if not self._systemd.is_there:
            return
        state = self._systemd.state(units.COLLECTOR)
        if state.active not in {"inactive", "failed"}:
            self.changes.note(units.COLLECTOR, "stopped")
            if not self._dry_run:
                self._systemd.stop(units.COLLECTOR)
        if state.file == "enabled":
            self.changes.note(f"{units.COLLECTOR} (boot)", "disabled")
            if not self._dry_run:
                self._systemd.disable(units.COLLECTOR)

    def remove(self) -> None:
        """Remove unit, drop-ins, the reference to the region, and what it kept; the program stays for :meth:`venv`.

        Raises:
            Unavailable: something cannot be removed; the next try goes on from there.
        """
        changes = self.changes
        noted = changes.manifest.room(ROOM).made
        own = (Made("file", f"{OWN_UNITS}/{units.COLLECTOR}"), Made("file", OPTIONS),
               Made("file", f"{DROPINS}/low-port.conf"))  # fmt: skip
        for made in dict.fromkeys(
            (*own, *(one for one in noted if one.kind in {"file", "link", "tree"} or one.path == SHARE))
        ):
            changes.remove(made)
        changes.remove(Made("folder", DROPINS))
        if self._systemd.is_there and not self._dry_run:
            self._systemd.reload()
            self._systemd.forget(units.COLLECTOR)
        for path in PLACES:
            if not self._keep_data:
                changes.remove(Made("tree", path))
            elif self._at(path).is_dir() and not self._at(path).is_symlink():
                changes.note(path, "kept", "serving.kept-data")
        rooms = changes.manifest.rooms()
        self._noted = rooms[ROOM].made if ROOM in rooms else ()
        self._is_alone = not set(rooms) - {ROOM}
        if self._is_alone:
            changes.remove(Made("folder", SECRETS))
        if ROOM in rooms and self._is_alone:
            changes.note(f"/{PLACE}", "removed")
        if not self._dry_run:
            changes.manifest.drop(ROOM)
        if self._is_alone:
            changes.remove(Made("folder", ETC))

    def venv(self) -> Path | None:
        """Return the environment that an installer made and that nothing else here needs, which goes last."""
        noted = [Path(one.path) for one in self._noted if one.kind == "venv"]
        marked = (path for path in noted if (self._at(str(path)) / VENV_MARK).exists())
        return next(marked, None) if self._is_alone else None

    def stays(self) -> Iterator[tuple[str, str]]:
        """Yield what stays on this machine, and the text key that says why."""
        for change in self.changes.done:
            if change.did == "kept" and change.why:
                yield change.item, change.why
        for path in (REGION, ENVIRONMENT):
            if self._at(path).exists() and not self._at(path).is_symlink():
                yield path, "install.kept-yours"
        if self._at(str(PACKAGED)).exists():
            yield str(PACKAGED), "install.kept-package"
        if self._at(str(VENV)).exists() and self.venv() != VENV:
            yield str(VENV), "install.kept-program" if self._is_alone else "install.kept-shared"

    def _at(self, path: str) -> Path:
        return self._systemd.root / path.lstrip("/")


def has_options(root: Path) -> bool:
    """Return whether an earlier installation told the service its options."""
    return (root / OPTIONS.lstrip("/")).exists()
