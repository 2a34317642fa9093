"""Reads a whole device through a session, whichever engine is behind it, and makes its series of that."""

from __future__ import annotations

import time

from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.poll.device import GUARDS, RESTARTS_MAX, UPTIME, has_restarted
from regiowacht_agent.snmp.poll.fit import fit
from regiowacht_agent.snmp.poll.known import Known, Read
from regiowacht_agent.snmp.poll.plan import DEFAULT
from regiowacht_agent.snmp.poll.recognise import recognise_by
from regiowacht_agent.snmp.poll.took import Took, bounded, refused
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_agent.polls.asset import Polled
    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.meaning.recognise import Recognised
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.poll.device import Wanted
    from regiowacht_agent.snmp.session import Session
    from regiowacht_contract.metric import Metric


class Found(NamedTuple):
    """What a device has.

    Attributes:
        recognised: which family it is of, and why.
        book: tables that devices of its family may have.
        anchors: those of the book that it has anything below of.
    """

    recognised: Recognised
    book: Book
    anchors: frozenset[Oid]

    def __bool__(self) -> bool:
        """Whether it has anything."""
        return bool(self.anchors)


def find(session: Session, book: Book) -> Found:
    """Return what a device has.

    Anchors that it does not let itself be asked about count as there: what is wrong is told when their tables are read.

    Raises:
        SnmpFailed: it does not answer, or not us.
    """
    recognised = recognise_by(session, book)
    book = book.family(recognised.family)
    anchors = book.anchors()
    found = session.columns(anchors)
    doubtful = [trouble.oid for trouble in found.troubles if trouble.oid]
    there = frozenset(
        anchor for anchor in anchors if found.cells.get(anchor) or any(oid[: len(anchor)] == anchor for oid in doubtful)
    )
    return Found(recognised, book, there)


def read(
    session: Session,
    has: Found,
    asset: Polled,
    metrics: Mapping[str, Metric],
    wanted: Wanted,
    clock: Callable[[], float] = time.monotonic,
) -> Took:
    """Return what a device has to tell.

    Args:
        session: asks it.
        has: what it has (``find``).
        asset: whose labels its series carry.
        metrics: the catalogue's, by name.
        wanted: what is wanted of it.
        clock: monotonic seconds.

    Raises:
        SnmpFailed: it does not answer, or not us.
    """
    needs = has.book.needs(has.anchors, wanted.options)
    for _ in range(RESTARTS_MAX):
        guards = session.get(GUARDS)
        found = session.columns(tuple(dict.fromkeys((*needs.slow, *needs.fast))), wanted.rows_max)
        if not has_restarted(guards.values, session.get((UPTIME,)).values):
            break
    else:
        raise SnmpFailed("restarted", "it started again each time that it was read")
    options, layout, beyond = fit(has.book, found.cells, has.anchors, metrics, wanted.options, wanted.series_max)
    if options != wanted.options:
        needs = has.book.needs(has.anchors, options)
    held = {oid: guards.values[oid] for oid in GUARDS if oid in guards.values}
    known = Known(asset, Read(held, found.cells, (), clock()), needs, layout, DEFAULT, beyond)
    troubles = [*guards.troubles, *found.troubles, *known.troubles, *refused(known.refused)]
    objects = len(held) + sum(map(len, found.cells.values()))
    return Took(known.sheet, tuple(bounded(troubles)), "", 0.0, objects, known.refused)
