"""How many assets of a gemeente and laag are in each state."""

from __future__ import annotations

from regiowacht_collector.rules.rule import Group, Rule
from regiowacht_contract.promql import gauge, regex
from regiowacht_contract.states import AssetState

BY = "gemeente, scope, laag"
STATE = gauge("regiowacht:asset_state")
BY_VALUE = "gemeente:regiowacht_assets:count_by_value"
COUNT = "gemeente:regiowacht_assets:count"


def state_label(state: AssetState) -> str:
    """Return the value of the label ``state``: goed, neer, stil, nog-niet-aangesloten."""
    return state.name.lower().replace("_", "-")


def _by_value(*states: AssetState) -> str:
    """Return how many assets are in one of these states (none given: in any), per gemeente and laag."""
    counts = gauge(BY_VALUE)
    if states:
        counts = counts.where(state=regex("|".join(f"{state:d}" for state in states)))
    return f"sum by ({BY}) ({counts})"


def _count(state: AssetState) -> Rule:
    return Rule(COUNT, f"{_by_value(state)} or 0 * {_by_value()}", {"state": state_label(state)})


_SEEN = _by_value(*(state for state in AssetState if state != AssetState.NOG_NIET_AANGESLOTEN))

GROUP = Group(
    name="counts",
    purpose="Counts the assets of each gemeente and laag by state; a state that none is in counts 0.",
    rules=(
        # The one pass over all assets; the others read its few series.
        Rule(BY_VALUE, f'count_values by ({BY}) ("state", {STATE})'),
        *(_count(state) for state in AssetState),
        Rule("gemeente:regiowacht_assets:reached_ratio", f"({_by_value(AssetState.GOED)} or 0 * {_SEEN}) / {_SEEN}"),
    ),
)
