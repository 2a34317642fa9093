"""``regiowacht snmp``: asks a device over SNMP, once, for a person who looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.console import visible
from regiowacht.verb import Verb, add_json
from regiowacht.verbs.snmp_discover import add_discover, run_discover
from regiowacht.verbs.snmp_identify import add_identify, run_identify
from regiowacht.verbs.snmp_said import about, failure, no_pysnmp, tell, unreachable
from regiowacht.verbs.snmp_target import add_target, target_of
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.settings import DEFAULT_GROUPS, ENGINES, PORTS
from regiowacht_contract.errors import EXIT_FINE, EXIT_UNAVAILABLE, UsageError
from regiowacht_contract.nearest import nearest
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from regiowacht.console import Console
    from regiowacht_agent.snmp.once import Once
    from regiowacht_agent.snmp.poll.device import Wanted
    from regiowacht_agent.snmp.session import Target
    from regiowacht_contract.texts import Lang

SERIES_MAX = 100_000
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
        console.json({**about(target), **as_json(once), **failure(once.failed, target, console.lang)})
    if once.failed is not None:
        if not arguments.json:
            raise unreachable(once.failed, target)
        return EXIT_UNAVAILABLE
    if not arguments.json:
        is_read_here = console.stdout is not None and console.stdout.isatty()
        console.write(visible(once.text) if is_read_here else once.text)
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


VERBS: tuple[Verb, ...] = (
    Verb("poll", "snmp.verb-poll", _add_poll, _poll),
    Verb("identify", "snmp.verb-identify", add_identify, run_identify),
    Verb("discover", "discover.verb", add_discover, run_discover),
)
