"""``regiowacht collector run|render|reload``, and the table of the room's verbs."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.signals import Signals
from regiowacht.verb import Verb, add_json, add_region
from regiowacht.verbs import collector_alerts as told
from regiowacht.verbs import collector_backup as backups
from regiowacht.verbs import collector_install as services
from regiowacht.verbs import collector_members as members
from regiowacht.verbs.collector_alerting import add_alerting, alert_settings
from regiowacht.verbs.collector_fetch import FETCH
from regiowacht.verbs.collector_gateway import add_gateway, gateway_settings, roll_of
from regiowacht_contract.defaults import PROMETHEUS_PORT
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND, Found, RegionInvalid, RegiowachtError, Unavailable
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_agent.notify import Notifier
    from regiowacht_collector import Options, RunningCollector
    from regiowacht_collector.data_folder import Status
    from regiowacht_collector.tell import Tell
    from regiowacht_contract.texts import Lang

LOOK_EVERY_S = 0.2
RELOAD_WITHIN_S = 120.0


def run(chosen: Namespace, console: Console) -> int:
    """Run until a signal says stop; returns 0 then."""
    from regiowacht.region import open_region
    from regiowacht_agent.notify import Notifier
    from regiowacht_collector import Settings, running_collector

    region, console = open_region(chosen.region, console)
    settings = Settings(
        data=Path(chosen.data),
        port=chosen.port,
        engine=Path(chosen.engine) if chosen.engine else None,
        retention=chosen.retention,
        retention_size=chosen.retention_size,
    )
    running = running_collector(
        region,
        settings,
        _options(chosen),
        gateway=gateway_settings(chosen, region),
        alerts=alert_settings(chosen, region),
        tell=teller(console),
    )
    told = Notifier(os.environ)  # of whoever started this: systemd waits for it, and starts it again when it is silent
    with Signals() as signals, running as collector:
        signals.hold()
        collector.folder.write_status(_status(collector))
        console.out(f"prometheus {collector.url}")
        if collector.gateway is not None:
            collector.gateway.publish(roll_of(region))
            console.out(f"gateway {collector.gateway.url}")
        for manager in collector.alerts.clients if collector.alerts else ():
            console.out(f"alertmanager {manager.url}")
        console.tell(
            "collector.ready",
            name=collector.engine.name(),
            assets=len(region.assets),
            gemeenten=len(region.gemeenten),
        )
        told.say("READY=1", f"STATUS={collector.url}")
        try:
            _watch(collector, signals, told, chosen, console)
        finally:
            told.say("STOPPING=1")
    console.tell("collector.stopped")
    return EXIT_FINE


def _status(collector: RunningCollector, reloads: int = 0, problem: str = "") -> Status:
    from regiowacht_collector.data_folder import Status

    managers = tuple(client.url for client in collector.alerts.clients) if collector.alerts else ()
    return Status(os.getpid(), collector.url, reloads, problem, managers)


def _watch(collector: RunningCollector, signals: Signals, told: Notifier, chosen: Namespace, console: Console) -> None:
    reloads, alive = 0, time.monotonic()
    while signals.pause():
        collector.check()
        if told.watchdog_s is not None and time.monotonic() >= alive:
            told.say("WATCHDOG=1")
            alive = time.monotonic() + told.watchdog_s / 2
        if signals.reload:
            signals.reload = False
            reloads += 1
            told.say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
            problem = _reload(collector, chosen, console)
            collector.folder.write_status(_status(collector, reloads, problem))
            told.say("READY=1", f"STATUS={problem or collector.url}".splitlines()[0])


def _reload(collector: RunningCollector, chosen: Namespace, console: Console) -> str:
    """Take the region over again; return why not, or ""."""
    from regiowacht.region import open_region

    try:
        region, console = open_region(chosen.region, console)
        changed = collector.reload(region)
        if collector.gateway is not None:
            collector.gateway.publish(roll_of(region))
    except RegiowachtError as error:
        collector.refused()
        console.tell("collector.kept", reason=error.message(console.lang))
        return "\n".join(_problems(error, console.lang))
    console.tell("collector.reloaded", changed=len(changed), assets=len(region.assets))
    return ""


def render(chosen: Namespace, console: Console) -> int:
    """Write, or only show, the engine's files; 1 when ``--dry-run`` shows a difference."""
    from regiowacht.region import open_region
    from regiowacht_collector import render as render_region
    from regiowacht_collector.engine import find_promtool
    from regiowacht_collector.files import differences, write_files
    from regiowacht_collector.promtool import check_files
    from regiowacht_collector.targets import trusts
    from regiowacht_collector.trust import check_authorities

    region, console = open_region(chosen.region, console)
    out = Path(chosen.out)
    files = render_region(region, _options(chosen))
    if chosen.check:
        check_authorities(trusts(region, _options(chosen)))
        check_files(files, find_promtool())
        console.tell("collector.checked")
    if chosen.dry_run:
        diff = differences(files, out)
        if chosen.json:
            console.json({"out": str(out), "files": sorted(files), "diff": diff})
        elif diff:
            console.out(diff.rstrip("\n"))
        return EXIT_FOUND if diff else EXIT_FINE
    changed = write_files(files, out)
    if chosen.json:
        console.json({"out": str(out), "files": sorted(files), "changed": changed})
    else:
        console.tell("collector.rendered", out=out, count=len(files), changed=len(changed))
    return EXIT_FINE


