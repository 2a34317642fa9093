"""Colours, thresholds and value mappings, the same on every dashboard.

The three warning colours differ in lightness as well as in hue, so that they stay apart for colour-blind readers; a
colour never stands without a number or a word (palette of Okabe and Ito, "Color Universal Design", 2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regiowacht_contract.states import AssetState
from regiowacht_contract.thresholds import threshold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_contract.texts import Lang

GREEN = "#009E73"
ORANGE = "#E69F00"
RED = "#C8401A"
GREY = "#7B8794"
BLUE = "#3A7CA5"
PALE = "#8FB8DE"

STATE_COLOURS: Mapping[AssetState, str] = {
    AssetState.GOED: GREEN,
    AssetState.NEER: RED,
    AssetState.STIL: ORANGE,
    AssetState.NOG_NIET_AANGESLOTEN: GREY,
}


@dataclass(frozen=True, slots=True)
class Steps:
    """Where a value changes colour.

    Attributes:
        base: colour below the first step.
        steps: (value from which it holds, colour), ascending.
    """

    base: str
    steps: tuple[tuple[float, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return Grafana's ``thresholds``; the first step has no value, as Grafana itself writes it."""
        first: dict[str, Any] = {"color": self.base, "value": None}
        return {"mode": "absolute", "steps": [first, *({"color": c, "value": _plain(v)} for v, c in self.steps)]}


def plain(colour: str) -> Steps:
    """Return one colour whatever the value."""
    return Steps(colour)


def from_contract(name: str, per: float = 1) -> Steps:
    """Return the steps of a threshold of the contract, so that dashboards and alerts agree.

    Args:
        name: of the threshold.
        per: how much of the contract's unit one of the panel's is, as 86400 where seconds are shown as days.

    Raises:
        CatalogueError: the contract has no such threshold.
    """
    found = threshold(name)
    warning, critical = found.warning / per, found.critical / per
    if found.direction == "above":
        return Steps(GREEN, ((warning, ORANGE), (critical, RED)))
    return Steps(RED, ((critical, ORANGE), (warning, GREEN)))


def from_one(colour: str) -> Steps:
    """Return green for none and ``colour`` from one on."""
    return Steps(GREEN, ((1, colour),))


def if_any(colour: str) -> Steps:
    """Return grey for none and ``colour`` from one on: of a count whose zero says nothing, good or bad."""
    return Steps(GREY, ((1, colour),))


def value_mapping(texts: Mapping[int | str, tuple[str, str]]) -> dict[str, Any]:
    """Return a mapping of values to (word, colour)."""
    options = {
        str(value): {"color": colour, "index": index, "text": text}
        for index, (value, (text, colour)) in enumerate(texts.items())
    }
    return {"type": "value", "options": options}


def no_value(text: str) -> dict[str, Any]:
    """Return the mapping of no value at all to a grey word: what is not measured is neither good nor bad."""
    return {"type": "special", "options": {"match": "null+nan", "result": {"color": GREY, "index": 0, "text": text}}}


def state_mapping(lang: Lang) -> dict[str, Any]:
    """Return the mapping of an asset's state to its word and colour."""
    return value_mapping({int(state): (state.text(lang), colour) for state, colour in STATE_COLOURS.items()})


def _plain(value: float) -> float | int:
    """Return whole numbers as integers: Grafana writes 1, not 1.0."""
    return int(value) if value == int(value) else value
