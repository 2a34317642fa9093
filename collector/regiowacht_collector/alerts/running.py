"""Alerts as they run beside the engine: Alertmanager watched over, the notifier behind it, windows kept up.

A library part, like ``regiowacht_collector.running``: what it says goes through ``tell``.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from regiowacht_collector.alerts.manager.client import ManagerClient
from regiowacht_collector.alerts.manager.command import manager_command
from regiowacht_collector.alerts.notify.history import History
from regiowacht_collector.alerts.notify.notifier import Notifier
from regiowacht_collector.alerts.notify.server import NotifierServer
from regiowacht_collector.alerts.routing import CONFIG, alertmanager_file
from regiowacht_collector.alerts.windows import keep_up
from regiowacht_collector.ports import LOOPBACK, free_port, refuse_taken
from regiowacht_collector.process import EngineProcess
from regiowacht_contract.errors import ProcessDied, RegiowachtError, Unavailable, Unreachable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from regiowacht_collector.alerts.manager.find import Manager
    from regiowacht_collector.alerts.settings import AlertSettings
    from regiowacht_collector.tell import Tell
    from regiowacht_inventory import Region

FOLDER = "alerts"
LOOK_EVERY_S = 60.0
"""How often windows are kept up, and the year looked at, for whose holidays are written down."""

LONGEST_PAUSE_S = 60.0
STEADY_AFTER_S = 60.0


@dataclass(slots=True)
class _Member:
    """One Alertmanager.

    Attributes:
        command: how it is started.
        client: asks it.
        process: it, or None between two runs.
        started_s: when it was started, by the monotonic clock.
        again_s: when it is started again, likewise.
        deaths: how often it died early, in a row.
    """

    command: Sequence[str]
    client: ManagerClient
    process: EngineProcess | None = None
    started_s: float = 0.0
    again_s: float = 0.0
    deaths: int = 0


class RunningAlerts:
    """Alertmanagers that answer, and who they hand on to.

    Start it from a thread that lives as long: Alertmanager is ended when that thread ends.

    Attributes:
        notifier: tells people.
        windows_s: when windows were last kept up, Unix time; 0 where not yet.

    Raises:
        PortTaken: another process listens on the port.
        Unavailable: the folder cannot be written.
    """

    def __init__(self, region: Region, manager: Manager, settings: AlertSettings, data: Path, tell: Tell) -> None:
        self.windows_s = 0.0
        self._region = region
        self._settings = settings
        self._tell = tell
        self._folder = data / FOLDER
        self._stack = ExitStack()
        self._stopping = threading.Event()
        self._years: tuple[int, ...] = ()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable("collector.cannot-write", path=error.filename, reason=error.strerror) from None
        history = History(data)
        self._stack.callback(history.close)
        self.notifier = Notifier(region, history)
        self._server = NotifierServer(self.notifier)
        self._stack.callback(self._server.close)
        self._members = self._made(manager)

    @property
    def addresses(self) -> tuple[str, ...]:
        """``host:port`` of each Alertmanager, for the engine."""
        return tuple(member.client.url.removeprefix("http://") for member in self._members)

    @property
    def clients(self) -> tuple[ManagerClient, ...]:
        """What asks each of them."""
        return tuple(member.client for member in self._members)

    def start(self) -> None:
        """Write the configuration, start them, and wait until they answer.

        Raises:
            ProcessDied: one ended; says why.
            Unavailable: one did not answer in time, or the folder cannot be written.
        """
        self._write(self._region)
        deadline = time.monotonic() + self._settings.ready_within_s
        for member in self._members:
            self._start(member)
        for member in self._members:
            while not member.client.is_ready():
                if member.process is None or member.process.poll() is not None:
                    raise _died(member)
                if time.monotonic() > deadline:
                    raise Unavailable("alerts.manager-not-ready", seconds=round(self._settings.ready_within_s))
                time.sleep(0.05)
        keeper = threading.Thread(target=self._keep, daemon=True)
        keeper.start()
        self._stack.callback(keeper.join)

    def show(self, region: Region) -> None:
        """Go by this region from now on.

        Raises:
            Found: Alertmanager refuses what was rendered; it goes on with what it had.
            Unavailable: the folder cannot be written.
        """
        before = self._region
        self._write(region)
        try:
            self._have_it_read()
        except RegiowachtError:
            self._write(before)
            raise
        self._region = region
        self.notifier.show(region)
        self._look()

    def check(self) -> None:
        """Start again what died, once its pause is over. Call this often, from the thread that started them."""
        for member in self._members:
            now = time.monotonic()
            if member.process is None:
                if now >= member.again_s:
                    self._start(member)
            elif member.process.poll() is not None:
                error = _died(member)
                member.process.stop()
                member.process = None
                member.deaths = 0 if now - member.started_s > STEADY_AFTER_S else member.deaths + 1
                pause_s = min(LONGEST_PAUSE_S, float(2**member.deaths) / 2)
                member.again_s = now + pause_s
                self._tell("alerts.starts-again", reason=error, seconds=pause_s)

    def close(self) -> None:
        """Stop them, then the notifier: what is being delivered is delivered."""
        self._stopping.set()
        for member in self._members:
            if member.process is not None:
                member.process.stop()
                member.process = None
        self._stack.close()
        for member in self._members:
            member.client.close()

    def _made(self, manager: Manager) -> tuple[_Member, ...]:
        ports = [self._settings.port or free_port(), *(free_port() for _ in range(self._settings.managers - 1))]
        refuse_taken(ports[0])
        talk = [free_port() if self._settings.managers > 1 else 0 for _ in ports]
        return tuple(
            _Member(
                manager_command(
                    manager,
                    self._folder / CONFIG,
                    self._folder / f"manager-{number}",
                    port,
                    cluster_port=talk[number],
                    peers=[f"{LOOPBACK}:{other}" for other in talk if other != talk[number]],
                ),
                ManagerClient(f"http://{LOOPBACK}:{port}"),
            )
            for number, port in enumerate(ports)
        )

    def _start(self, member: _Member) -> None:
        member.process = EngineProcess(member.command)
        member.started_s = time.monotonic()

    def _write(self, region: Region) -> None:
        """Write the configuration; only this user may read it, since it holds the notifier's path."""
        year = datetime.now(UTC).year
        self._years = (year, year + 1)
        content = alertmanager_file(region, self._years, self._server.url)
        path = self._folder / CONFIG
        beside = path.with_name(f".{CONFIG}.new")
        try:
            beside.unlink(missing_ok=True)
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
                file.write(content)
            beside.replace(path)
        except OSError as error:
            raise Unavailable("collector.cannot-write", path=error.filename or path, reason=error.strerror) from None

    def _have_it_read(self) -> None:
        for member in self._members:
            try:
                member.client.reload()
            except Unreachable:
                continue  # it is not there now; it reads the new file when it starts

    def _keep(self) -> None:
        while True:
            self._look()
            if self._stopping.wait(LOOK_EVERY_S):
                return

    def _look(self) -> None:
        """Keep up windows, and holidays when a year ends."""
        now = datetime.now(UTC)
        try:
            if self._years[0] != now.year:
                self._write(self._region)
                self._have_it_read()
            keep_up(self._members[0].client, self._region, now)
            self.windows_s = time.time()
        except RegiowachtError as error:
            self._tell("alerts.windows-not-kept", reason=error)


def _died(member: _Member) -> ProcessDied:
    process = member.process
    lines = process.last_lines() if process else []
    code = process.poll() if process else None
    return ProcessDied("alerts.manager-died", ended="-" if code is None else code, said=lines[-1] if lines else "-")
