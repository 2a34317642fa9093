"""The running collector: renders, exposes the region, and watches over the engine.

A library part: no signal handlers, no exit, and what it says goes through ``tell``.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from regiowacht_collector.alerts.page import alert_families
from regiowacht_collector.alerts.settings import is_wanted
from regiowacht_collector.client import Client
from regiowacht_collector.command import engine_command
from regiowacht_collector.data_folder import DataFolder
from regiowacht_collector.death import explain
from regiowacht_collector.engine import find_engine
from regiowacht_collector.exporter import Exporter
from regiowacht_collector.files import read_files, write_files
from regiowacht_collector.gateway.listening import listen
from regiowacht_collector.memory import Memory, ask_storage
from regiowacht_collector.options import Options
from regiowacht_collector.page import Health, Page
from regiowacht_collector.ports import LOOPBACK, free_port, refuse_taken
from regiowacht_collector.process import EngineProcess
from regiowacht_collector.promtool import check_files
from regiowacht_collector.render import CONFIG, TARGETS, render
from regiowacht_collector.repair.late import Late
from regiowacht_collector.repair.page import repair_families
from regiowacht_collector.repair.repair import Site
from regiowacht_collector.repair.worker import Repairer
from regiowacht_collector.targets import trusts
from regiowacht_collector.tell import silent
from regiowacht_collector.trust import check_authorities
from regiowacht_contract.errors import Found, ProcessDied, RegiowachtError, Unavailable, Unreachable

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from prometheus_client.core import Metric as Family

    from regiowacht_collector.alerts.running import RunningAlerts
    from regiowacht_collector.alerts.settings import AlertSettings
    from regiowacht_collector.engine import Engine
    from regiowacht_collector.gateway.serving import Gateway
    from regiowacht_collector.gateway.settings import GatewaySettings
    from regiowacht_collector.render import Files
    from regiowacht_collector.settings import Settings
    from regiowacht_collector.tell import Tell
    from regiowacht_inventory import Region

LONGEST_PAUSE_S = 60.0
STEADY_AFTER_S = 60.0
"""An engine that ran this long did not die of its start: the next pause is short again."""

LOOK_EVERY_S = 0.2
REPAIR_FOLDER = "repair"
REPAIR_ASKS_S = 300.0
"""A question of a repair reads half an hour of everything of a gemeente."""


class RunningCollector:
    """An engine that answers, and what it needs around it; made by ``running_collector``.

    Attributes:
        url: the engine, for queries and as Grafana's data source: ``http://127.0.0.1:PORT``.
        engine: which Prometheus it is.
        options: as rendered, with the exporter's port filled in.
        folder: the data folder it holds.
        gateway: takes what is pushed, or None.
        alerts: hands alerts on, or None.
    """

    gateway: Gateway | None = None
    alerts: RunningAlerts | None = None

    def __init__(
        self, region: Region, settings: Settings, options: Options, *, engine: Engine, folder: DataFolder, tell: Tell
    ) -> None:
        self.engine = engine
        self.folder = folder
        self._settings = settings
        self._tell = tell
        self._port = settings.port or free_port()
        refuse_taken(self._port)
        self.url = f"http://{LOOPBACK}:{self._port}"
        self._client = Client(self.url)
        self._health = Health()
        memory = Memory(lambda: ask_storage(self._client, options.out_of_order_days, time.time()))
        self._page = Page(region, engine, memory, self._health)
        self._repairer: Repairer | None = None
        self._page.more = self._families
        self._exporter = Exporter(options.exporter_port, self._page.render)
        self.options = replace(options, exporter_port=self._exporter.port, engine_port=self._port)
        self._process: EngineProcess | None = None
        self._started_s = 0.0
        self._deaths_in_a_row = 0
        self._start_again_s: float | None = None

    def start(self, region: Region) -> None:
        """Render, start the engine, and wait until it answers.

        Raises:
            Found: promtool finds a mistake in what was rendered.
            ProcessDied: the engine ended; says why.
            Unavailable: it did not answer in time, or a file with authorities is not there.
        """
        write_files(self._checked(region), self.folder.config)
        self._took_over()
        self._start_engine()
        deadline = time.monotonic() + self._settings.ready_within_s
        while not self._client.is_ready():
            self._raise_if_dead()
            if time.monotonic() > deadline:
                raise Unavailable("collector.not-ready", seconds=round(self._settings.ready_within_s))
            time.sleep(0.02)
        self._raise_if_dead()

    def show(self, gateway: Gateway, repairer: Repairer) -> None:
        """Tell on the page how the gateway and the repair of what was recorded fare."""
        self.gateway = gateway
        self._repairer = repairer

    def repairer(self, late: Late) -> Repairer:
        """Return what repairs recorded series from now on where samples come in late; close it before the collector."""
        site = Site(
            engine=self.engine,
            main=Client(self.url, timeout_s=REPAIR_ASKS_S),
            storage=self.folder.storage,
            folder=self.folder.path / REPAIR_FOLDER,
            interval_ms=self.options.rule_interval_s * 1000,
        )
        return Repairer(site, late, self.options.out_of_order_days)

    def check(self) -> None:
        """Look after the engine and Alertmanager once: start again what died, after a pause. Call this often.

        Raises:
            ProcessDied: it died and ``restarts`` is off; says why.
        """
        if self.alerts is not None:
            self.alerts.check()
        if self._start_again_s is not None:
            if time.monotonic() >= self._start_again_s:
                self._start_again()
            return
        try:
            self._raise_if_dead()
        except ProcessDied as error:
            if not self._settings.restarts:
                raise
            self._plan_restart(error)

    def wait(self, stop: threading.Event) -> None:
        """Look after the engine until ``stop`` is set.

        Raises:
            ProcessDied: it died and ``restarts`` is off.
        """
        while not stop.wait(LOOK_EVERY_S):
            self.check()

    def reload(self, region: Region) -> list[str]:
        """Show another region from now on, and return which rendered files changed.

        Nothing changes when it is refused: not the files, not what the engine reads, not the info series.

        Raises:
            Found: promtool or the engine refuses what was rendered; says why.
            Unavailable: the files cannot be written, or a file with authorities is not there.
        """
        try:
            changed = self._take_over(self._checked(region))
            if self.alerts is not None:
                self.alerts.show(region)
            elif is_wanted(region):
                self._tell("alerts.after-a-restart")
        except RegiowachtError:
            self.refused()
            raise
        self._page.show(region)
        self._took_over()
        return changed

    def refused(self) -> None:
        """Note that a region was not taken over; the series ``…config_last_reload_successful`` tells it."""
        self._health.config_ok = False

    def pid(self) -> int | None:
        """Return the engine's process id, or None between two runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def close(self) -> None:
        """Stop the engine and everything around it."""
        if self._process is not None:
            self._process.stop()
            self._process = None
        self._exporter.close()

    def _families(self) -> Iterator[Family]:
        """Yield what is told on the page beside the region: how gateway, repair and alerts fare."""
        if self.gateway is not None:
            yield from self.gateway.families()
        if self._repairer is not None:
            yield from repair_families(self._repairer)
        if self.alerts is not None:
            yield from alert_families(self.alerts)

    def _checked(self, region: Region) -> Files:
        check_authorities(trusts(region, self.options))
        files = render(region, self.options)
        if self.engine.promtool is not None:
            check_files(files, self.engine.promtool)
        return files

    def _take_over(self, files: Files) -> list[str]:
        """Have the engine read changed settings and rules first, then put the targets in place.

        The engine sees changed targets by itself. Prometheus 2.42 misses one that is taken away at the same moment as
        a reload, and goes on scraping it.
        """
        out = self.folder.config
        before = read_files(out)
        targets = {path: content for path, content in files.items() if path.startswith(TARGETS)}
        old_targets = {path: content for path, content in before.items() if path.startswith(TARGETS)}
        settings = {path: content for path, content in files.items() if path not in targets}
        changed = write_files({**old_targets, **settings}, out)
        if changed:
            self._have_it_read(before)
        return changed + write_files({**targets, **settings}, out)

    def _have_it_read(self, before: Files) -> None:
        try:
            self._client.reload()
        except Unreachable:
            # It is not there now; it reads the new files when it starts.
            self._tell("collector.read-at-start")
        except Found:
            write_files(before, self.folder.config)
            raise

    def _took_over(self) -> None:
        self._health.config_ok = True
        self._health.config_since_s = time.time()

    def _start_engine(self) -> None:
        command = engine_command(
            self.engine, self._settings, self.folder.config / CONFIG, self.folder.storage, self._port
        )
        self._process = EngineProcess(command)
        self._started_s = time.monotonic()
        self._health.starts += 1

    def _raise_if_dead(self) -> None:
        if self._process is None:
            return
        returncode = self._process.poll()
        if returncode is not None:
            lines = self._process.last_lines()
            self._process.stop()
            raise explain(returncode, lines)

    def _plan_restart(self, error: ProcessDied) -> None:
        now = time.monotonic()
        self._deaths_in_a_row = 0 if now - self._started_s > STEADY_AFTER_S else self._deaths_in_a_row + 1
        pause_s = min(LONGEST_PAUSE_S, float(2**self._deaths_in_a_row) / 2)
        self._start_again_s = now + pause_s
        self._tell("collector.starts-again", reason=error, seconds=pause_s)

    def _start_again(self) -> None:
        self._start_again_s = None
        try:
            refuse_taken(self._port)
            self._start_engine()
        except (Unavailable, OSError) as error:
            self._plan_restart(ProcessDied("collector.died", ended="-", said=error))


