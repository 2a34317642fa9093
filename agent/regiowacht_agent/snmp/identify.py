"""Finds out what a device is and what it has to tell, for a person who is about to have it polled."""

from __future__ import annotations

from regiowacht_agent.snmp.asked import security_of
from regiowacht_agent.snmp.by_session import find
from regiowacht_agent.snmp.check import compare
from regiowacht_agent.snmp.credential import Community, User
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.fast_session import habits_for
from regiowacht_agent.snmp.loop import Loop
from regiowacht_agent.snmp.meaning import known
from regiowacht_agent.snmp.meaning.lay_out import ALL, Options
from regiowacht_agent.snmp.meaning.show import plain_text
from regiowacht_agent.snmp.oid import oid_text, parse_oid
from regiowacht_agent.snmp.once import session
from regiowacht_agent.snmp.scalars import get
from regiowacht_agent.snmp.usm.store import Store
from regiowacht_contract.light import NamedTuple, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from regiowacht_agent.snmp.credential import Credential
    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.meaning.recognise import Recognised
    from regiowacht_agent.snmp.meaning.rule import TableRule
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Columns, Session, Target, Trouble
    from regiowacht_agent.snmp.value import Value

    Cells = Mapping[Oid, Mapping[Oid, Value]]

SYSTEM = parse_oid("1.3.6.1.2.1.1")
NAMES = {"descr": 1, "object_id": 2, "uptime": 3, "contact": 4, "name": 5, "location": 6}
"""Objects of the group ``system`` (SNMPv2-MIB) by what they are called here."""

EVERYTHING = Options(frozenset({ALL}))
YES = "yes"
WITH_A_USER = frozenset({"user", "auth", "priv", "level", "access", "status", "clock"})
"""What a device that speaks SNMP 3 answers to a user that it does not know."""


class Table(NamedTuple):
    """A table that devices may have.

    Attributes:
        name: its file and name.
        title: of its file.
        rows: how many rows it has; None: the device has no such table.
        anchors: columns that tell whether it is there.
        found: that of them which is.
        instead: the table whose series are told in its place, or "".
    """

    name: str
    title: str
    rows: int | None
    anchors: tuple[Oid, ...]
    found: Oid
    instead: str


class Identified(NamedTuple):
    """What a device is and has.

    Attributes:
        system: what it says of itself, by the names of ``NAMES``; ``uptime`` in hundredths of a second.
        recognised: which family it is of, and why.
        versions: of SNMP, each with ``yes``, or why not in a word.
        engine: which asked.
        check: what came of comparing the engines: ``equal``, ``differs``, or "" where only one asked.
        columns: how many columns were read.
        tables: all that are known, those that it has first.
        troubles: what is missing or wrong.
    """

    system: Mapping[str, str | int]
    recognised: Recognised
    versions: Mapping[str, str]
    engine: str
    check: str
    columns: int
    tables: tuple[Table, ...]
    troubles: tuple[Trouble, ...]


def identify(target: Target, engine: str = "") -> Identified:
    """Return what a device is and has.

    Args:
        target: the device.
        engine: which is to ask: one of ``once.ENGINES``; "": the fast one, compared with pysnmp.

    Raises:
        SnmpFailed: it does not answer, or not us.
        ModuleNotFoundError: pysnmp is needed and not installed.
    """
    asked = session(target, engine or "fast")
    try:
        single = asked.get([(*SYSTEM, last, 0) for last in NAMES.values()])
        has = find(asked, known.book())
        needs = has.book.needs(has.anchors, EVERYTHING)
        wanted = tuple(dict.fromkeys((*needs.slow, *needs.fast)))
        read = asked.columns(wanted)
        troubles = (*single.troubles, *read.troubles)
        check = ""
        if not engine:
            differing = _compared(asked, target, read, frozenset(needs.fast) - needs.shaping)
            check, troubles = "differs" if differing else "equal", (*troubles, *differing)
    finally:
        asked.close()
    return Identified(
        _system(single.values),
        has.recognised,
        versions(target),
        engine or ("pysnmp" if check == "differs" else "fast"),
        check,
        len(wanted),
        tuple(_tables(has.book, has.anchors, read.cells)),
        tuple(dict.fromkeys(troubles)),
    )


