"""Asks a device what it is, in as few questions as that takes: for discovery, where most addresses are silent."""

from __future__ import annotations

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.dialogue import Get, decoded
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.meaning.book import Book
from regiowacht_agent.snmp.meaning.show import plain_text
from regiowacht_agent.snmp.oid import parse_oid
from regiowacht_agent.snmp.poll.look import look_at
from regiowacht_agent.snmp.poll.recognise import DESCRIPTION, OBJECT_ID, recognise
from regiowacht_agent.snmp.scalars import get
from regiowacht_agent.snmp.walk import columns
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_agent.snmp.dialogue import Dialogue
    from regiowacht_agent.snmp.habits import Habits
    from regiowacht_agent.snmp.meaning.recognise import Recognised
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value
    from regiowacht_contract.metric import Metric

    Said = Mapping[Oid, Value]

UPTIME: Oid = parse_oid("1.3.6.1.2.1.1.3.0")
NAME: Oid = parse_oid("1.3.6.1.2.1.1.5.0")
ASKED: tuple[Oid, ...] = (OBJECT_ID, DESCRIPTION, NAME, UPTIME)
"""sysObjectID, sysDescr, sysName, sysUpTime (SNMPv2-MIB): one question."""

BRIDGE: Oid = parse_oid("1.3.6.1.2.1.17.1.1")
"""dot1dBaseBridgeAddress (BRIDGE-MIB)."""

CHASSIS: Oid = parse_oid("1.0.8802.1.1.2.1.3.2")
"""lldpLocChassisId (LLDP-MIB): a MAC address on most, but not on all."""

PORT: Oid = parse_oid("1.3.6.1.2.1.2.2.1.6")
"""ifPhysAddress (IF-MIB), of the first interface."""

STANDARD: Mapping[Oid, str] = {
    parse_oid("1.3.6.1.2.1.33.1.1"): "ups",
    parse_oid("1.3.6.1.2.1.43.5.1.1"): "printer",
}
"""upsIdent (RFC 1628) and prtGeneralTable (RFC 3805): what a device that no family describes is, by what it has."""

MAC_OCTETS = 6
ROWS_MAX = 500
INFO = "snmp_device_info"
LABELS = ("vendor", "model", "os", "version", "serial")


class Who(NamedTuple):
    """What a device is.

    Attributes:
        said: what it says of itself, by whole name: those of ``ASKED`` that it has.
        recognised: its family, and why.
        labels: vendor, model, os, version and serial number; those that it tells.
        macs: its MAC addresses, the one of the whole device first.
        standard: its kind by the standard tables that it has, or "".
    """

    said: Said
    recognised: Recognised
    labels: Mapping[str, str]
    macs: tuple[str, ...]
    standard: str


class Identities:
    """What to read of a device of each family so that it says what it is, made once for each.

    Args:
        book: of all families.
        metrics: the catalogue's, by name.
    """

    def __init__(self, book: Book, metrics: Mapping[str, Metric]) -> None:
        self.book, self.metrics = book, metrics
        self._books: dict[str, Book] = {}

    def of(self, family: str) -> Book:
        """Return a book with the one table that tells what devices of a family are ("": of any)."""
        if family not in self._books:
            whole, file_name = self.book.family(family), family or "system"
            wanted = f"{family}/identity" if family else "system/system"
            found = whole.tables(whole.anchors([file_name]))
            file, table = next((file, table) for file, table in found if table.name == wanted)
            self._books[family] = Book.of([file._replace(tables=(table,))])
        return self._books[family]


def hello(habits: Habits) -> Dialogue[Said]:
    """Return what a device says of itself; silence ends it after the one question.

    Raises:
        SnmpFailed: it does not answer, or not us.
    """
    (answer,) = yield (Get(ASKED),)
    if isinstance(answer, SnmpFailed):
        raise answer
    try:
        found = decoded(answer).found
    except Malformed as error:
        raise SnmpFailed("format", str(error)) from None
    if found.status == pdu.NO_ERROR:
        values = {oid: value for oid, value in found.bindings if oid in ASKED and not value.is_absent}
        if values:
            return values
    return (yield from get(ASKED, habits)).values


def who(said: Said, identities: Identities, habits: Habits) -> Dialogue[Who]:
    """Return what a device is that has said something of itself."""
    recognised = yield from recognise(identities.book, said, habits)
    labels = yield from _labels(recognised.family, identities, habits)
    try:
        seen, _troubles = yield from look_at((BRIDGE, CHASSIS, PORT, *STANDARD), habits)
    except SnmpFailed:
        seen = {}
    macs = tuple(dict.fromkeys(filter(None, (mac(seen.get(oid)) for oid in (BRIDGE, CHASSIS, PORT)))))
    standard = next((kind for oid, kind in STANDARD.items() if oid in seen), "")
    return Who(said, recognised, labels, macs, standard)


def _labels(family: str, identities: Identities, habits: Habits) -> Dialogue[dict[str, str]]:
    book = identities.of(family)
    anchors = book.anchors()
    needs = book.needs(anchors)
    wanted = tuple(dict.fromkeys((*needs.slow, *needs.fast)))
    cells: dict[Oid, dict[Oid, Value]] = {}
    try:
        single = yield from get([(*oid, 0) for oid in wanted if oid in needs.scalars], habits)
        cells.update({oid[:-1]: {(0,): value} for oid, value in single.values.items()})
        tables = yield from columns([oid for oid in wanted if oid not in needs.scalars], habits, ROWS_MAX)
        cells.update(tables.cells)
    except SnmpFailed:
        pass  # it said what it is already; what else it tells is what it told until now
    return dict(_told(book, anchors, cells, identities.metrics))


def _told(
    book: Book, anchors: tuple[Oid, ...], cells: Mapping[Oid, Mapping[Oid, Value]], metrics: Mapping[str, Metric]
) -> Iterator[tuple[str, str]]:
    for one in book.lay_out(cells, anchors, metrics).series:
        if one.metric.name == INFO:
            names = dict(zip(one.metric.labels[-len(one.labels) :], one.labels, strict=True))
            yield from ((label, names[label]) for label in LABELS if names.get(label))


def mac(value: Value | None) -> str:
    """Return a MAC address as people write it, or "" where a value is none that tells one device from another."""
    if value is None or not isinstance(value.data, bytes):
        return ""
    octets = value.data
    if len(octets) != MAC_OCTETS or not any(octets) or octets[0] & 1:
        return ""
    return octets.hex(":")


def said_text(said: Said, oid: Oid) -> str:
    """Return one of the things that a device says of itself, on one line."""
    return " ".join(plain_text(said.get(oid)).split())
