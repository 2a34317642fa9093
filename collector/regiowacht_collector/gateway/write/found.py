"""What stands in a write: one row a sample."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_collector.gateway.write.memory import Series
    from regiowacht_collector.gateway.write.times import Moment

Row = tuple["Series", bytes, "Moment"]
"""A series, one of its samples as a field of it, and when that was."""


@dataclass(slots=True)
class Found:
    """What a walk over a body found, and nothing that was not checked byte by byte.

    Attributes:
        rows: samples, those of a series behind one another in the order in which they were sent.
        beyond: how many of the rows are not the first of their turn; a turn is one series of the request.
        exemplars: likewise.
        histograms: likewise.
        metadata: entries as fields of the request.
        refused: what was refused on the way, by reason.
        is_plain: nothing but series with samples, all in their shortest form, rising in time: the body may go on as it
            is, where nothing in it is refused or changed.
    """

    rows: list[Row] = field(default_factory=list)
    beyond: int = 0
    exemplars: list[Row] = field(default_factory=list)
    histograms: list[Row] = field(default_factory=list)
    metadata: list[bytes] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    is_plain: bool = True

    @property
    def turns(self) -> int:
        """How many series of the request have samples, the same one twice counted twice."""
        return len(self.rows) - self.beyond
