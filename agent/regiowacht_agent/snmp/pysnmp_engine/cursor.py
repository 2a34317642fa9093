"""Where the reading of a column stands, and what each next object says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.snmp.session import Trouble

if TYPE_CHECKING:
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value


class Cursor:
    """A column that is being read, row after row.

    Attributes:
        column: its name.
        at: the name of the last object that came, or the column's.
        cells: what came, by row.
        is_done: whether nothing more is to come.
        troubles: why it may not be all there.
    """

    __slots__ = ("at", "cells", "column", "is_done", "rows_max", "troubles")

    def __init__(self, column: Oid, rows_max: int) -> None:
        self.column = self.at = column
        self.rows_max = rows_max
        self.cells: dict[Oid, Value] = {}
        self.is_done = False
        self.troubles: list[Trouble] = []

    def take(self, name: Oid, value: Value) -> None:
        """Take the object that follows, and see whether there can be more."""
        length = len(self.column)
        if self.is_done:
            return
        if value.is_absent:
            self.is_done = True
        elif name <= self.at:
            self.stop(Trouble("loop" if name[length:] in self.cells else "order", _tells(name, self.at), self.column))
        elif name[:length] != self.column:
            self.is_done = True
        elif len(self.cells) >= self.rows_max:
            self.stop(Trouble("limit", f"it has more than {self.rows_max} rows", self.column))
        else:
            self.cells[name[length:]] = value
            self.at = name

    def stop(self, *troubles: Trouble) -> None:
        """Give up on the rest."""
        self.is_done = True
        self.troubles += troubles


def _tells(name: Oid, at: Oid) -> str:
    return f"after {_end(at)} the device says that {_end(name)} follows"


def _end(name: Oid) -> str:
    return "..." + ".".join(map(str, name[-4:]))
