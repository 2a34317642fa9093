"""Has this server audit the region's devices at set times, or not any more."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.services import units
from regiowacht.services.changes import Changes
from regiowacht.services.install import ETC, PACKAGED_UNITS, SECRETS
from regiowacht.services.systemd import ENVIRONMENT, OWN_UNITS
from regiowacht_contract.errors import Unavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht.services.program import Program
    from regiowacht.services.systemd import Systemd

ROOM = "audit"
STORE = "/var/lib/regiowacht-audit"
TOKENS = f"{SECRETS}/audit-tokens"
"""Each gemeente's token for the gateway: what is there is pushed with."""

HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108 - named because a service does not see them
NEXT = re.compile(r"^ *Next elapse: (.+)$", re.MULTILINE)
ASK_S = 30.0
SKIPPED = frozenset({".git", "audit-store"})


class Schedule:
    """Installs the units of the audits and starts the timer, or takes them away.

    Args:
        systemd: of this server.
        dry_run: only say what would be done.

    Attributes:
        changes: what was done, or would be.
    """

    def __init__(self, systemd: Systemd, *, dry_run: bool = False) -> None:
        self._systemd = systemd
        self._dry_run = dry_run
        self.changes = Changes(systemd.root, ROOM, dry_run=dry_run)

    def set(self, program: Program, region: Path, calendar: str) -> None:
        """Have every device audited when the calendar says so.

        Raises:
            Unavailable: it cannot be written, or systemd refuses it.
        """
        changes = self.changes
        changes.folder(ETC, 0o755)
        changes.folder(SECRETS, 0o700)
        begun = len(changes.done)
        for path, text in self._texts(program, region, calendar).items():
            changes.file(path, text)
        is_new = any(change.is_change for change in changes.done[begun:])
        if is_new and not self._dry_run:
            self._systemd.reload()
        state = self._systemd.state(units.AUDIT_TIMER)
        if state.load == "masked":
            raise Unavailable("install.masked", unit=units.AUDIT_TIMER)
        changes.note(f"{units.AUDIT_TIMER} (boot)", "same" if state.file == "enabled" else "enabled")
        changes.note(units.AUDIT_TIMER, "same" if state.is_ready and not is_new else "started")
        if not self._dry_run:
            self._systemd.enable(units.AUDIT_TIMER)
            if is_new or not state.is_ready:
                self._systemd.begin("restart", units.AUDIT_TIMER)

    def end(self) -> None:
        """Have nothing audited any more; what audits kept stays.

        Raises:
            Unavailable: systemd refuses it, or a file cannot be removed.
        """
        changes, systemd = self.changes, self._systemd
        state = systemd.state(units.AUDIT_TIMER)
        if state.active != "inactive":
            changes.note(units.AUDIT_TIMER, "stopped")
        if state.file == "enabled":
            changes.note(f"{units.AUDIT_TIMER} (boot)", "disabled")
        if not self._dry_run and state.load != "not-found":
            systemd.stop(units.AUDIT_TIMER, units.AUDIT)
            systemd.disable(units.AUDIT_TIMER)
        for made in reversed(changes.manifest.room(ROOM).made):
            changes.remove(made)
        if not self._dry_run:
            changes.manifest.drop(ROOM)
            systemd.reload()
            systemd.forget(units.AUDIT_TIMER, units.AUDIT)

    def _texts(self, program: Program, region: Path, calendar: str) -> dict[str, str]:
        root, texts = self._systemd.root, dict[str, str]()
        if program.way != "package" or not (root / PACKAGED_UNITS / units.AUDIT).exists():
            texts |= {name: units.render(name, program.command) for name in units.names(ROOM)}
        options = ["--region", str(region), "--store", STORE]
        if (root / TOKENS.lstrip("/")).is_dir():
            options += ["--push", TOKENS]
        texts |= units.audit_dropins(options, calendar, program.command)
        return {f"/{OWN_UNITS}/{name}": text for name, text in texts.items()}


def next_time(calendar: str) -> str:
    """Return when a calendar comes round next, in systemd's words.

    Raises:
        UsageError: systemd knows no such calendar.
    """
    words = ["systemd-analyze", "calendar", "--", calendar]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=ASK_S, env=ENVIRONMENT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = NEXT.search(done.stdout)
    if done.returncode or found is None or not calendar.isprintable() or found[1] == "never":
        raise UsageError("schedule.no-calendar", calendar=calendar)
    return found[1]


def require_seen(region: Path) -> None:
    """See that a service, which is another user, can read a region folder.

    Raises:
        UsageError: it cannot; names the first that is in the way.
    """
    for hidden in HIDDEN:
        if region.is_relative_to(hidden):
            raise UsageError("schedule.hidden", path=region, folder=hidden)
    for path in (*reversed(region.parents), *_all_of(region)):
        mode = path.stat().st_mode
        needed = stat.S_IROTH
        if path.is_dir():
            needed = stat.S_IXOTH if path in region.parents else stat.S_IROTH | stat.S_IXOTH
        if mode & needed != needed:
            raise UsageError("schedule.unreadable", path=path, region=region)


def _all_of(region: Path) -> Iterator[Path]:
    yield region
    for where, folders, files in os.walk(region):
        folders[:] = sorted(set(folders) - SKIPPED)
        yield from (Path(where, name) for name in (*folders, *sorted(files)))
