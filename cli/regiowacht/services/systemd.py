"""systemd of this server, through ``systemctl`` and ``journalctl``."""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

OLDEST = 250
"""The first systemd that loads a whole folder of credentials (LoadCredential=, systemd.exec(5))."""

RUNS = "run/systemd/system"
"""There where systemd is process 1 (sd_booted(3))."""

OWN_UNITS = "etc/systemd/system"
COMMAND_S = 90.0
LOOK_EVERY_S = 0.1
LINES = 5
PROPERTIES = ("LoadState", "ActiveState", "SubState", "Result", "NRestarts", "MainPID", "UnitFileState", "InvocationID")
ENVIRONMENT = {
    "LC_ALL": "C",
    "SYSTEMD_PAGER": "",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}


class NoSystemd(Unavailable):
    """This server does not run systemd, or one that is too old."""


class SystemdRefuses(Unavailable):
    """systemd does not do what it was asked."""


@dataclass(frozen=True, slots=True)
class UnitState:
    """How a unit is, in systemd's own words (org.freedesktop.systemd1(5)).

    Attributes:
        load: ``loaded``, or ``not-found``, ``masked``.
        active: ``active``, ``inactive``, ``activating``, ``deactivating``, ``reloading``, ``failed``.
        sub: finer, such as ``auto-restart``.
        result: of its last run, ``success`` or why it ended.
        restarts: how often systemd started it again since it was started.
        pid: its main process, 0 for none.
        file: ``enabled``, ``disabled``, ``static``; "" where there is no unit file.
    """

    load: str
    active: str
    sub: str
    result: str
    restarts: int
    pid: int
    file: str
    invocation: str

    @property
    def is_ready(self) -> bool:
        """Whether it runs and has said that it is ready."""
        return self.active in {"active", "reloading"}

    @property
    def is_broken(self) -> bool:
        """Whether it ended instead of getting ready."""
        return self.active == "failed" or self.sub == "auto-restart" or self.restarts > 0


class Systemd:
    """Asks and tells the service manager of this server.

    Args:
        root: where the server's files are; another one than / is for tests.
    """

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root

    @property
    def units(self) -> Path:
        """The folder of units that were not packaged, and of all drop-ins."""
        return self.root / OWN_UNITS

    @property
    def is_there(self) -> bool:
        """Whether this server runs systemd."""
        return (self.root / RUNS).is_dir()

    def require(self) -> int:
        """See that there is a systemd that the units can be given to; return its version.

        Raises:
            NoSystemd: there is none, or an old one; says what to do instead.
        """
        if not self.is_there:
            raise NoSystemd("install.no-systemd")
        said = self._ask("--version").stdout
        found = re.match(r"systemd (\d+)", said)
        number = int(found[1]) if found else 0
        if number < OLDEST:
            raise NoSystemd("install.old-systemd", version=number or "?", oldest=OLDEST)
        return number

    def state(self, unit: str) -> UnitState:
        """Return how a unit is.

        Raises:
            SystemdRefuses: it cannot be asked.
        """
        said = self._do("show", f"--property={','.join(PROPERTIES)}", unit)
        told = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
        one = {name: told.get(name, "") for name in PROPERTIES}
        return UnitState(
            load=one["LoadState"], active=one["ActiveState"], sub=one["SubState"], result=one["Result"],
            restarts=_number(one["NRestarts"]), pid=_number(one["MainPID"]), file=one["UnitFileState"],
            invocation=one["InvocationID"],
        )  # fmt: skip

    def reload(self) -> None:
        """Have it read its unit files again."""
        self._do("daemon-reload")

    def enable(self, unit: str) -> None:
        """Have it start a unit at every boot."""
        self._do("enable", "--quiet", unit)

    def disable(self, unit: str) -> None:
        """Have it not start a unit at boot."""
        self._do("disable", "--quiet", unit)

    def begin(self, verb: str, unit: str) -> None:
        """Have it ``start`` or ``restart`` a unit, and do not wait until it did."""
        self._do("reset-failed", unit, may_fail=True)
        self._do("--no-block", verb, unit)

    def start(self, unit: str) -> None:
        """Start a unit that is ready at once, such as a timer."""
        self._do("start", unit)

    def stop(self, *units: str) -> None:
        """Stop units, and wait until they have ended."""
        self._do("stop", *units)

    def forget(self, *units: str) -> None:
        """Have it forget that units failed: after they are gone they are shown no more."""
        self._do("reset-failed", *units, may_fail=True)

    def wait_ready(
        self,
        unit: str,
        within_s: float,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> UnitState:
        """Wait until a unit that was begun is ready, is broken, or the time is over; return how it is then."""
        until = now() + within_s
        while True:
            state = self.state(unit)
            if state.is_ready or state.is_broken or now() >= until:
                return state
            sleep(LOOK_EVERY_S)

    def journal(self, unit: str, lines: int = LINES) -> tuple[str, ...]:
        """Return the last lines that a unit said, or that systemd said of it; none where there is no journal."""
        words = ["journalctl", "--no-pager", "--quiet", "--output=cat", f"--lines={lines}", f"--unit={unit}"]
        try:
            done = subprocess.run(
                words, capture_output=True, text=True, errors="replace", timeout=COMMAND_S, env=ENVIRONMENT, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return ()
        return tuple(done.stdout.splitlines())

    def _do(self, *words: str, may_fail: bool = False) -> str:
        done = self._ask(*words)
        if done.returncode and not may_fail:
            said = (done.stderr or done.stdout).strip().splitlines()
            reason = said[0] if said else f"exit {done.returncode}"
            raise SystemdRefuses("install.systemctl", words=" ".join(words), reason=reason)
        return done.stdout

    def _ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                ["systemctl", *words],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=COMMAND_S,
                env=ENVIRONMENT,
                check=False,
            )
        except OSError as error:
            raise NoSystemd("install.no-systemctl", reason=error.strerror) from None
        except subprocess.TimeoutExpired:
            raise SystemdRefuses("install.systemctl", words=" ".join(words), reason=f"{COMMAND_S:g} s") from None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
