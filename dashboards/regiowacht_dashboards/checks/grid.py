"""Places on the grid: inside its 24 columns, nothing over something else."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from regiowacht_dashboards.layout import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document, Seen


def check(document: Document) -> Iterator[Problem]:
    """Yield panels outside the grid, and panels that cover one another."""
    nested = {id(inner) for panel in document.panels for inner in panel.raw.get("panels") or []}
    placed: list[Seen] = []
    for panel in document.panels:
        if _is_inside(panel.raw["gridPos"]):
            placed.append(panel)
        else:
            yield document.problem("off-grid", panel, place=_words(panel.raw["gridPos"]))
    yield from _overlaps(document, [panel for panel in placed if id(panel.raw) not in nested])
    for row in document.panels:
        inner = {id(raw) for raw in row.raw.get("panels") or []}
        yield from _overlaps(document, [panel for panel in placed if id(panel.raw) in inner])


def _is_inside(place: dict[str, Any]) -> bool:
    numbers = [place.get(key) for key in "xywh"]
    if not all(isinstance(number, int) for number in numbers):
        return False
    starts_inside = place["x"] >= 0 and place["y"] >= 0
    return bool(starts_inside and place["w"] > 0 and place["h"] > 0 and place["x"] + place["w"] <= COLUMNS)


def _overlaps(document: Document, panels: Sequence[Seen]) -> Iterator[Problem]:
    """Yield each pair that shares a cell once, by going down every column."""
    told: set[tuple[int, int]] = set()
    for column in range(COLUMNS):
        here = [panel for panel in panels if _covers(panel.raw["gridPos"], column)]
        here.sort(key=lambda panel: int(panel.raw["gridPos"]["y"]))
        for upper, lower in itertools.pairwise(here):
            pair = (id(upper), id(lower))
            ends = upper.raw["gridPos"]["y"] + upper.raw["gridPos"]["h"]
            if ends > lower.raw["gridPos"]["y"] and pair not in told:
                told.add(pair)
                yield document.problem("overlap", lower, other=upper.title)


def _covers(place: dict[str, Any], column: int) -> bool:
    return bool(place["x"] <= column < place["x"] + place["w"])


def _words(place: dict[str, Any]) -> str:
    return " ".join(f"{key}={place.get(key)!r:.20}" for key in "xywh")
