"""``regiowacht agent install`` and ``agent leave``: the agent's services on this server, and off it again."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING

from regiowacht.verb import add_json
from regiowacht.verbs.changes_told import as_json, tell_changes
from regiowacht_agent.log import visible
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable

    from regiowacht.console import Console
    from regiowacht.services.leaving import Leaving
    from regiowacht_contract.texts import Lang


def add_install(parser: ArgumentParser, lang: Lang) -> None:
    """Declare what ``install`` takes."""
    parser.add_argument("--dry-run", action="store_true", help=say("install.option-dry-run", lang))
    parser.add_argument("--restart", action="store_true", help=say("install.option-restart", lang))
    add_json(parser, lang)


def add_leave(parser: ArgumentParser, lang: Lang) -> None:
    """Declare what ``leave`` takes."""
    parser.add_argument("--dry-run", action="store_true", help=say("install.option-dry-run", lang))
    parser.add_argument("--keep-state", action="store_true", help=say("install.option-keep-state", lang))
    add_json(parser, lang)


def install(chosen: Namespace, console: Console) -> int:
    """Have this server's services run what is installed, as its configuration needs them."""
    from regiowacht.services.beforehand import look, require_port
    from regiowacht.services.install import AgentServices, place_of
    from regiowacht.services.systemd import Systemd

    systemd = Systemd()
    program = look(systemd, lambda key, **values: None)
    place = place_of(systemd.root)
    services = AgentServices(systemd, program, dry_run=chosen.dry_run)
    if not chosen.dry_run:
        require_port(systemd, place.config.listen)
    services.write(place)
    if services.start(again=chosen.restart):
        services.wait_ready()
    done = services.changes.done
    if chosen.json:
        console.json(as_json(done, dry_run=chosen.dry_run))
        return 0
    tell_changes(done, console, dry_run=chosen.dry_run)
    return 0


def leave(chosen: Namespace, console: Console) -> int:
    """Take the agent off this server; what cannot be told to the collector is removed all the same."""
    from regiowacht.services.beforehand import require_root
    from regiowacht.services.leaving import Leaving
    from regiowacht.services.systemd import Systemd

    require_root()
    leaving = Leaving(Systemd(), dry_run=chosen.dry_run, keep_state=chosen.keep_state)
    leaving.stop()
    leaving.tell()
    leaving.remove()
    venv = leaving.venv()
    if venv is not None:
        leaving.changes.note(str(venv), "removed")
    stays = [(item, say(why, console.lang)) for item, why in leaving.stays()]
    if chosen.json:
        console.json(_leave_as_json(leaving, stays, console))
    else:
        _tell_left(leaving, stays, console)
    if venv is not None and not chosen.dry_run:
        # Nothing of it is needed any more: what this process still runs is in its memory.
        shutil.rmtree(venv)
    return 0


def _tell_left(leaving: Leaving, stays: Iterable[tuple[str, str]], console: Console) -> None:
    if not any(change.is_change for change in leaving.changes.done):
        console.tell("install.left-nothing")
    else:
        tell_changes(leaving.changes.done, console, dry_run=leaving.dry_run)
    member = leaving.member
    if member is not None and leaving.problem is not None:
        console.tell(
            "install.left-untold", reason=leaving.problem.message(console.lang),
            gemeente=_as_word(member.gemeente), server=_as_word(member.server),
        )  # fmt: skip
    elif member is not None and leaving.was_told:
        console.tell("install.left", gemeente=member.gemeente, server=member.server)
    if stays:
        console.tell("install.stays")
    for item, why in stays:
        console.tell("install.stays-line", item=item, why=why)
    if member is not None and leaving.was_told:
        console.tell("install.left-done", server=member.server)


def _as_word(name: object) -> str:
    """Return a name as one word of a command that is pasted: the agent's own user may have written it."""
    return shlex.quote(visible(str(name)))


def _leave_as_json(leaving: Leaving, stays: Iterable[tuple[str, str]], console: Console) -> dict[str, object]:
    problem = leaving.problem
    return {
        **as_json(leaving.changes.done, dry_run=leaving.dry_run),
        "collector_told": leaving.was_told and problem is None,
        "collector_problem": problem and problem.message(console.lang),
        "stays": [{"item": item, "why": why} for item, why in stays],
    }
