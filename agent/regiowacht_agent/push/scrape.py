"""One reading of one source, as it is kept and sent: series that stay, and the values that change.

A source tells the same series at every reading: their labels are encoded once (``Shape``), and a reading is an array of
numbers beside it. Nothing here is made per sample.
"""

from __future__ import annotations

from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence


class Shape:
    """The series of a source, in the order in which their values come; the same object as long as they are the same.

    Attributes:
        source: what tells them: ``node`` for the host itself, ``GEMEENTE/INSTANCE/JOB`` for an asset that is asked.
        heads: of each series its labels as remote write has them: encoded ``Label`` fields, sorted by name, the five
            target labels and ``__name__`` among them (``regiowacht_contract.wire.encode.head``).
    """

    __slots__ = ("heads", "source")

    def __init__(self, source: str, heads: Sequence[bytes]) -> None:
        self.source = source
        self.heads = heads


class Scrape(NamedTuple):
    """One reading of one source.

    Attributes:
        at_ms: when, in milliseconds since 1970.
        shape: its series.
        values: a float64 (``array('d')``) for each of them; Prometheus' staleness marker where a series ended.
    """

    at_ms: int
    shape: Shape
    values: array[float]
