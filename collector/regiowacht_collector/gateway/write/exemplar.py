"""Checks an exemplar: one measurement behind a sample, with labels of its own (OpenMetrics, "Exemplars")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.reader import EXEMPLAR, LABEL
from regiowacht_collector.gateway.write.rights import label
from regiowacht_contract.wire.varint import signed, varint

if TYPE_CHECKING:
    from regiowacht_collector.gateway.write.reader import Reader
    from regiowacht_collector.gateway.write.rights import Label, Rights

MOST_CHARACTERS = 128
"""Of the labels together, as OpenMetrics has it."""

ZERO = bytes(8)


def read_exemplar(reader: Reader, begin: int, stop: int, rights: Rights) -> tuple[int, bytes]:
    """Return when an exemplar was measured, and the exemplar in its shortest form; b"" where its labels are wrong.

    Raises:
        Malformed: it cannot be read, or not by everybody in the same way.
    """
    found = reader.message(begin, stop, EXEMPLAR)
    labels = [read_label(reader, *place) for place in found.get(1, ())]
    at_ms = signed(found[3][0][0]) if 3 in found else 0
    if not _are_right(labels, rights):
        return at_ms, b""
    told = b"".join(label(*one) for one in sorted(labels))
    return at_ms, told + value_field(0x11, reader, found.get(2)) + (b"\x18" + varint(at_ms) if at_ms else b"")


def read_label(reader: Reader, begin: int, stop: int) -> Label:
    """Return name and value of a label, either of which may be empty."""
    found = reader.message(begin, stop, LABEL)
    name, value = (reader.body[slice(*found[number][0])] if number in found else b"" for number in (1, 2))
    return name, value


def value_field(tag: int, reader: Reader, found: list[tuple[int, int]] | None) -> bytes:
    """Return a floating-point number as a field; nothing where it is zero."""
    value = reader.body[slice(*found[0])] if found else ZERO
    return b"%c%b" % (tag, value) if value != ZERO else b""


def _are_right(labels: list[Label], rights: Rights) -> bool:
    if len({name for name, _ in labels}) < len(labels) or any(rights.of_label(*one) for one in labels):
        return False
    return sum(len(name.decode()) + len(value.decode()) for name, value in labels) <= MOST_CHARACTERS
