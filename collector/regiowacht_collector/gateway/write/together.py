"""What series come to that stand in one body together, whatever their samples are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_collector.gateway.write.memory import Series


class Together:
    """Series of one body, each with one sample.

    Attributes:
        heads: encoded labels of those that go on.
        pairs: instance and job of those.
        refused: the others, by reason.
        corrected: how many got another scope of the same gemeente.
        is_once: whether each of those that go on is there once.
        is_whole: whether all of them go on as they came.
    """

    __slots__ = ("corrected", "heads", "is_once", "is_whole", "pairs", "refused")

    def __init__(self, series: Sequence[Series]) -> None:
        self.heads = tuple([one.head for one in series if not one.refusal])
        self.pairs = frozenset([one.pair for one in series if one.pair is not None])
        self.refused = Counter([one.refusal for one in series if one.refusal])
        self.corrected = sum([one.corrected for one in series])
        self.is_once = len(set(self.heads)) == len(self.heads)
        self.is_whole = all(one.head is one.sent for one in series)
