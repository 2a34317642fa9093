"""How many assets of a gemeente and laag are in each state."""

from __future__ import annotations

from regiowacht_collector.rules.rule import Group, Rule
from regiowacht_contract.promql import gauge
from regiowacht_contract.states import AssetState

BY = "gemeente, scope, laag"
STATE = gauge("regiowacht:asset_state")
COUNT = "gemeente:regiowacht_assets:count"


def state_label(state: AssetState) -> str:
    """Return the value of the label ``state``: goed, neer, stil, nog-niet-aangesloten."""
    return state.name.lower().replace("_", "-")


def _count(state: AssetState) -> Rule:
    expr = f"count by ({BY}) ({STATE} == {state:d}) or 0 * count by ({BY}) ({STATE})"
    return Rule(COUNT, expr, {"state": state_label(state)})


_SEEN_BEFORE = f"count by ({BY}) ({STATE} < {AssetState.NOG_NIET_AANGESLOTEN:d})"
_GOED = f"count by ({BY}) ({STATE} == {AssetState.GOED:d})"

GROUP = Group(
    name="counts",
    purpose="Counts the assets of each gemeente and laag by state; a state that none is in counts 0.",
    rules=(
        *(_count(state) for state in AssetState),
        Rule(
            "gemeente:regiowacht_assets:reached_ratio",
            f"({_GOED} or 0 * {_SEEN_BEFORE}) / {_SEEN_BEFORE}",
        ),
    ),
)
