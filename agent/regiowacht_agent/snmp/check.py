"""Whether the fast engine reads a device as pysnmp does: what earns it the device, column by column.

The fast engine reads before and after pysnmp does. What stands still must be equal; what moves must lie where time can
have moved it. A value that jumps there and back within these seconds looks like a fault: whoever checks tries again
before it believes one.

Both ask by the same dialogue (``walk``), for other numbers of rows at once. All else is compared: pysnmp has its own
messages, signatures, encryption and decoder of names and values.
"""

from __future__ import annotations

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_agent.snmp.session import Trouble
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Columns
    from regiowacht_agent.snmp.value import Value

CYCLES = {tags.COUNTER32: 1 << 32, tags.COUNTER64: 1 << 64, tags.TICKS: 1 << 32}
"""Types that count up and begin again at zero, with what they hold."""

READINGS = frozenset({tags.GAUGE32, tags.UINTEGER32, tags.TICKS, tags.OPAQUE})
"""Types that hold what is measured, and may go anywhere between two looks."""

NAMES = {
    tags.INTEGER: "INTEGER", tags.OCTETS: "OCTET STRING", tags.NULL: "NULL", tags.OBJECT: "OBJECT IDENTIFIER",
    tags.IP: "IpAddress", tags.COUNTER32: "Counter32", tags.GAUGE32: "Gauge32", tags.TICKS: "TimeTicks",
    tags.OPAQUE: "Opaque", tags.NSAP: "NsapAddress", tags.COUNTER64: "Counter64", tags.UINTEGER32: "UInteger32",
}  # fmt: skip


class _Verdict(NamedTuple):
    """What a cell comes to: ``equal``, ``moved``, ``jumped`` there and back (as its type may), or ``wrong`` and why."""

    word: str
    why: str = ""


EQUAL, MOVED, JUMPED = _Verdict("equal"), _Verdict("moved"), _Verdict("jumped")


def compare(before: Columns, oracle: Columns, after: Columns, moving: Collection[Oid] = ()) -> tuple[Trouble, ...]:
    """Return what the fast engine reads otherwise than pysnmp, one trouble a column; none: it is proven.

    Args:
        before: what the fast engine read before pysnmp did.
        oracle: what pysnmp read.
        after: what the fast engine read after that.
        moving: columns that hold what is measured though their type does not say so (an INTEGER of degrees).
    """
    unread = tuple(_unread(before, "the fast engine")) or tuple(_unread(oracle, "pysnmp"))
    unread = unread or tuple(_unread(after, "the fast engine"))
    if unread:
        return unread
    columns = dict.fromkeys((*oracle.cells, *before.cells, *after.cells))
    return tuple(trouble for column in columns for trouble in _column(column, before, oracle, after, column in moving))


def _unread(columns: Columns, who: str) -> Iterator[Trouble]:
    """Yield what an engine could not read: a comparison with that proves nothing."""
    for trouble in columns.troubles:
        yield Trouble("check", f"{who} does not read it: {trouble.reason}, {trouble.detail}", trouble.oid, trouble.rows)


def _column(column: Oid, before: Columns, oracle: Columns, after: Columns, is_moving: bool) -> Iterator[Trouble]:
    first, truth, last = (one.cells.get(column, {}) for one in (before, oracle, after))
    verdicts = {row: _row(row, first, truth, last, is_moving) for row in dict.fromkeys((*truth, *first, *last))}
    wrong = [row for row, verdict in verdicts.items() if verdict.word == "wrong"]
    if wrong:
        row = wrong[0]
        detail = f"{len(wrong)} of {len(verdicts)} rows differ; row {oid_text(row)}: {verdicts[row].why}"
        yield Trouble("check", detail, column, len(wrong))
    elif verdicts and all(verdict is JUMPED for verdict in verdicts.values()):
        yield Trouble("check", f"none of its {len(verdicts)} values is what pysnmp reads", column, len(verdicts))


def _row(
    row: Oid, first: dict[Oid, Value], truth: dict[Oid, Value], last: dict[Oid, Value], is_moving: bool
) -> _Verdict:
    one, right, other = first.get(row), truth.get(row), last.get(row)
    if right is None:
        both = one is not None and other is not None
        return _Verdict("wrong", "pysnmp has no such row") if both else MOVED
    if one is None and other is None:
        return _Verdict("wrong", "the fast engine does not find it")
    return _cell(one or other or right, right, other or one or right, is_moving)


def _cell(one: Value, right: Value, other: Value, is_moving: bool) -> _Verdict:
    """Return what a value comes to, between two readings of the fast engine."""
    if right in {one, other}:
        return EQUAL
    if right.tag not in {one.tag, other.tag}:
        return _Verdict("wrong", f"a {_name(right)} is read as a {_name(one)}")
    cycle = CYCLES.get(right.tag)
    if cycle and _is_between(one, right, other, cycle):
        return MOVED
    if is_moving or right.tag in READINGS:
        return MOVED if one != other else JUMPED
    if right.tag == tags.INTEGER and one != other:
        return MOVED
    return _Verdict("wrong", f"another {_name(right)}" + _numbers(one, right, other))


def _is_between(one: Value, right: Value, other: Value, cycle: int) -> bool:
    """Return whether a counter went past a number on its way, at most once around or once back to zero."""
    begin, middle, end = one.data, right.data, other.data
    if not (isinstance(begin, int) and isinstance(middle, int) and isinstance(end, int)):
        return False
    return (middle - begin) % cycle <= (end - begin) % cycle


def _numbers(one: Value, right: Value, other: Value) -> str:
    """Return the numbers in words; texts are not repeated, they may hold anything."""
    if not (isinstance(one.data, int) and isinstance(right.data, int) and isinstance(other.data, int)):
        return ""
    return f": {right.data}, read as {one.data} before and {other.data} after"


def _name(value: Value) -> str:
    return NAMES.get(value.tag, f"type {value.tag:#04x}")
