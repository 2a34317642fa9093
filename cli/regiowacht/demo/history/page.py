"""What the region's agents say at one moment, as a page to scrape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.demo.history.curves import Flat
from regiowacht_contract.catalogue import metric

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regiowacht.demo.history.curves import Curve
    from regiowacht.demo.history.series import Series


class Page:
    """Renders it; the text that never changes is made once."""

    def __init__(self, families: Iterable[Sequence[Series]]) -> None:
        self._parts = [part for members in families for part in _parts(members)]

    def at(self, at_s: float) -> bytes:
        """Return the page in text format 0.0.4."""
        lines: list[str] = []
        for text, curve, form in self._parts:
            if curve is None:
                lines.append(text)
            elif (value := curve.at(at_s)) is not None:
                lines.append(f"{text}{value:{form}}\n")
        return "".join(lines).encode()


def _parts(members: Sequence[Series]) -> Iterable[tuple[str, Curve | None, str]]:
    """Yield text with the curve and form of the value behind it, or text alone where no value changes."""
    name = members[0].name
    yield f"# TYPE {name} {metric(name).exposition_type}\n", None, ""
    still = [series for series in members if isinstance(series.curve, Flat) and series.curve.value is not None]
    yield "".join(f"{series.head}{series.curve.at(0):{series.form}}\n" for series in still), None, ""
    for series in members:
        if not isinstance(series.curve, Flat):
            yield series.head, series.curve, series.form
