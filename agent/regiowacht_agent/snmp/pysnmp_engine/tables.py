"""Whole columns of tables, and the proof that no row was left out of one that others have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.snmp.pysnmp_engine.cursor import Cursor
from regiowacht_agent.snmp.pysnmp_engine.getting import get
from regiowacht_agent.snmp.pysnmp_engine.walking import REPETITIONS_FIRST, Walker
from regiowacht_agent.snmp.session import Columns, Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.pysnmp_engine.engine import Engine
    from regiowacht_agent.snmp.session import Target
    from regiowacht_agent.snmp.value import Value

HOLES_MAX = 2000
"""Objects of a table that are asked for one by one because their row is known and their column did not have them."""


class Tables:
    """Reads columns of one device.

    The first column of each table is read in small steps: a device that skips rows when asked for many at once does so
    in all columns alike, and shows it only there.
    """

    def __init__(self, target: Target) -> None:
        self._walker = Walker(target)

    async def read(self, engine: Engine, columns: Sequence[Oid], rows_max: int) -> Columns:
        """Return whole columns.

        Raises:
            SnmpFailed: the device as a whole does not answer, or not us.
        """
        cells: dict[Oid, dict[Oid, Value]] = {column: {} for column in columns}
        troubles: list[Trouble] = []
        for table in _tables(columns):
            cursors = await self._table(engine, table, rows_max)
            for cursor in cursors:
                cells[cursor.column] = dict(sorted(cursor.cells.items()))
                troubles += cursor.troubles
        return Columns(cells, tuple(troubles))

    async def _table(self, engine: Engine, table: Sequence[Oid], rows_max: int) -> list[Cursor]:
        first, *others = cursors = [Cursor(column, rows_max) for column in table]
        if self._walker.is_bulk:
            await self._walker.walk(engine, [first], REPETITIONS_FIRST)
            await self._walker.walk(engine, others)
        else:
            await self._walker.walk(engine, cursors)
        skipped = await self._fill(engine, cursors)
        if skipped and self._walker.is_bulk and self._walker.repetitions_max > REPETITIONS_FIRST:
            self._walker.repetitions_max = REPETITIONS_FIRST
            return await self._table(engine, table, rows_max)
        return cursors

    async def _fill(self, engine: Engine, cursors: Sequence[Cursor]) -> int:
        """Ask for objects whose rows other columns have; return how many there were: skipped, no holes."""
        complete = [cursor for cursor in cursors if cursor.cells and not cursor.troubles]
        rows = set().union(*(cursor.cells for cursor in complete))
        holes = {cursor.column + row: cursor for cursor in complete for row in rows - cursor.cells.keys()}
        if len(holes) > HOLES_MAX:
            return 0  # a sparse table: nothing that skips rows leaves out that many
        found = await get(engine, sorted(holes))
        for name, value in found.values.items():
            cursor = holes[name]
            cursor.cells[name[len(cursor.column) :]] = value
        for one in found.troubles:
            holes[one.oid].troubles.append(Trouble(one.reason, one.detail, holes[one.oid].column, 1))
        return len(found.values)


def _tables(columns: Sequence[Oid]) -> list[list[Oid]]:
    """Return the columns of each table together."""
    tables: dict[Oid, list[Oid]] = {}
    for column in dict.fromkeys(columns):
        tables.setdefault(column[:-1], []).append(column)
    return list(tables.values())
