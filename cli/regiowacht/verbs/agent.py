"""``regiowacht agent``: measures this machine."""

from __future__ import annotations

import os
import shlex
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regiowacht.verb import Verb, add_json, add_region
from regiowacht.verbs import agent_install, agent_join
from regiowacht_agent.config import settings
from regiowacht_agent.config_file import load
from regiowacht_agent.reader import READERS, entries
from regiowacht_agent.settings import Flag, Places
from regiowacht_contract.errors import EXIT_FOUND, Unavailable, UsageError
from regiowacht_contract.texts import say, say_count, template

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Mapping

    from regiowacht.console import Console
    from regiowacht_agent.config import Config
    from regiowacht_contract.texts import Lang


def _add_config(parser: ArgumentParser, lang: Lang) -> None:
    """Declare ``--config``, ``--state`` and every switch of a setting or a family."""
    parser.add_argument("--config", metavar="FILE", type=Path, help=say("agent.option-config", lang))
    parser.add_argument("--state", metavar="DIR", type=Path, help=say("join.option-state-run", lang))
    for setting in settings():
        if setting.switch:
            _add_switch(parser, setting.switch, setting.key, say(setting.text, lang), setting.kind)
    for name in sorted({entry.name for reader in READERS for entry in entries(reader)}):
        _add_switch(parser, f"--collector.{name}", f"families.{name}", say("agent.option-family", lang), Flag())


def _add_switch(parser: ArgumentParser, switch: str, key: str, text: str, kind: Any) -> None:
    if not isinstance(kind, Flag):
        action = "append" if isinstance(kind, Places) else "store"
        metavar = "DIR" if isinstance(kind, Places) else kind.name.upper()
        parser.add_argument(switch, dest=key, action=action, metavar=metavar, type=kind.read, help=text)
        return
    parser.add_argument(switch, dest=key, action="store_const", const=True, help=text)
    parser.add_argument(f"--no-{switch[2:]}", dest=key, action="store_const", const=False, help=text)


def _load(arguments: Namespace) -> Config:
    """Return the configuration of the file, or of the region that this server joined, with the switches on top."""
    if arguments.state is None:
        return load(arguments.config, _given(arguments))
    if arguments.config is not None:
        raise UsageError("join.state-or-config")
    arguments.state = arguments.state.absolute()
    from regiowacht_agent.joining.loading import load_joined

    return load_joined(arguments.state, _given(arguments))


def _source(arguments: Namespace) -> tuple[Path | None, Mapping[str, object]]:
    """Return the file to read again when there is another configuration, and what is said on top of it."""
    if arguments.state is None:
        return arguments.config, _given(arguments)
    from regiowacht_agent.joining.folder import StateFolder

    folder = StateFolder(arguments.state)
    return folder.config, {**folder.overrides(), **_given(arguments)}


def _given(arguments: Namespace) -> dict[str, object]:
    """Return what the switches say, by the key of the setting."""
    keys = {setting.key for setting in settings()}
    return {
        key: value
        for key, value in vars(arguments).items()
        if value is not None and (key in keys or key.startswith("families."))
    }


def _add_run(parser: ArgumentParser, lang: Lang) -> None:
    _add_config(parser, lang)
    parser.add_argument("--exit-with-parent", action="store_true", help=say("agent.option-exit-with-parent", lang))


def _run(arguments: Namespace, console: Console) -> int:
    """Serve readings until SIGTERM or SIGINT."""
    parent = os.getppid() if arguments.exit_with_parent else None
    from regiowacht_agent import log, plan
    from regiowacht_agent.http.listen import open_listener
    from regiowacht_agent.service import Service, open_tls

    log.set_up()
    config = _load(arguments)
    listener = None
    if plan.is_possible(config):
        open_tls(config)
        listener = open_listener(config.listen)
        listening = template("agent.listening", console.lang)
        path, overrides = _source(arguments)
        plan.become_light(config, listener, path, overrides, parent, listening, arguments.state)
    joined = arguments.state and plan.joined(arguments.state)
    service = Service(lambda: _load(arguments), parent=parent, listener=listener, joined=joined)
    service.run(lambda: console.tell("agent.listening", url=service.url))
    return 0


def _add_once(parser: ArgumentParser, lang: Lang) -> None:
    _add_config(parser, lang)
    parser.add_argument("--assets", action="store_true", help=say("agent.option-assets", lang))


def _once(arguments: Namespace, console: Console) -> int:
    """Print one reading of this machine, or of what it asks for others."""
    from regiowacht_agent import log
    from regiowacht_agent.block import render
    from regiowacht_agent.reader import open_reader
    from regiowacht_agent.reading import Readings

    log.set_up()
    config = _load(arguments)
    if arguments.assets:
        return _once_assets(config, console)
    readings = Readings(open_reader(config))
    blocks = readings.take()
    if not any(outcome.state == "ok" for outcome in readings.outcomes):
        raise Unavailable("agent.no-family")
    console.write(render(blocks).decode())
    return 0


def _once_assets(config: Config, console: Console) -> int:
    """Ask everything once, and print it with the labels that it keeps."""
    from regiowacht_agent.polls.once import ask_all
    from regiowacht_agent.polls.page import Page

    console.write(Page().render(ask_all(config)).decode())
    return 0


def _add_check(parser: ArgumentParser, lang: Lang) -> None:
    _add_config(parser, lang)
    add_json(parser, lang)


