"""The stretches of time that a past is written in, and how often there is a sample in each.

Every sample stands on a full multiple of its step in UTC, as Grafana's query steps do, and every step is a multiple of
the finer ones. A graph whose query step is a multiple of the sample step has a value at every point.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht.demo.history.series import Pace

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 24 * HOUR_S

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
    "level": MINUTE_S,
    "still": 4 * MINUTE_S,
    "kept": MINUTE_S,
    "state": 4 * MINUTE_S,
    "server": MINUTE_S,
    "total": MINUTE_S,
    "rare": 4 * MINUTE_S,
}
"""The last six hours, from a full one on. What only grows has samples enough for a rate over a minute; what hardly
changes is told every 4 minutes, as the engine looks back 5."""

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


CUTS: tuple[tuple[str, float, Mapping[Pace, int]], ...] = (
    ("older-1", 90, OLDER),
    ("older-2", 75, OLDER),
    ("older-3", 60, OLDER),
    ("older-4", 45, OLDER),
    ("month-1", 30, MONTH),
    ("month-2", 18.5, MONTH),
    ("week-1", 7, WEEK),
    ("week-2", 3.5, WEEK),
    ("raw-1", 6 / 24, RAW),
    ("raw-2", 4 / 24, RAW),
    ("raw-3", 2 / 24, RAW),
)
"""Name, days before the end at which it begins, steps. About as much text in each: two are on the disk at a time."""


def pieces(end_s: int, *, whole: bool = False) -> tuple[Piece, ...]:
    """Return the stretches of a past that ends at ``end_s``, in order.

    With ``whole`` the last one also has what stands on pages alone, as often as what is measured.
    """
    begins = [_begin(end_s, days) for _, days, _ in CUTS]
    ends = [*begins[1:], end_s + 1]
    listed = [
        Piece(name, begin, end, steps)
        for (name, _, steps), begin, end in zip(CUTS, begins, ends, strict=True)
        if begin < end
    ]
    if whole:
        last = listed.pop()
        listed.append(replace(last, steps_s={**last.steps_s, "live": last.steps_s["measured"]}))
    return tuple(piece for uncut in listed for piece in _within_blocks(uncut))


def _begin(end_s: int, days: float) -> int:
    """Return where a stretch begins: on a moment that has a sample of the stretch before as well as its own."""
    coarsest = 2 * HOUR_S if days >= 1 else HOUR_S
    return (end_s - round(days * DAY_S)) // coarsest * coarsest


def _within_blocks(piece: Piece) -> Iterator[Piece]:
    """Yield the piece, in two where a block begins within it."""
    border_s = piece.until_s // LONGEST_BLOCK_S * LONGEST_BLOCK_S
    if piece.from_s < border_s < piece.until_s:
        yield Piece(f"{piece.name}-a", piece.from_s, border_s, piece.steps_s)
        yield Piece(f"{piece.name}-b", border_s, piece.until_s, piece.steps_s)
    else:
        yield piece
