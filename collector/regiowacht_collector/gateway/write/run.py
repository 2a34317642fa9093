"""A part of a body in which known series follow each other as they did before, with one sample each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.quick import STAMP
from regiowacht_contract.wire.encode import Frames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_collector.gateway.write.found import Row
    from regiowacht_collector.gateway.write.memory import Series
    from regiowacht_collector.gateway.write.times import Times

FRAMES = Frames(0)
"""What stands before a series, by how long it is."""


class Run:
    """Known series, one behind the other, each with one sample of one of two lengths: taken apart where that is asked.

    Args:
        series: they.
        body: in which they stand.
        at: where the first one begins.
        times: the moments of their samples.
    """

    __slots__ = ("_at", "_body", "_times", "series")

    def __init__(self, series: Sequence[Series], body: bytes, at: int, times: Times) -> None:
        self.series = series
        self._body = body
        self._at = at
        self._times = times

    def __len__(self) -> int:
        return len(self.series)

    def rows(self) -> list[Row]:
        """Return the samples, each with its series and its time."""
        rows: list[Row] = []
        at, body, times = self._at, self._body, self._times
        for one in self.series:
            begin = at + (2 if body[at + 1] < 0x80 else 3) + one.size
            at = begin + 2 + body[begin + 1]
            moment = times[body[at - STAMP : at]]
            assert moment is not None  # noqa: S101 - as the walk has seen
            rows.append((one, body[begin:at], moment))
        return rows

    def pieces(self) -> list[bytes]:
        """Return what the run consists of where it goes on: of each series a frame, its labels, its sample."""
        found: list[bytes] = []
        at, body, add = self._at, self._body, found.extend
        for one in self.series:
            begin = at + (2 if body[at + 1] < 0x80 else 3) + one.size
            at = begin + 2 + body[begin + 1]
            if one.head:
                add((FRAMES[len(one.head) + at - begin], one.head, body[begin:at]))
        return found