def _check(arguments: Namespace, console: Console) -> int:
    """Say what would be measured here."""
    from regiowacht_agent.check import as_json, lines, look
    from regiowacht_agent.polls.check import as_json as assets_as_json
    from regiowacht_agent.polls.check import lines as asset_lines
    from regiowacht_agent.polls.once import ask_all
    from regiowacht_agent.snmp import ask_once as devices

    config = _load(arguments)
    seen, asked, polled = look(config), ask_all(config), devices.ask_all(config)
    if arguments.json:
        told = {"assets": assets_as_json(asked), "devices": devices.as_json(polled)}
        console.json({**as_json(config, seen), **told})
    else:
        about_others = (*asset_lines(asked, console.lang), *devices.lines(polled, console.lang))
        for line in (*lines(config, seen, console.lang), *about_others):
            console.out(line)
    are_up = all(taken.outcome.up for _, taken in asked) and all(latest.failed is None for _, latest in polled)
    return 0 if seen.is_fine and are_up else EXIT_FOUND


def _status(arguments: Namespace, console: Console) -> int:
    """Say how the running agent is."""
    from regiowacht_agent.status import NotReached, ask

    config = _load(arguments)
    try:
        status = ask(config.listen, has_tls=bool(config.http.tls_cert))
    except NotReached as error:
        error.command = _start_command(arguments)
        error.is_known = not (arguments.state is None and arguments.config is None)
        if not arguments.json:
            raise
        console.json(error.as_json(console.lang))
        return error.exit_code
    if arguments.json:
        console.json(status.as_json())
    else:
        for line in status.lines(console.lang):
            console.out(line)
    return 0 if status.is_fine else EXIT_FOUND


def _start_command(arguments: Namespace) -> str:
    """Return what starts the agent that was asked for."""
    said = {"--state": arguments.state, "--config": arguments.config, "--listen": vars(arguments).get("listen")}
    words = [word for switch, value in said.items() if value for word in (switch, str(value))]
    return shlex.join(["regiowacht", "agent", "run", *words])


def _add_render(parser: ArgumentParser, lang: Lang) -> None:
    add_region(parser, lang)
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help=say("agent.option-out", lang))


def _render(arguments: Namespace, console: Console) -> int:
    """Write one configuration for every server with an agent."""
    from regiowacht.region import open_region
    from regiowacht_agent.render import write

    region, console = open_region(arguments.region, console)
    written = write(region, arguments.out)
    for path in written:
        console.out(str(path))
    console.talk(say_count("agent.rendered-", console.lang, len(written), out=arguments.out))
    return 0


def _add_helper(parser: ArgumentParser, lang: Lang) -> None:
    from regiowacht_agent.helper.task import TASKS

    parser.add_argument("--config", metavar="FILE", type=Path, help=say("agent.option-config", lang))
    parser.add_argument("--state", metavar="DIR", type=Path, help=say("agent.option-helper-state", lang))
    parser.add_argument("--out", metavar="DIR", type=Path, help=say("agent.option-helper-out", lang))
    tasks = say("agent.option-helper-task", lang, tasks=", ".join(TASKS))
    parser.add_argument("--task", metavar="TASK", action="append", default=[], help=tasks)
    parser.add_argument("--dry-run", action="store_true", help=say("agent.option-helper-dry-run", lang))
    add_json(parser, lang)


def _helper(arguments: Namespace, console: Console) -> int:
    """Find out once what takes a program or root."""
    from regiowacht_agent import log
    from regiowacht_agent.helper.run import as_json, run_all, text_of, told

    if arguments.out is None and not arguments.dry_run:
        raise UsageError("agent.helper-needs-out")
    log.set_up()
    folder = None if arguments.dry_run else arguments.out
    results = []
    for result in run_all(_config_of_helper(arguments), folder, arguments.task):
        results.append(result)
        if arguments.json:
            continue
        if folder is None:
            console.write(text_of(result, time.time()))
            console.talk(told(result, console.lang))
        else:
            console.out(told(result, console.lang))
    if arguments.json:
        console.json(as_json(results, folder))
    return EXIT_FOUND if any(result.state == "failed" for result in results) else 0


def _config_of_helper(arguments: Namespace) -> Config:
    """Return what the file says, or the region that this server joined; it asks nobody, and needs neither.

    As a service it looks for the agent at what that may not see in its sandbox: backups and certificates.
    """
    from regiowacht_agent.extra.textfile import helper_folder

    told = {"families.backups": False, "families.certificates": False} if helper_folder() else {}
    if arguments.state is None:
        return load(arguments.config, told)
    if arguments.config is not None:
        raise UsageError("join.state-or-config")
    from regiowacht_agent.joining.folder import StateFolder

    folder = StateFolder(arguments.state.absolute())
    return folder.load(told) if folder.config.exists() else load(None, told)


def _run_joined(state: Path, console: Console) -> int:
    """Serve as the region says that this server has joined."""
    return _run(Namespace(config=None, state=state, exit_with_parent=False), console)


VERBS: tuple[Verb, ...] = (
    Verb("run", "agent.verb-run", _add_run, _run),
    Verb("join", "join.verb-join", agent_join.add_join, agent_join.joiner(_run_joined)),
    Verb("install", "install.verb-install", agent_install.add_install, agent_install.install),
    Verb("leave", "install.verb-leave", agent_install.add_leave, agent_install.leave),
    Verb("once", "agent.verb-once", _add_once, _once),
    Verb("check", "agent.verb-check", _add_check, _check),
    Verb("status", "agent.verb-status", _add_check, _status),
    Verb("render", "agent.verb-render", _add_render, _render),
    Verb("helper", "agent.verb-helper", _add_helper, _helper),
)
