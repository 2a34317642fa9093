"""``regiowacht snmp identify``: what answers, and what it has to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.progress import Progress
from regiowacht.verb import add_json
from regiowacht.verbs.snmp_dump import write_dump
from regiowacht.verbs.snmp_said import about, failure, no_pysnmp, tell, unreachable
from regiowacht.verbs.snmp_target import add_target, target_of
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_contract.errors import EXIT_FINE, EXIT_UNAVAILABLE, UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from regiowacht.console import Console
    from regiowacht_agent.snmp.identify import Identified, Table
    from regiowacht_contract.texts import Lang

ENGINES = ("fast", "pysnmp")
TICKS_A_MINUTE = 6000
HOUR_MIN, DAY_MIN = 60, 24 * 60


def add_identify(parser: ArgumentParser, lang: Lang) -> None:
    """Declare the verb's options."""
    add_target(parser, lang)
    parser.add_argument("--engine", choices=ENGINES, default="", help=say("snmp.option-identify-engine", lang))
    parser.add_argument("--dump", metavar="FILE", help=say("dump.option", lang))
    parser.add_argument("--keep-serials", action="store_true", help=say("dump.option-serials", lang))
    add_json(parser, lang)


def run_identify(arguments: Namespace, console: Console) -> int:
    """Show what a device is and has, or write a report of all that it shows."""
    from regiowacht_agent.snmp.identify import as_json, identify

    if arguments.dump is not None and arguments.json:
        raise UsageError("dump.no-json")
    target = target_of(arguments, console)
    if arguments.dump is not None:
        return write_dump(target, arguments, console)
    engine = arguments.engine or "fast, pysnmp"
    try:
        with Progress(console, "snmp.still-reading", host=target.host, engine=engine):
            found = identify(target, arguments.engine)
    except SnmpFailed as failed:
        if not arguments.json:
            raise unreachable(failed, target) from None
        console.json({**about(target), "answered": False, **failure(failed, target, console.lang)})
        return EXIT_UNAVAILABLE
    except ModuleNotFoundError as missing:
        raise no_pysnmp(missing) from None
    if arguments.json:
        console.json({**about(target), "answered": True, **as_json(found)})
    else:
        for line in lines(found, console.lang):
            console.out(line)
    tell(found.troubles, console)
    if not found.troubles:
        console.tell("snmp.identified-whole")
    return EXIT_FINE


def lines(found: Identified, lang: Lang) -> Iterator[str]:
    """Yield what was found, for people."""
    facts = [*_system(found, lang), _family(found, lang), _versions(found, lang), _engine(found, lang)]
    width = max(len(name) for name, _text in facts)
    for name, text in facts:
        yield f"{name:<{width}}  {text}"
    yield ""
    yield from _tables(found.tables, lang)


def _system(found: Identified, lang: Lang) -> Iterator[tuple[str, str]]:
    for name in ("name", "descr", "object_id", "location", "contact"):
        if found.system.get(name):
            key = f"snmp.system-{name.replace('_', '-')}"
            yield say(key, lang), " ".join(str(found.system[name]).split())
    ticks = found.system.get("uptime")
    if isinstance(ticks, int):
        minutes = ticks // TICKS_A_MINUTE
        days, hours = minutes // DAY_MIN, minutes % DAY_MIN // HOUR_MIN
        yield (
            say("snmp.system-uptime", lang),
            say("snmp.uptime", lang, days=days, hours=hours, minutes=minutes % HOUR_MIN),
        )


def _family(found: Identified, lang: Lang) -> tuple[str, str]:
    told = found.recognised
    key = "snmp.family-rivals" if told.rivals else "snmp.family-known" if told.family else "snmp.family-unknown"
    rivals = ", ".join(told.rivals)
    return say("snmp.label-family", lang), say(key, lang, family=told.family, why=told.why, rivals=rivals)


def _versions(found: Identified, lang: Lang) -> tuple[str, str]:
    told = []
    for version, how in found.versions.items():
        key = f"snmp.version-{how}" if how in {"yes", "user"} else "snmp.version-no"
        what = "" if how in {"yes", "user"} else say(f"snmp.missing-{how}", lang)
        told.append(say(key, lang, version=version, what=what))
    return say("snmp.label-versions", lang), "; ".join(told)


def _engine(found: Identified, lang: Lang) -> tuple[str, str]:
    key = f"snmp.engine-{found.check or 'alone'}"
    return say("snmp.label-engine", lang), say(key, lang, engine=found.engine, columns=found.columns)


def _tables(tables: tuple[Table, ...], lang: Lang) -> Iterator[str]:
    head = (say("snmp.head-table", lang), say("snmp.head-rows", lang), say("snmp.head-why", lang))
    rows = [
        head,
        *((table.name, "-" if table.rows is None else str(table.rows), _why(table, lang)) for table in tables),
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(2)]
    for name, count, why in rows:
        yield f"{name:<{widths[0]}}  {count:>{widths[1]}}  {why}"


def _why(table: Table, lang: Lang) -> str:
    if table.rows is None:
        oids = ", ".join(map(oid_text, table.anchors))
        return say("snmp.why-absent", lang, oids=oids, title=table.title)
    key = "snmp.why-instead" if table.instead else "snmp.why-there"
    return say(key, lang, oid=oid_text(table.found), instead=table.instead, title=table.title)
