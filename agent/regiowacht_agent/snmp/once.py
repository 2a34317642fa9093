"""Polls a device once, for a person who looks: by the agent's own engine as the agent would, or by pysnmp."""

from __future__ import annotations

import time

from regiowacht_agent.exposition import clean, head, number, series
from regiowacht_agent.extra.textfile.format import parse
from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.snmp.asked import security_of
from regiowacht_agent.snmp.by_session import find, read
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.fast_session import FastSession, habits_for
from regiowacht_agent.snmp.loop import Loop
from regiowacht_agent.snmp.meaning import known
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_agent.snmp.poll.device import Device, Wanted
from regiowacht_agent.snmp.poll.health import health
from regiowacht_agent.snmp.poll.took import Took, refused
from regiowacht_agent.snmp.session import Effort
from regiowacht_agent.snmp.usm.store import Store
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.session import Session, Target, Trouble

ENGINES = ("fast", "pysnmp")


class Nobody(Polled):
    """Stands where an asset of the region would: series carry none of the target labels."""

    def labels(self, laag: str = "asset") -> str:
        """Return no labels."""
        del laag
        return ""


NOBODY = Nobody("", "", "", "snmp", "")


class Once(NamedTuple):
    """What one poll came to.

    Attributes:
        text: it as a text exposition, the poll's own health included.
        failed: why the device told nothing, or None.
        troubles: what is missing or wrong.
        duration_s: seconds that it took.
        engine: which asked.
    """

    text: str
    failed: SnmpFailed | None
    troubles: tuple[Trouble, ...]
    duration_s: float
    engine: str


def poll(target: Target, engine: str, wanted: Wanted) -> Once:
    """Return what a device has to tell; one that does not answer is a result too.

    Args:
        target: the device.
        engine: one of ``ENGINES``.
        wanted: what is wanted of it.

    Raises:
        ModuleNotFoundError: pysnmp is not installed.
    """
    begun = time.monotonic()
    effort = Effort()
    took: Took | None = None
    failed: SnmpFailed | None = None
    try:
        took = _by_pysnmp(target, wanted, effort) if engine == "pysnmp" else _by_fast(target, wanted, effort)
    except SnmpFailed as failure:
        failed = failure
    walk_s = time.monotonic() - begun
    told = _sheet(took)
    if took is not None and took.refused is not None:
        took = took._replace(troubles=(*took.troubles, *refused(took.refused)))
    duration_s = time.monotonic() - begun
    for metric, labels, value in health(took, failed, effort, duration_s, walk_s, engine, 0):
        lines = told.setdefault(metric.name, [head(metric)])
        lines.append(f"{clean(series(metric, labels))} {number(value)}\n")
    text = "".join(line for name in sorted(told) for line in told[name])
    return Once(text, failed, took.troubles if took else (), duration_s, engine)


def _sheet(took: Took | None) -> dict[str, list[str]]:
    if took is None or took.sheet is None:
        return {}
    return {written.name: [written.head, written.lines.decode()] for written in took.sheet.write()}


def as_json(once: Once) -> dict[str, object]:
    """Return a poll as ``--json`` tells it; what failed is said beside it."""
    return {
        "engine": once.engine,
        "answered": once.failed is None,
        "duration_s": round(once.duration_s, 3),
        "samples": [
            {"name": row.name, "labels": dict(zip(row.labels, row.values, strict=True)), "value": float(row.number)}
            for group in parse(once.text.encode()).groups
            for row in group.rows
        ],
        "troubles": [
            {"reason": one.reason, "detail": one.detail, "oid": oid_text(one.oid), "rows": one.rows}
            for one in once.troubles
        ],
    }


def groups() -> tuple[str, ...]:
    """Return the groups of series that tables have, in their order."""
    book = known.book()
    return tuple(dict.fromkeys(group for file, _table in book.tables(book.anchors()) for group in file.groups))


def session(target: Target, engine: str) -> Session:
    """Return a session with a device; it is to be closed.

    Raises:
        SnmpFailed: a protocol is not there.
        ModuleNotFoundError: pysnmp is not installed.
    """
    if engine == "fast":
        return FastSession(target, security_of(target, Store("")))
    from regiowacht_agent.snmp.pysnmp_engine.session import PysnmpSession  # noqa: PLC0415 - 30 MB

    return PysnmpSession(target)


def _by_fast(target: Target, wanted: Wanted, effort: Effort) -> Took:
    security = security_of(target, Store(""))
    device = Device(NOBODY, known.book(), known.metrics(), wanted, habits_for(target))
    loop = Loop()
    try:
        took: Took = loop.run(device.poll(), target, security, effort)
    finally:
        loop.close()
    return took


def _by_pysnmp(target: Target, wanted: Wanted, effort: Effort) -> Took:
    asked = session(target, "pysnmp")
    book = known.book()
    try:
        return read(asked, find(asked, book), NOBODY, known.metrics(), wanted)
    finally:
        effort.sent, effort.retried, effort.answered = asked.effort.sent, asked.effort.retried, asked.effort.answered
        asked.close()
