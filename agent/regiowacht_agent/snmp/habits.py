"""What a device has shown that it bears: how it is asked, and asked again the next time."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.oid import Oid

REPETITIONS_MAX = 50
"""Rows asked for at once. Some switches leave rows out above 55 (ZyXEL GS1920)."""

OBJECTS_MAX = 20
CELL_BYTES = 64
"""Octets that a cell is taken to have before one of its column was seen."""

HEAD_BYTES = 60
SIZE_MIN_BYTES = 2 * CELL_BYTES
BULK_FAILURES_MAX = 2
SHORT_TABLES_MAX = 2


class Habits:
    """What was learnt of one device; to be kept between sessions.

    Attributes:
        has_bulk: whether GETBULK works: None is not known yet; False for SNMP 1.
        repetitions: rows that may be asked for at once.
        objects: objects that may be asked for at once with GET and GETNEXT.
        size_bytes: octets that an answer may have.
        cells: octets of a cell, by column.
        bulk_failures: GETBULKs that failed where GETNEXT did not, and none ever worked.
        short_tables: tables of which rows were left out where many were asked for.
    """

    __slots__ = ("bulk_failures", "cells", "has_bulk", "objects", "repetitions", "short_tables", "size_bytes")

    def __init__(self, size_bytes: int = 1400, *, is_v1: bool = False) -> None:
        self.has_bulk: bool | None = False if is_v1 else None
        self.repetitions = REPETITIONS_MAX
        self.objects = OBJECTS_MAX
        self.size_bytes = size_bytes
        self.cells: dict[Oid, float] = {}
        self.bulk_failures = 0
        self.short_tables = 0

    def rows_for(self, column: Oid) -> int:
        """Return how many rows of a column may be asked for at once."""
        fit = int((self.size_bytes - HEAD_BYTES) / self.cells.get(column, CELL_BYTES))
        return max(1, min(fit, self.repetitions))

    def saw(self, column: Oid, cell_bytes: float) -> None:
        """Learn how large the cells of a column are."""
        self.cells[column] = max(cell_bytes, self.cells.get(column, 0.0))

    def was_too_big(self) -> None:
        """Ask for half as much from now on."""
        self.size_bytes = max(SIZE_MIN_BYTES, self.size_bytes // 2)

    def left_rows_out(self, repetitions: int) -> None:
        """Count a table that came whole only when so few rows were asked for; one may have grown meanwhile, not two."""
        self.short_tables += 1
        if self.short_tables >= SHORT_TABLES_MAX:
            self.repetitions = min(self.repetitions, repetitions)

    def bulk_failed(self) -> None:
        """Count a GETBULK that failed where GETNEXT did not; too many, and it is not tried again."""
        self.bulk_failures += 1
        if self.has_bulk is None and self.bulk_failures >= BULK_FAILURES_MAX:
            self.has_bulk = False
