"""Bytes under way: bounded, with a part that only what is live may use."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.refused import Refused

if TYPE_CHECKING:
    from regiowacht_collector.gateway.limits import Limits

COPIES = 4
"""How often a decompressed body is in memory at most: itself, its series, what goes on, and that packed."""

LIVE_AGAIN_S = (1.0, 2.0)
REST_AGAIN_S = (2.0, 15.0)
"""When to come again, spread, so that a region that returns does not come at the same moment again."""


class Budget:
    """What is under way of ``limits.in_flight_bytes``."""

    def __init__(self, limits: Limits) -> None:
        self.size_bytes = limits.in_flight_bytes
        self._size_of_rest_bytes = round(limits.in_flight_bytes * (1 - limits.kept_for_live))
        self.used_bytes = 0
        self._used_by_rest_bytes = 0

    def fitted(self, size_bytes: int, *, is_live: bool) -> int:
        """Return what a request of this size takes: the largest there may be passes when it is alone."""
        return min(size_bytes, self.size_bytes if is_live else self._size_of_rest_bytes)

    def share(self) -> Share:
        """Return the share of a request that begins; it holds nothing yet."""
        return Share(self)

    def take(self, size_bytes: int, *, is_live: bool) -> None:
        """Take so many bytes.

        Raises:
            Refused: there are not so many now (503).
        """
        rest = 0 if is_live else size_bytes
        fits = self.used_bytes + size_bytes <= self.size_bytes
        if not fits or self._used_by_rest_bytes + rest > self._size_of_rest_bytes:
            low, high = LIVE_AGAIN_S if is_live else REST_AGAIN_S
            again_s = random.uniform(low, high)  # noqa: S311 - spreads, hides nothing
            raise Refused(503, "busy", retry_after_s=again_s)
        self.used_bytes += size_bytes
        self._used_by_rest_bytes += rest

    def give(self, size_bytes: int, *, is_live: bool) -> None:
        """Give bytes back."""
        self.used_bytes -= size_bytes
        self._used_by_rest_bytes -= 0 if is_live else size_bytes


class Share:
    """What one request holds; given back when the block ends.

    Attributes:
        is_live: whether it counts as live.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._size_bytes = 0
        self.is_live = True

    def hold(self, size_bytes: int, *, is_live: bool) -> None:
        """Hold so many bytes instead of those until now.

        Raises:
            Refused: there are not so many now (503); then it holds nothing.
        """
        self.drop()
        fitted = self._budget.fitted(size_bytes, is_live=is_live)
        self._budget.take(fitted, is_live=is_live)
        self._size_bytes, self.is_live = fitted, is_live

    def drop(self) -> None:
        """Give all of it back."""
        self._budget.give(self._size_bytes, is_live=self.is_live)
        self._size_bytes = 0

    def __enter__(self) -> Share:
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()
