"""A part of a body in which known series follow each other as they did before, with one sample each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.quick import STAMP, WITH_VALUE_SIZE, WITHOUT_VALUE_SIZE
from regiowacht_contract.wire.encode import Frames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_collector.gateway.write.found import Row
    from regiowacht_collector.gateway.write.memory import Memory, Series
    from regiowacht_collector.gateway.write.times import Times
    from regiowacht_collector.gateway.write.together import Together

FRAMES = Frames(0)
"""What stands before a series, by how long it is."""


class Run:
    """Known series, one behind the other, each with one sample of one of two lengths: taken apart where that is asked.

    Args:
        memory: of the series.
        first: place of the first of them in the memory's order.
        body: in which they stand.
        at: where the first one begins.
        stops: where each of them ends.
        times: the moments of their samples.
    """

    __slots__ = ("_at", "_body", "_memory", "_stops", "_times", "series")

    def __init__(self, memory: Memory, first: int, body: bytes, at: int, stops: list[int], times: Times) -> None:
        self._memory = memory
        self.series: Sequence[Series] = memory.order[first : first + len(stops)]
        self._body = body
        self._at = at
        self._stops = stops
        self._times = times

    def __len__(self) -> int:
        return len(self.series)

    def together(self) -> Together:
        """Return what its series come to."""
        return self._memory.together(self.series)

    def rows(self) -> list[Row]:
        """Return the samples, each with its series and its time."""
        rows: list[Row] = []
        at, body, times = self._at, self._body, self._times
        for one, stop in zip(self.series, self._stops, strict=True):
            size = WITH_VALUE_SIZE if stop - at == one.long_size else WITHOUT_VALUE_SIZE
            moment = times[body[stop - STAMP : stop]]
            assert moment is not None  # noqa: S101 - as the walk has seen
            rows.append((one, body[stop - size : stop], moment))
            at = stop
        return rows

    def pieces(self) -> list[bytes]:
        """Return what the run consists of where it goes on: of each series a frame, its labels, its sample."""
        found: list[bytes] = []
        at, body, add = self._at, self._body, found.extend
        for one, stop in zip(self.series, self._stops, strict=True):
            if one.refusal:
                pass
            elif stop - at == one.long_size:
                add((one.head_frame, one.head, body[stop - WITH_VALUE_SIZE : stop]))
            else:
                add((one.head_short_frame, one.head, body[stop - WITHOUT_VALUE_SIZE : stop]))
            at = stop
        return found
