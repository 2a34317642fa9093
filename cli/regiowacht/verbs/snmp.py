"""``regiowacht snmp``: asks a device over SNMP, once, for a person who looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.verb import Verb, add_json
from regiowacht.verbs.snmp_target import add_target, target_of
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.settings import DEFAULT_GROUPS, ENGINES, PORTS
from regiowacht_contract.errors import EXIT_FINE, EXIT_UNAVAILABLE, PartMissing, Unreachable, UsageError
from regiowacht_contract.nearest import nearest
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable

    from regiowacht.console import Console
    from regiowacht_agent.snmp.once import Once
    from regiowacht_agent.snmp.poll.device import Wanted
    from regiowacht_agent.snmp.session import Target, Trouble
    from regiowacht_contract.texts import Lang

SERIES_MAX = 100_000
SHOWN_MAX = 5
"""Troubles with the same reason that are said one by one."""

CHOSEN_ENGINES = tuple(engine for engine in ENGINES if engine != "auto")
ALL = "all"


def _add_poll(parser: ArgumentParser, lang: Lang) -> None:
    from regiowacht_agent.snmp.once import groups

    add_target(parser, lang)
    text = say("snmp.option-groups", lang, groups=", ".join(groups()), defaults=",".join(DEFAULT_GROUPS))
    parser.add_argument("--engine", choices=CHOSEN_ENGINES, default="fast", help=say("snmp.option-engine", lang))
    parser.add_argument("--groups", metavar="G,…", help=text)
    parser.add_argument("--ports", choices=PORTS, default=PORTS[0], help=say("snmp.option-ports", lang))
    add_json(parser, lang)


def _poll(arguments: Namespace, console: Console) -> int:
    """Print one reading of a device."""
    from regiowacht.progress import Progress
    from regiowacht_agent.snmp.once import as_json, poll

    wanted = _wanted(arguments)
    target = target_of(arguments, console)
    with Progress(console, "snmp.still-reading", host=target.host, engine=arguments.engine):
        try:
            once = poll(target, arguments.engine, wanted)
        except ModuleNotFoundError as missing:
            raise no_pysnmp(missing) from None
    if arguments.json:
        console.json({**about(target), **as_json(once), **_failure(once.failed, target, console.lang)})
    if once.failed is not None:
        if not arguments.json:
            raise unreachable(once.failed, target)
        return EXIT_UNAVAILABLE
    if not arguments.json:
        console.write(once.text)
    tell(once.troubles, console)
    if not _has_series(once):
        _tell_nothing(once, target, console)
    return EXIT_FINE


def _tell_nothing(once: Once, target: Target, console: Console) -> None:
    """Say why a device that answers told nothing: what it says to all that it was asked, or that nothing is known."""
    reasons = {trouble.reason for trouble in once.troubles}
    if len(reasons) == 1:
        first = once.troubles[0]
        console.talk(unreachable(SnmpFailed(first.reason, first.detail), target).message(console.lang))
    else:
        console.tell("snmp.nothing-known")


def _wanted(arguments: Namespace) -> Wanted:
    """Return what is wanted of the device.

    Raises:
        UsageError: there is no such group.
    """
    from regiowacht_agent.snmp.meaning.lay_out import Options
    from regiowacht_agent.snmp.once import groups
    from regiowacht_agent.snmp.poll.device import Wanted
    from regiowacht_agent.snmp.session import ROWS_MAX

    chosen = tuple(filter(None, arguments.groups.split(","))) if arguments.groups is not None else DEFAULT_GROUPS
    known = groups()
    for word in chosen:
        if word not in {*known, ALL}:
            near = nearest(word, (*known, ALL)) or ALL
            raise UsageError("snmp.bad-group", value=word, nearest=near, groups=", ".join(known))
    return Wanted(Options(frozenset(chosen), idle=arguments.ports == "all"), ROWS_MAX, SERIES_MAX, 1)


def _has_series(once: Once) -> bool:
    from regiowacht_agent.snmp.poll.health import FAMILY
    from regiowacht_contract.catalogue import family

    own = {f"# TYPE {metric.name} " for metric in family(FAMILY)}
    heads = [line for line in once.text.splitlines() if line.startswith("# TYPE ")]
    return any(not line.startswith(tuple(own)) for line in heads)


def about(target: Target) -> dict[str, object]:
    """Return how a device was asked, as ``--json`` tells it: never a secret."""
    from regiowacht_agent.snmp.credential import Community

    version = target.credential.version if isinstance(target.credential, Community) else "3"
    return {"host": target.host, "port": target.port, "version": version}


def unreachable(failed: SnmpFailed, target: Target) -> Unreachable:
    """Return the error that says why a device told nothing, and what to check."""
    return Unreachable(f"snmp.failed-{failed.reason}", host=target.host, port=target.port, detail=failed.detail)


def no_pysnmp(missing: ModuleNotFoundError) -> Exception:
    """Return the error for a package that the engine pysnmp needs and that is not here."""
    if (missing.name or "").startswith("regiowacht"):
        return missing
    return PartMissing("cli.no-extra", room="snmp --engine pysnmp", extra="snmp", module=missing.name)


def tell(troubles: Iterable[Trouble], console: Console) -> None:
    """Say what is missing, a line each; of many with the same reason the first ones, and how many more."""
    by_reason: dict[str, list[Trouble]] = {}
    for trouble in troubles:
        by_reason.setdefault(trouble.reason, []).append(trouble)
    for reason, found in by_reason.items():
        what = say(f"snmp.missing-{reason}", console.lang)
        for trouble in found[:SHOWN_MAX]:
            key = "snmp.trouble-rows" if trouble.rows else "snmp.trouble"
            console.tell(key, what=what, rows=trouble.rows, detail=trouble.detail)
        if more := found[SHOWN_MAX:]:
            rows = sum(trouble.rows for trouble in more)
            console.tell("snmp.trouble-more", what=what, count=len(more), rows=rows)


def _failure(failed: SnmpFailed | None, target: Target, lang: Lang) -> dict[str, object]:
    if failed is None:
        return {}
    message = unreachable(failed, target).message(lang)
    return {"reason": failed.reason, "detail": failed.detail, "message": message}


VERBS: tuple[Verb, ...] = (Verb("poll", "snmp.verb-poll", _add_poll, _poll),)
