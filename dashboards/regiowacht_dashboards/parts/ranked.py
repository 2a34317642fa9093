"""States in the order in which they matter, for tables that show what is goed too: neer first, goed last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.states import AssetState
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.style import STATE_COLOURS, value_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def ranked(state: object) -> str:
    """Return 3 for neer, 2 for stil, 1 for nog niet aangesloten, 0 for goed; ``state`` is the recorded state."""
    return f"({len(AssetState)} - ({state})) * (({state}) > bool {int(AssetState.GOED)})"


def column(source: str, words: Words, width: int = 170) -> Column:
    """Return the column of such a state, in words."""
    order = sorted(AssetState, key=_rank, reverse=True)
    shown = value_mapping({_rank(state): (state.text(words.lang), STATE_COLOURS[state]) for state in order})
    return Column(source=source, title="state", width=width, mappings=(shown,))


def _rank(state: AssetState) -> int:
    return len(AssetState) - state if state != AssetState.GOED else 0