@contextmanager
def running_collector(
    region: Region,
    settings: Settings,
    options: Options | None = None,
    *,
    gateway: GatewaySettings | None = None,
    alerts: AlertSettings | None = None,
    tell: Tell = silent,
) -> Iterator[RunningCollector]:
    """Run a collector for as long as the block lasts; when it begins, the engine answers.

    Call it from a thread that lives as long: the engine is ended when that thread ends. With ``gateway`` it takes what
    is pushed, from whom its ``publish`` lets in; with ``alerts`` people hear of what is wrong.

    Raises:
        PartMissing: there is no engine, and none can be had; says what to install.
        PortTaken: another process listens on one of the ports.
        ProcessDied: the engine ended before it answered; says why.
        Unavailable: the data folder is in use or cannot be written, or the engine did not answer in time.
        Found: promtool finds a mistake in what was rendered.
    """
    with ExitStack() as stack:
        folder = DataFolder(settings.data)
        stack.callback(folder.close)
        engine = find_engine(settings.engine, cache=settings.cache, tell=tell)
        listening = listen(*gateway.address) if gateway else None
        if listening:
            stack.callback(listening.close)
        tell("collector.engine-found", name=engine.name(), path=engine.prometheus)
        make = partial(RunningCollector, engine=engine, folder=folder, tell=tell)
        chosen = options or Options()
        warned = _alerting(region, alerts, folder, tell) if alerts else None
        if warned:
            stack.callback(warned.close)
            chosen = replace(chosen, managers=(*chosen.managers, *warned.addresses))
        collector = make(region, settings, chosen)
        stack.callback(collector.close)
        collector.alerts = warned
        collector.start(region)
        if gateway and listening:
            from regiowacht_collector.gateway.serving import serving  # noqa: PLC0415 - a web server that not all need

            late = Late(folder.path)
            stack.callback(late.close)
            days = collector.options.out_of_order_days
            opened = serving(gateway, listening, folder.path, collector.url, days, note_late=late.note, tell=tell)
            serves = stack.enter_context(opened)
            repairer = collector.repairer(late)
            stack.callback(repairer.close)
            collector.show(serves, repairer)
        yield collector


def _alerting(region: Region, settings: AlertSettings, folder: DataFolder, tell: Tell) -> RunningAlerts:
    """Return Alertmanagers that answer."""
    from regiowacht_collector.alerts.manager.find import find_manager  # noqa: PLC0415 - not all are told of alerts
    from regiowacht_collector.alerts.running import RunningAlerts  # noqa: PLC0415 - likewise

    manager = find_manager(settings.program, cache=settings.cache, tell=tell)
    running = RunningAlerts(region, manager, settings, folder.path, tell)
    try:
        running.start()
    except BaseException:
        running.close()
        raise
    tell("alerts.manager-found", name=manager.name(), path=manager.program)
    return running
