"""The stretches of time that a past is written in, and when there is a sample in each.

Every sample stands on a full multiple of a step in UTC, as the moments do that Grafana asks at. Its steps for one range
are not all multiples of each other (10, 15 and 20 minutes; 2 and 3 hours): where a pace has two steps, it has the
moments of both, so that a graph has a value at every point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht.demo.history.series import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht.demo.history.waves import Times

Steps = Mapping[Pace, tuple[int, ...]]


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
        steps_s: seconds between two samples, by pace: moments of all steps together; what is not named has none here.
    """

    name: str
    from_s: int
    until_s: int
    steps_s: Steps

    def times(self, pace: Pace) -> Times:
        """Return the moments of its samples."""
        ranges = [range(-(-self.from_s // step) * step, self.until_s, step) for step in self.steps_s.get(pace, ())]
        if len(ranges) == 1:
            return ranges[0]
        return tuple(sorted({moment for moments in ranges for moment in moments}))


RAW: Steps = {
    "hourly": (HOUR_S,),
    "measured": (15,),
    "level": (MINUTE_S,),
    "still": (4 * MINUTE_S,),
    "kept": (MINUTE_S,),
    "state": (4 * MINUTE_S,),
    "server": (MINUTE_S,),
    "total": (MINUTE_S,),
    "rare": (4 * MINUTE_S,),
}
"""The last six hours, from a full one on. What only grows has samples enough for a rate over a minute; what hardly
changes is told every 4 minutes, as the engine looks back 5."""

WEEK: Steps = {
    "hourly": (HOUR_S,),
    "kept": (10 * MINUTE_S, 15 * MINUTE_S),
    "state": (15 * MINUTE_S, 20 * MINUTE_S),
    "server": (10 * MINUTE_S, 15 * MINUTE_S),
    "total": (5 * MINUTE_S,),
    "rare": (7 * DAY_S,),
}
MONTH: Steps = {
    "hourly": (HOUR_S,),
    "kept": (HOUR_S,),
    "state": (HOUR_S,),
    "server": (HOUR_S,),
    "total": (20 * MINUTE_S, 30 * MINUTE_S),
    "rare": (7 * DAY_S,),
}
OLDER: Steps = {
    "hourly": (HOUR_S,),
    "kept": (2 * HOUR_S, 3 * HOUR_S),
    "state": (3 * HOUR_S,),
    "server": (2 * HOUR_S, 3 * HOUR_S),
    "total": (HOUR_S,),
    "rare": (7 * DAY_S,),
}

CUTS: tuple[tuple[str, float, Steps], ...] = (
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

    With ``whole`` those of the last hours also have what stands on pages alone, as often as what is measured.
    """
    begins = [_begin(end_s, days) for _, days, _ in CUTS]
    ends = [*begins[1:], end_s + 1]
    raw = {**RAW, "live": RAW["measured"]} if whole else RAW
    listed = [
        Piece(name, begin, end, raw if steps is RAW else steps)
        for (name, _, steps), begin, end in zip(CUTS, begins, ends, strict=True)
        if begin < end
    ]
    return tuple(piece for uncut in listed for piece in _within_blocks(uncut))


def _begin(end_s: int, days: float) -> int:
    """Return where a stretch begins: on a moment that has a sample of the stretch before as well as its own."""
    coarsest = 6 * HOUR_S if days >= 1 else HOUR_S
    return (end_s - round(days * DAY_S)) // coarsest * coarsest


def _within_blocks(piece: Piece) -> Iterator[Piece]:
    """Yield the piece, in two where a block begins within it."""
    border_s = piece.until_s // LONGEST_BLOCK_S * LONGEST_BLOCK_S
    if piece.from_s < border_s < piece.until_s:
        yield Piece(f"{piece.name}-a", piece.from_s, border_s, piece.steps_s)
        yield Piece(f"{piece.name}-b", border_s, piece.until_s, piece.steps_s)
    else:
        yield piece
