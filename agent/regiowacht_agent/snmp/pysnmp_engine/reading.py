"""What pysnmp hands out, as the values that the agent knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_agent.snmp.oid import Oid

EMPTY_OBJECT = (0, 0)
"""What an object identifier without numbers is read as, as the fast engine does."""


def read_bindings(bindings: Iterable[tuple[Any, Any]]) -> tuple[tuple[Oid, Value], ...]:
    """Return names and values."""
    return tuple((tuple(name), read_value(value)) for name, value in bindings)


def read_value(value: Any) -> Value:
    """Return one value; its tag is the one that was on the wire (X.690, 8.1.2)."""
    outermost = value.tagSet[-1]
    tag = outermost.tagClass | outermost.tagId
    if tag in tags.NUMBERS:
        return Value(tag, int(value))
    if tag == tags.OBJECT:
        numbers = tuple(value)
        return Value(tag, numbers if len(numbers) > 1 else EMPTY_OBJECT)
    if tag == tags.NULL or tag in tags.ABSENT:
        return Value(tag, None)
    return Value(tag, value.asOctets())
