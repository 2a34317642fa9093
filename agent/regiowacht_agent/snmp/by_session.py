"""Reads a whole device through a session, whichever engine is behind it, and makes its series of that."""

from __future__ import annotations

import time

from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.poll.device import GUARDS, RESTARTS_MAX, UPTIME, Took, bounded, has_restarted, refused
from regiowacht_agent.snmp.poll.known import Known, Read
from regiowacht_agent.snmp.poll.plan import DEFAULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from regiowacht_agent.polls.asset import Polled
    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.poll.device import Wanted
    from regiowacht_agent.snmp.session import Session
    from regiowacht_contract.metric import Metric


def find(session: Session, book: Book) -> frozenset[Oid]:
    """Return the anchors of the book that a device has anything below of.

    Those that it does not let itself be asked about are among them: what is wrong is told when their tables are read.

    Raises:
        SnmpFailed: it does not answer, or not us.
    """
    found = session.columns(book.anchors())
    doubtful = [trouble.oid for trouble in found.troubles if trouble.oid]
    return frozenset(
        anchor
        for anchor in book.anchors()
        if found.cells.get(anchor) or any(oid[: len(anchor)] == anchor for oid in doubtful)
    )


def read(
    session: Session,
    present: Collection[Oid],
    asset: Polled,
    book: Book,
    metrics: Mapping[str, Metric],
    wanted: Wanted,
    clock: Callable[[], float] = time.monotonic,
) -> Took:
    """Return what a device has to tell.

    Args:
        session: asks it.
        present: anchors that it has (``find``).
        asset: whose labels its series carry.
        book: tables that devices have.
        metrics: the catalogue's, by name.
        wanted: what is wanted of it.
        clock: monotonic seconds.

    Raises:
        SnmpFailed: it does not answer, or not us.
    """
    needs = book.needs(present, wanted.options)
    for _ in range(RESTARTS_MAX):
        guards = session.get(GUARDS)
        found = session.columns(tuple(dict.fromkeys((*needs.slow, *needs.fast))), wanted.rows_max)
        if not has_restarted(guards.values, session.get((UPTIME,)).values):
            break
    else:
        raise SnmpFailed("restarted", "it started again each time that it was read")
    layout = book.lay_out(found.cells, present, metrics, wanted.options)
    held = {oid: guards.values[oid] for oid in GUARDS if oid in guards.values}
    known = Known(asset, Read(held, found.cells, (), clock()), needs, layout, DEFAULT)
    troubles = [*guards.troubles, *found.troubles, *known.troubles, *refused(known.refused)]
    objects = len(held) + sum(map(len, found.cells.values()))
    return Took(known.sheet, tuple(bounded(troubles)), "", 0.0, objects, known.refused)