def versions(target: Target) -> dict[str, str]:
    """Return which versions of SNMP a device speaks: ``yes``, or why not in a word.

    With a community 1 and 2c are asked; whether it speaks 3 shows in how it refuses a user that it cannot know. With a
    user there is no community to ask the others with.
    """
    credential = target.credential
    if isinstance(credential, User):
        return {"3": YES}
    asked: dict[str, Credential] = {
        "1": Community("1", credential.community),
        "2c": Community("2c", credential.community),
        "3": User(""),
    }
    found: dict[str, str] = {}
    loop = Loop()
    try:
        for version, how in asked.items():
            once = replace(target, credential=how, retries=min(target.retries, 1))
            _ask(loop, once, version, found)
        while len(found) < len(asked):
            loop.turn(1.0)
    finally:
        loop.close()
    return {version: found[version] for version in asked}


def as_json(found: Identified) -> dict[str, Any]:
    """Return what was found as ``--json`` tells it."""
    return {
        "system": dict(found.system),
        "family": found.recognised.family,
        "family_why": found.recognised.why,
        "family_rivals": [*found.recognised.rivals],
        "versions": dict(found.versions),
        "engine": found.engine,
        "check": found.check,
        "columns": found.columns,
        "tables": [
            {
                "name": table.name,
                "title": table.title,
                "rows": table.rows,
                "anchors": [oid_text(oid) for oid in table.anchors],
                "found": oid_text(table.found),
                "instead": table.instead,
            }
            for table in found.tables
        ],
        "troubles": [
            {"reason": one.reason, "detail": one.detail, "oid": oid_text(one.oid), "rows": one.rows}
            for one in found.troubles
        ],
    }


def _ask(loop: Loop, target: Target, version: str, found: dict[str, str]) -> None:
    def done(ended: Any) -> None:
        reason = ended.failed.reason if ended.failed is not None else YES
        found[version] = "user" if version == "3" and reason in WITH_A_USER else reason

    try:
        security = security_of(target, Store(""))
    except SnmpFailed as failed:
        found[version] = failed.reason
        return
    loop.add(get([(*SYSTEM, NAMES["object_id"], 0)], habits_for(target)), target, security, done)


def _compared(asked: Session, target: Target, read: Columns, moving: frozenset[Oid]) -> tuple[Trouble, ...]:
    """Return what pysnmp reads otherwise than the fast engine did before, and does after."""
    columns = tuple(read.cells)
    other = session(target, "pysnmp")
    try:
        oracle = other.columns(columns)
    finally:
        other.close()
    return compare(read, oracle, asked.columns(columns), moving)


def _system(values: Mapping[Oid, Value]) -> dict[str, str | int]:
    found: dict[str, str | int] = {}
    for name, last in NAMES.items():
        value = values.get((*SYSTEM, last, 0))
        if value is None:
            continue
        if isinstance(value.data, tuple):
            found[name] = oid_text(value.data)
        else:
            found[name] = value.data if isinstance(value.data, int) else plain_text(value)
    return found


def _tables(book: Book, present: frozenset[Oid], cells: Cells) -> Iterator[Table]:
    """Yield the tables that are known, those that the device has first."""
    known_tables = book.tables(book.anchors())
    rows = {table.name: _rows(table, present, cells) for _file, table in known_tables}
    instead = {other: table.name for _file, table in known_tables if rows[table.name] for other in table.instead_of}
    instead |= {table.name: other for _file, table in known_tables for other in table.behind if rows.get(other)}
    for has in (True, False):
        for file, table in known_tables:
            if (rows[table.name] is not None) is not has:
                continue
            found: Sequence[Oid] = [oid for oid in table.anchors if oid in present]
            replaced = instead.get(table.name, "") if has else ""
            yield Table(table.name, file.title, rows[table.name], table.anchors, found[0] if found else (), replaced)


def _rows(table: TableRule, present: frozenset[Oid], cells: Cells) -> int | None:
    if present.isdisjoint(table.anchors):
        return None
    own = (cells.get(oid, {}) for oid in (*table.columns.values(), *table.anchors))
    return len(frozenset(index for rows in own for index in rows))
