"""What stands in a write: one row a sample."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.run import Run
from regiowacht_collector.gateway.write.together import Together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_collector.gateway.write.memory import Series
    from regiowacht_collector.gateway.write.times import Moment

Row = tuple["Series", bytes, "Moment"]
"""A series, one of its samples as a field of it, and when that was."""


@dataclass(slots=True)
class Found:
    """What a walk over a body found, and nothing that was not checked byte by byte.

    Attributes:
        parts: samples, those of a series behind one another in the order in which they were sent: as rows, or as a run
            of series that were known.
        beyond: how many of the rows are not the first of their turn; a turn is one series of the request.
        exemplars: as rows.
        histograms: as rows.
        metadata: entries as fields of the request.
        refused: what was refused on the way, by reason.
        is_plain: nothing but series with samples, all in their shortest form, rising in time: the body may go on as it
            is, where nothing in it is refused or changed.
    """

    parts: list[Run | list[Row]] = field(default_factory=list)
    beyond: int = 0
    exemplars: list[Row] = field(default_factory=list)
    histograms: list[Row] = field(default_factory=list)
    metadata: list[bytes] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    is_plain: bool = True

    @property
    def samples(self) -> int:
        """How many there are, histograms among them."""
        return sum(map(len, self.parts)) + len(self.histograms)

    def rows(self) -> list[Row]:
        """Return all samples as rows."""
        return [row for part in self.parts for row in (part if isinstance(part, list) else part.rows())]

    def together(self) -> Together:
        """Return what the series come to, each with one sample."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Run):
            return self.parts[0].together()
        return Together(self.series())

    def series(self) -> list[Series]:
        """Return the series of all samples, one of many samples as often."""
        return [one for part in self.parts for one in (_series(part) if isinstance(part, list) else part.series)]


def _series(rows: Sequence[Row]) -> list[Series]:
    return [row[0] for row in rows]
