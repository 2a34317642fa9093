"""One question of a plan: columns that share rows, asked for in one PDU, and what its answer must name."""

from __future__ import annotations

from regiowacht_agent.snmp import pdu
from regiowacht_contract.light import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.snmp.oid import Oid


@dataclass(frozen=True, slots=True)
class Part:
    """Cells that one question asks for: each of the columns in each of the rows.

    Attributes:
        columns: names of the columns.
        rows: indexes, in increasing order.
        before: index of the row before the first in the same column, () where there is none: where GETBULK starts.
        bulk: asked by GETBULK; else by GET, each cell by its whole name, which every agent can.
    """

    columns: tuple[Oid, ...]
    rows: tuple[Oid, ...]
    before: Oid = ()
    bulk: bool = True

    @property
    def names(self) -> Iterator[Oid]:
        """The names that the answer holds, in its order: row by row."""
        return (column + row for row in self.rows for column in self.columns)

    @property
    def size(self) -> int:
        """Cells."""
        return len(self.columns) * len(self.rows)

    def question(self) -> bytes:
        """Return the PDU, ready but for its number."""
        if not self.bulk:
            return pdu.request(pdu.GET, 1, tuple(self.names))
        return pdu.request(pdu.GETBULK, 1, [column + self.before for column in self.columns], 0, len(self.rows))
