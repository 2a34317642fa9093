"""Finds out which family a device is of: what it says it is was asked with the guards; at most one question more."""

from __future__ import annotations

from regiowacht_agent.snmp.meaning.recognise import NOTHING, candidates, decide, probes
from regiowacht_agent.snmp.poll.look import look_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_agent.snmp.dialogue import Dialogue
    from regiowacht_agent.snmp.habits import Habits
    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.meaning.recognise import Recognised
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Session
    from regiowacht_agent.snmp.value import Value

DESCRIPTION: Oid = (1, 3, 6, 1, 2, 1, 1, 1, 0)
"""sysDescr.0 (SNMPv2-MIB)."""

OBJECT_ID: Oid = (1, 3, 6, 1, 2, 1, 1, 2, 0)
"""sysObjectID.0 (SNMPv2-MIB)."""


def recognise(book: Book, said: Mapping[Oid, Value], habits: Habits) -> Dialogue[Recognised]:
    """Return what a device is.

    Args:
        book: whose families there are.
        said: sysObjectID and sysDescr, by whole name, as far as the device has them.
        habits: what it bears.

    Raises:
        SnmpFailed: nothing whatever was answered.
    """
    if not said:
        return NOTHING
    ways = candidates(book.ways(), object_id(said), said.get(DESCRIPTION))
    asked = probes(ways)
    found: Mapping[Oid, Value] = {}
    if asked:
        found, _troubles = yield from look_at(asked, habits)
    return decide(ways, found)


def recognise_by(session: Session, book: Book) -> Recognised:
    """Return what the device of a session is.

    Raises:
        SnmpFailed: it does not answer, or not us.
    """
    said = session.get((OBJECT_ID, DESCRIPTION)).values
    if not said:
        return NOTHING
    ways = candidates(book.ways(), object_id(said), said.get(DESCRIPTION))
    asked = probes(ways)
    cells = session.columns(asked).cells if asked else {}
    return decide(ways, {oid: rows[min(rows)] for oid, rows in cells.items() if rows})


def object_id(said: Mapping[Oid, Value]) -> Oid:
    """Return a device's sysObjectID; () where it has none."""
    told = said.get(OBJECT_ID)
    return told.data if told is not None and isinstance(told.data, tuple) else ()
