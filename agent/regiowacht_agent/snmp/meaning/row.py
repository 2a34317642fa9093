"""A row of a device's table: its columns, what it points at in other tables, and the parts of its index."""

from __future__ import annotations

import re

from regiowacht_agent.snmp.meaning import show
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from regiowacht_agent.snmp.meaning.rule import Lookup, TableRule, Template, Test, TextRule
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value

    Cells = Mapping[Oid, Mapping[Oid, Value]]

INDEX = "index"
"""The name that the whole index, with dots, has in every table."""

FIXED_LENGTHS = {"number": 1, "mac": 6, "ipv4": 4}
"""Numbers that a part of an index has; ``text`` says its length itself, ``rest`` is all that follows."""

NOTHING: Mapping[Oid, Value] = {}


class Cell(NamedTuple):
    """Where a value stands: its column, and the row in it."""

    column: Oid
    row: Oid


def parts(rule: TableRule, index: Oid) -> dict[str, Oid]:
    """Return the parts of an index by their names; one that the index is too short for is left out."""
    found: dict[str, Oid] = {}
    for name, kind in rule.parts:
        length = FIXED_LENGTHS.get(kind, len(index))
        if kind == "text" and index:
            length, index = index[0], index[1:]
        if len(index) < length or (kind != "text" and not length):
            break
        found[name], index = index[:length], index[length:]
    return found


def part_text(kind: str, part: Oid) -> str:
    """Return a part of an index as text."""
    if kind in {"text", "rest-text", "mac"} and all(number < 0x100 for number in part):
        return show.mac(bytes(part)) if kind == "mac" else show.clean(show.decode(bytes(part)))
    return oid_text(part)


def is_passed(test: Test, text: str, number: float | None) -> bool:
    """Return whether a value, as text and as a number where it is one, passes a test."""
    if test[0] == "from":
        return number is not None and (test[1] is None or number >= test[1]) and (test[2] is None or number <= test[2])
    return text in test[1] if test[0] == "in" else re.search(test[1], text) is not None


def found_text(patterns: Iterable[str], text: str) -> str:
    """Return what the first of these expressions that is found gives: its first group that took part, else all."""
    for pattern in patterns:
        found = re.search(pattern, text)
        if found is not None:
            return next((group for group in found.groups() if group is not None), found[0]).strip()
    return ""


class Row:
    """One row.

    Args:
        rule: its table.
        index: its index.
        cells: everything that was read of the device.
    """

    __slots__ = ("_cells", "_kinds", "_parts", "_rule", "index")

    def __init__(self, rule: TableRule, index: Oid, cells: Cells) -> None:
        self._rule = rule
        self.index = index
        self._cells = cells
        self._parts = parts(rule, index)
        self._kinds = dict(rule.parts)

    def cell(self, name: str) -> Cell | None:
        """Return where the value of a column or lookup stands; None: this row has none."""
        column = self._rule.columns.get(name)
        if column is not None:
            return Cell(column, self.index) if self.index in self._cells.get(column, NOTHING) else None
        lookup = self._rule.lookups.get(name)
        return self._looked_up(lookup) if lookup else None

    def value(self, name: str) -> Value | None:
        """Return the value of a column or lookup; None: this row has none."""
        cell = self.cell(name)
        return self._cells[cell.column][cell.row] if cell else None

    def plain(self, name: str) -> str:
        """Return a value as filters compare it."""
        return show.plain_text(self.value(name))

    def text(self, name: str) -> str:
        """Return a column, lookup, part of the index or text made of one, for a label; "" where there is none."""
        if name in self._rule.texts:
            return self._made(self._rule.texts[name])
        if name == INDEX:
            return oid_text(self.index)
        if name in self._kinds:
            return part_text(self._kinds[name], self._parts.get(name, ()))
        return show.shown(self.value(name), self._rule.show.get(name, show.TEXT), self.plain)

    def fill(self, templates: Iterable[Template]) -> str:
        """Return the first template whose every name has a text; "" where there is none."""
        for template in templates:
            told = [(literal, self.text(name) if name else "") for literal, name in template]
            if all(text or not name for (_literal, text), (_same, name) in zip(told, template, strict=True)):
                return "".join(literal + text for literal, text in told)
        return ""

    def passes(self, name: str, test: Test) -> bool:
        """Return whether a value passes a test; one that is not there passes none."""
        value = self.value(name)
        if value is not None:
            return is_passed(test, show.plain_text(value), value.number)
        if name not in self._rule.texts and name not in self._parts:
            return False
        text = self.text(name)
        return bool(text) and is_passed(test, text, int(text) if text.isascii() and text.isdigit() else None)

    def _made(self, rule: TextRule) -> str:
        """Return a text that is made of another one."""
        text = self.text(rule.of)
        if rule.find:
            text = found_text(rule.find, text)
        return rule.words.get(text, rule.words.get("*", "") if text else "") if rule.words else text

    def _looked_up(self, lookup: Lookup) -> Cell | None:
        column = self._cells.get(lookup.oid, NOTHING)
        if lookup.where:
            index = first_row(self._cells, lookup)
        else:
            index = lookup.row if lookup.row is not None else self._target(lookup)
        return Cell(lookup.oid, index) if index is not None and index in column else None

    def _target(self, lookup: Lookup) -> Oid | None:
        """Return the index that parts and columns of this row make up."""
        found: Oid = ()
        for name in lookup.by:
            part = self._parts.get(name)
            if part is None:
                value = self.value(name)
                part = _as_index(value)
            if part is None:
                return None
            found += part
        return found


def first_row(cells: Cells, lookup: Lookup) -> Oid | None:
    """Return the first row in which a column is what was asked for and the looked up value is not empty."""
    if lookup.where is None:
        return None
    column, wanted = lookup.where
    found = cells.get(lookup.oid, NOTHING)
    kinds = cells.get(column, NOTHING)
    rows = [index for index in sorted(kinds) if show.plain_text(found.get(index))]
    for text in wanted:
        for index in rows:
            if show.plain_text(kinds[index]) == text:
                return index
    return None


def _as_index(value: Value | None) -> Oid | None:
    if value is None:
        return None
    if isinstance(value.data, int):
        return (value.data,) if value.data >= 0 else None
    return value.data if isinstance(value.data, tuple) else None
