"""``regiowacht collector install|remove``: the collector as a service of this machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht.verb import add_json, add_region
from regiowacht.verbs.changes_told import as_json, tell_changes
from regiowacht_contract.errors import UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Sequence

    from regiowacht.console import Console
    from regiowacht.services.changes import Change
    from regiowacht.services.collector import CollectorRemoval, CollectorService
    from regiowacht_collector.gateway.settings import GatewaySettings
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region

    AddOptions = Callable[[ArgumentParser, Lang], None]


def adder(add_options: AddOptions) -> AddOptions:
    """Return what declares the options of ``install``: its own beside those of ``collector run``."""

    def add(parser: ArgumentParser, lang: Lang) -> None:
        add_region(parser, lang)
        parser.add_argument(
            "--invite", action="append", default=[], metavar="SERVER", help=say("serving.option-invite", lang)
        )
        parser.add_argument("--packages", metavar="DIR", help=say("serving.option-packages", lang))
        parser.add_argument("--dry-run", action="store_true", help=say("install.option-dry-run", lang))
        add_json(parser, lang)
        add_options(parser, lang)

    return add


def installer(add_options: AddOptions) -> Callable[[Namespace, Console], int]:
    """Return the verb ``install``.

    Args:
        add_options: declares the options of ``collector run`` but for its folders.
    """

    def install(chosen: Namespace, console: Console) -> int:
        return _install(chosen, console, add_options)

    return install


def _install(chosen: Namespace, console: Console, add_options: AddOptions) -> int:
    from regiowacht.parser import Parser
    from regiowacht.region import open_region
    from regiowacht.services.beforehand import look
    from regiowacht.services.collector import DATA, REGION, CollectorService, has_options
    from regiowacht.services.collector_options import files_of, require_readable, words_of
    from regiowacht.services.steps import Steps
    from regiowacht.services.systemd import Systemd
    from regiowacht.verbs.collector_gateway import gateway_settings

    systemd, steps = Systemd(), Steps(console)
    say_step = (lambda key, **values: None) if chosen.json else steps.done
    program = look(systemd, say_step)
    folder = Path(chosen.region or REGION).absolute()
    region, console = open_region(folder, console)
    run_parser = Parser(prog="regiowacht collector run", description="", lang=console.lang)
    add_options(run_parser, console.lang)
    words = words_of(run_parser, chosen)
    kept = not words and has_options(systemd.root)
    for path in (folder, *files_of(run_parser, chosen)):
        require_readable(path)
    settings = gateway_settings(chosen, region)
    wanted = [_server(region, name) for name in chosen.invite]
    say_step("serving.region-fine", region=folder, assets=len(region.assets), gemeenten=len(region.gemeenten))
    service = CollectorService(systemd, program, dry_run=chosen.dry_run)
    if not chosen.dry_run and not kept:
        _require_ports(service, chosen, settings)
    service.write(folder, None if kept else words, settings.ports if settings else ())
    begun = service.start()
    data = systemd.root / DATA.lstrip("/")
    invitations: list[dict[str, object]] = []
    engine = ""
    if not chosen.dry_run:
        say_step("serving.unit-fine")
        if begun:
            service.wait_ready()
        engine = _answers(data, None if kept else settings, say_step)
        _copy_packages(chosen, service, data, say_step)
        invitations = _invite(wanted, region, data, chosen, console)
    _tell(service.changes.done, invitations, chosen, console, engine)
    return 0


def _answers(data: Path, settings: GatewaySettings | None, say_step: Callable[..., None]) -> str:
    from regiowacht.services.answering import wait_answers

    engine, rules = wait_answers(data, settings)
    say_step("serving.engine-fine", url=engine, rules=rules)
    if settings is not None:
        say_step("serving.gateway-fine", listen=settings.listen)
    return engine


def _require_ports(service: CollectorService, chosen: Namespace, settings: GatewaySettings | None) -> None:
    """See that nobody else listens where the collector will; where it runs already, it does so itself."""
    from regiowacht_collector.gateway.listening import listen
    from regiowacht_collector.ports import refuse_taken

    state = service.state()
    if state is not None and state.active not in {"inactive", "failed"}:
        return
    for port in filter(None, (chosen.port, chosen.exporter_port)):
        refuse_taken(port)
    if settings is not None:
        listen(*settings.address).close()


def _copy_packages(chosen: Namespace, service: CollectorService, data: Path, say_step: Callable[..., None]) -> None:
    """Copy the wheelhouse to where the gateway serves it; what open invitations name stays."""
    import regiowacht
    from regiowacht.services.owner import SERVED, give_to_owner
    from regiowacht.services.packages import copy_packages, find_packages
    from regiowacht_collector.gateway.installing.shelf import named
    from regiowacht_collector.gateway.installing.wheels import FOLDER
    from regiowacht_collector.gateway.joining.store import Store

    source = find_packages(chosen.packages, Path(regiowacht.__file__).parents[2])
    target = data / FOLDER
    if source is None:
        say_step("serving.no-packages")
        return
    store = Store(data)
    try:
        changed = copy_packages(source, target, named(store))
    finally:
        store.close()
    give_to_owner(data, SERVED)
    service.changes.note(str(target), "replaced" if changed else "same")
    say_step("serving.packages-fine", count=len(list(target.glob("*.whl"))), source=source)


def _server(region: Region, told: str) -> tuple[str, str]:
    """Return gemeente and name of a server that is to be invited.

    Raises:
        UsageError: the region has none of that name, or several.
    """
    gemeente, _, name = told.rpartition("/")
    servers = [(one.gemeente, one.name) for one in region.assets if one.job == "node"]
    found = [one for one in servers if one[1] == name and gemeente in {"", one[0]}]
    if len(found) != 1:
        known = ", ".join(f"{slug}/{server}" for slug, server in sorted(found or servers)[:20]) or "-"
        raise UsageError("serving.which-server", name=told, known=known)
    return found[0]


def _invite(
    servers: Sequence[tuple[str, str]], region: Region, data: Path, chosen: Namespace, console: Console
) -> list[dict[str, object]]:
    from regiowacht.services.owner import SERVED, give_to_owner
    from regiowacht.verbs.collector_line import make_line
    from regiowacht.verbs.collector_members import HOUR_S, HOURS
    from regiowacht_collector.gateway.joining.store import Store

    made: list[dict[str, object]] = []
    if servers:
        store = Store(data)
        for gemeente, server in servers:
            invite, code = store.invite(gemeente, server, 1, HOURS * HOUR_S)
            line = make_line(store, (invite, code), region, data, None, console.lang)
            command = f"regiowacht agent join {region.collector.url or 'URL'} {code}"
            told = {"id": invite.id, "gemeente": gemeente, "server": server, "code": code, "expires": invite.expires}
            made.append({**told, "command": command, "line": line})
        store.close()
        give_to_owner(data, SERVED)
    return made


def _tell(
    done: Sequence[Change], invitations: Sequence[dict[str, object]], chosen: Namespace, console: Console, engine: str
) -> None:
    from regiowacht.services.collector import REGION

    dashboards = f"regiowacht dashboards preview --region {REGION}" + (f" --prometheus {engine}" if engine else "")
    if chosen.json:
        told = as_json(done, dry_run=chosen.dry_run)
        console.json({**told, "engine": engine, "dashboards": dashboards, "invitations": list(invitations)})
        return
    tell_changes(done, console, dry_run=chosen.dry_run)
    for one in invitations:
        console.tell("serving.invited", server=one["server"], gemeente=one["gemeente"])
        console.out(str(one["line"] or one["command"]))
    if not chosen.dry_run:
        console.tell("serving.done", dashboards=dashboards)


def add_remove(parser: ArgumentParser, lang: Lang) -> None:
    """Declare what ``remove`` takes."""
    parser.add_argument("--keep-data", action="store_true", help=say("serving.option-keep-data", lang))
    parser.add_argument("--dry-run", action="store_true", help=say("install.option-dry-run", lang))
    add_json(parser, lang)


def remove(chosen: Namespace, console: Console) -> int:
    """Take the collector off this machine."""
    from regiowacht.services.beforehand import require_root
    from regiowacht.services.collector import CollectorRemoval
    from regiowacht.services.systemd import Systemd

    require_root()
    removal = CollectorRemoval(Systemd(), keep_data=chosen.keep_data, dry_run=chosen.dry_run)
    removal.stop()
    removal.remove()
    venv = removal.venv()
    if venv is not None:
        removal.changes.note(str(venv), "removed")
    _tell_removed(removal, chosen, console)
    if venv is not None and not chosen.dry_run:
        shutil.rmtree(venv)  # what this process still runs is in its memory
    return 0


def _tell_removed(removal: CollectorRemoval, chosen: Namespace, console: Console) -> None:
    stays = [(item, say(why, console.lang)) for item, why in removal.stays()]
    if chosen.json:
        told = as_json(removal.changes.done, dry_run=chosen.dry_run)
        console.json({**told, "stays": [{"item": item, "why": why} for item, why in stays]})
        return
    if any(change.is_change for change in removal.changes.done):
        tell_changes(removal.changes.done, console, dry_run=chosen.dry_run)
    else:
        console.tell("serving.left-nothing")
    if stays:
        console.tell("install.stays")
    for item, why in stays:
        console.tell("install.stays-line", item=item, why=why)