def reload(chosen: Namespace, console: Console) -> int:
    """Send SIGHUP to the collector that holds ``--data`` and wait for its verdict; 1 when it refused."""
    from regiowacht_collector.data_folder import read_status

    data = Path(chosen.data)
    before = read_status(data)
    if before is None:
        raise Unavailable("collector.not-running", data=data)
    try:
        os.kill(before.pid, signal.SIGHUP)
    except PermissionError:
        raise Unavailable("collector.reload-forbidden", pid=before.pid) from None
    deadline = time.monotonic() + RELOAD_WITHIN_S
    while time.monotonic() < deadline:
        now = read_status(data)
        if now is None:
            raise Unavailable("collector.not-running", data=data)
        if now.reloads > before.reloads:
            if chosen.json:
                console.json({"data": str(data), "taken_over": not now.problem, "problem": now.problem})
            if now.problem:
                raise Found("collector.reload-refused", problem=now.problem)
            if not chosen.json:
                console.tell("collector.reload-done", data=data)
            return EXIT_FINE
        time.sleep(LOOK_EVERY_S / 4)
    raise Unavailable("collector.reload-silent", pid=before.pid, seconds=round(RELOAD_WITHIN_S))


def _problems(error: RegiowachtError, lang: Lang) -> list[str]:
    if isinstance(error, RegionInvalid):
        return [f"{problem.place()}: {problem.message(lang)}" for problem in error.problems]
    return [error.message(lang)]


def teller(console: Console) -> Tell:
    """Return what says the room's talk, with the errors in it in the reader's language."""

    def tell(key: str, /, **values: object) -> None:
        lang = console.lang
        said = {name: v.message(lang) if isinstance(v, RegiowachtError) else v for name, v in values.items()}
        console.tell(key, **said)

    return tell


def _options(chosen: Namespace) -> Options:
    from regiowacht_collector import Options

    return Options(
        scrape_interval_s=chosen.scrape_interval,
        rule_interval_s=chosen.rule_interval,
        exporter_port=chosen.exporter_port,
    )


def _add_rendering(parser: ArgumentParser, lang: Lang) -> None:
    from regiowacht_collector.options import DEFAULT_EXPORTER_PORT, DEFAULT_INTERVAL_S

    for name, default in (
        ("scrape-interval", DEFAULT_INTERVAL_S),
        ("rule-interval", DEFAULT_INTERVAL_S),
        ("exporter-port", DEFAULT_EXPORTER_PORT),
    ):
        text = say(f"collector.option-{name}", lang, default=default)
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N", help=text)


def _add_run(parser: ArgumentParser, lang: Lang) -> None:
    add_region(parser, lang)
    parser.add_argument("--data", required=True, metavar="DIR", help=say("collector.option-data", lang))
    _add_run_options(parser, lang)


def _add_run_options(parser: ArgumentParser, lang: Lang) -> None:
    """Declare what ``run`` takes beside its folders."""
    from regiowacht_collector.settings import DEFAULT_RETENTION

    text = say("collector.option-port", lang, default=PROMETHEUS_PORT)
    parser.add_argument("--port", type=int, default=PROMETHEUS_PORT, metavar="N", help=text)
    parser.add_argument("--engine", metavar="PATH", help=say("collector.option-engine", lang))
    text = say("collector.option-retention", lang, default=DEFAULT_RETENTION)
    parser.add_argument("--retention", default=DEFAULT_RETENTION, metavar="TIME", help=text)
    text = say("collector.option-retention-size", lang)
    parser.add_argument("--retention-size", default="", metavar="SIZE", help=text)
    _add_rendering(parser, lang)
    add_alerting(parser, lang)
    add_gateway(parser, lang)


def _add_render(parser: ArgumentParser, lang: Lang) -> None:
    add_region(parser, lang)
    parser.add_argument("--out", required=True, metavar="DIR", help=say("collector.option-out", lang))
    parser.add_argument("--check", action="store_true", help=say("collector.option-check", lang))
    parser.add_argument("--dry-run", action="store_true", help=say("collector.option-dry-run", lang))
    _add_rendering(parser, lang)
    add_json(parser, lang)


def _add_reload(parser: ArgumentParser, lang: Lang) -> None:
    parser.add_argument("--data", required=True, metavar="DIR", help=say("collector.option-data", lang))
    add_json(parser, lang)


VERBS: tuple[Verb, ...] = (
    Verb("run", "collector.verb-run", _add_run, run),
    Verb("render", "collector.verb-render", _add_render, render),
    Verb("reload", "collector.verb-reload", _add_reload, reload),
    FETCH,
    Verb("invite", "joining.verb-invite", members.add_invite, members.invite),
    Verb("revoke", "joining.verb-revoke", members.add_revoke, members.revoke),
    Verb("install", "serving.verb-install", services.adder(_add_run_options), services.installer(_add_run_options)),
    Verb("remove", "serving.verb-remove", services.add_remove, services.remove),
    Verb("alerts", "alerts.verb-alerts", told.add_alerts, told.alerts),
    Verb("silence", "alerts.verb-silence", told.add_silence, told.silence),
    Verb("backup", "backup.verb-backup", backups.add_backup, backups.backup),
    Verb("restore", "backup.verb-restore", backups.add_restore, backups.restore),
)
