"""Writes series as OpenMetrics text: quickly, since a region's past is millions of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.demo.history.curves import Flat, Patched, Steps
from regiowacht.demo.history.series import PACES
from regiowacht.demo.history.waves import after

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from regiowacht.demo.history.curves import Curve
    from regiowacht.demo.history.pieces import Piece
    from regiowacht.demo.history.series import Pace, Series
    from regiowacht.demo.history.waves import Times

END = "# EOF\n"


def write_piece(path: Path, piece: Piece, families: Iterable[Sequence[Series]]) -> None:
    """Write the samples that the families have within a piece; series of one family share a name.

    Raises:
        OSError: the file cannot be written.
    """
    texts = Texts()
    times: dict[Pace, Times] = {pace: piece.times(pace) for pace in PACES}
    with path.open("w", encoding="utf-8") as file:
        for members in families:
            title = f"# TYPE {members[0].name} unknown\n"
            for series in members:
                found = texts.of(series.curve, series.form, times[series.pace])
                if found:
                    # The head goes before every line: one join, whatever the number of lines.
                    file.write(title + series.head + series.head.join(found))
                    title = ""
        file.write(END)


class Texts:
    """What stands after a series' head, a line a sample; made once where many series share it."""

    def __init__(self) -> None:
        self._stamps: dict[Times, list[str]] = {}
        self._flat: dict[tuple[str, Times], list[str]] = {}

    def of(self, curve: Curve, form: str, times: Times) -> list[str]:
        """Return the lines of a curve; none where it has no value."""
        if isinstance(curve, Flat):
            return self._same(curve.value, form, times)
        if isinstance(curve, Steps):
            return self._steps(curve, form, times)
        if isinstance(curve, Patched):
            return self._patched(curve, form, times)
        stamps = self._stamps_of(times)
        return [
            f"{value:{form}}{stamp}"
            for value, stamp in zip(curve.many(times), stamps, strict=True)
            if value is not None
        ]

    def _same(self, value: float | None, form: str, times: Times) -> list[str]:
        if value is None:
            return []
        text = f"{value:{form}}"
        if (text, times) not in self._flat:
            self._flat[text, times] = [text + stamp for stamp in self._stamps_of(times)]
        return self._flat[text, times]

    def _steps(self, curve: Steps, form: str, times: Times) -> list[str]:
        if len(set(curve.values)) == 1:
            return self._same(curve.values[0], form, times)
        found: list[str] = []
        first = 0
        for until, value in zip((*curve.moments, float("inf")), curve.values, strict=True):
            last = after(times, until)
            if value is not None:
                found += self._same(value, form, times)[first:last]
            first = last
        return found

    def _patched(self, curve: Patched, form: str, times: Times) -> list[str]:
        inside = [patch for patch in curve.patches if after(times, patch.from_s) < after(times, patch.until_s)]
        if not inside:
            return self.of(curve.of, form, times)
        stamps = self._stamps_of(times)
        values = curve.many(times)
        return [f"{value:{form}}{stamp}" for value, stamp in zip(values, stamps, strict=True) if value is not None]

    def _stamps_of(self, times: Times) -> list[str]:
        if times not in self._stamps:
            self._stamps[times] = [f" {time}\n" for time in times]
        return self._stamps[times]
