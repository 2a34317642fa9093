"""The stretches of time that a past is written in, and how often there is a sample in each.

Every sample stands on a full multiple of its step in UTC, as Grafana's query steps do, and every step is a multiple of
the finer ones. A graph whose query step is a multiple of the sample step has a value at every point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht.demo.history.world import RAW_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht.demo.history.series import Pace

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 24 * HOUR_S
DAYS = 90

LONGEST_BLOCK_S = 4374 * HOUR_S
"""promtool begins a new block at multiples of this, and would read a file over one twice."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time.

    Attributes:
        name: of its file.
        from_s: its first moment.
        until_s: its end, itself not in it.
        steps_s: seconds between two samples, by pace; what is not named has none here.
    """

    name: str
    from_s: int
    until_s: int
    steps_s: Mapping[Pace, int]

    def times(self, pace: Pace) -> range:
        """Return the moments of its samples."""
        step = self.steps_s.get(pace)
        if step is None:
            return range(0)
        return range(-(-self.from_s // step) * step, self.until_s, step)


RAW: Mapping[Pace, int] = {
    "measured": 15,
    "still": 4 * MINUTE_S,
    "kept": MINUTE_S,
    "state": 4 * MINUTE_S,
    "server": MINUTE_S,
    "total": MINUTE_S,
    "rare": 4 * MINUTE_S,
}
"""The last six hours. What hardly changes is told every 4 minutes: the engine looks back 5."""

WEEK: Mapping[Pace, int] = {
    "kept": 15 * MINUTE_S,
    "state": 15 * MINUTE_S,
    "server": 15 * MINUTE_S,
    "total": 5 * MINUTE_S,
    "rare": DAY_S,
}
MONTH: Mapping[Pace, int] = {
    "kept": HOUR_S,
    "state": HOUR_S,
    "server": HOUR_S,
    "total": 20 * MINUTE_S,
    "rare": DAY_S,
}
OLDER: Mapping[Pace, int] = {
    "kept": 2 * HOUR_S,
    "state": 2 * HOUR_S,
    "server": 2 * HOUR_S,
    "total": HOUR_S,
    "rare": DAY_S,
}


def pieces(end_s: int) -> tuple[Piece, ...]:
    """Return the stretches of a past that ends at ``end_s``, the largest first, so that two loaders end together."""
    raw_s = end_s - RAW_S
    cuts = (
        ("older", end_s - DAYS * DAY_S, end_s - 30 * DAY_S, OLDER),
        ("week", end_s - 7 * DAY_S, raw_s, WEEK),
        ("month", end_s - 30 * DAY_S, end_s - 7 * DAY_S, MONTH),
        ("raw-1", raw_s, raw_s + RAW_S // 2, RAW),
        ("raw-2", raw_s + RAW_S // 2, end_s + 1, RAW),
    )
    return tuple(piece for cut in cuts for piece in _within_blocks(Piece(*cut)))


def _within_blocks(piece: Piece) -> Iterator[Piece]:
    """Yield the piece, in two where a block begins within it."""
    border_s = piece.until_s // LONGEST_BLOCK_S * LONGEST_BLOCK_S
    if piece.from_s < border_s < piece.until_s:
        yield Piece(f"{piece.name}-a", piece.from_s, border_s, piece.steps_s)
        yield Piece(f"{piece.name}-b", border_s, piece.until_s, piece.steps_s)
    else:
        yield piece
