"""Gives each series of a source its place in a reading, and keeps it as long as that pays."""

from __future__ import annotations

from array import array
from operator import itemgetter

from regiowacht_agent.push.scrape import Shape
from regiowacht_contract.wire.staleness import ABSENT, STALE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

NOWHERE = (ABSENT, STALE)
"""Stand behind the values of a page: what goes to the places of series that it does not have."""


class Places:
    """The places of one source's series.

    Args:
        source: what tells them.

    Attributes:
        shape: the series, by their places.
        left_out: series of the page that have none: without a head, or there before.
    """

    def __init__(self, source: str) -> None:
        self.shape = Shape(source, ())
        self.left_out = 0
        self._present: dict[bytes, int] = {}
        self._place: Callable[[Sequence[float]], Iterable[float]] | None = None
        self._order: list[int] = []
        self._has_ended = False

    def give(self, heads: Sequence[bytes | None]) -> None:
        """Take the series of a page, in its order; None stands for one that is not to be sent."""
        now: dict[bytes, int] = {}
        for at, head in enumerate(heads):
            if head is not None:
                now.setdefault(head, at)
        self.left_out = len(heads) - len(now)
        ended = [head for head in self._present if head not in now]
        places = self.shape.heads
        if not now.keys() <= set(places) or len(places) > 2 * (len(now) + len(ended)):
            places = (*now, *ended)
            self.shape = Shape(self.shape.source, places)
        of_ended = set(ended)
        count = len(heads)
        self._order = [now.get(head, count + (head in of_ended)) for head in places]
        self._present, self._has_ended = now, bool(ended)
        self._place = _placer(self._order, count)

    def lay(self, values: array[float]) -> array[float]:
        """Return a page's values by the places of their series."""
        if self._place is None:
            return values
        placed = array("d", self._place([*values, *NOWHERE]))
        if self._has_ended:
            count = len(values)
            self._order = [min(at, count) for at in self._order]
            self._has_ended = False
            self._place = _placer(self._order, count)
        return placed


def _placer(order: list[int], count: int) -> Callable[[Sequence[float]], Iterable[float]] | None:
    """Return what puts values into this order; None: they are in it."""
    if order == list(range(count)):
        return None
    if len(order) < 2:
        return lambda values: [values[at] for at in order]
    return itemgetter(*order)
