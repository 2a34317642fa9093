"""Figures of the whole region, for everyone in it: only where at least three gemeenten are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.rules.counts import COUNT, state_label
from regiowacht_collector.rules.rule import Group, Rule
from regiowacht_contract.labels import LAGEN, REGIO_GEMEENTE, REGIO_MINIMUM, Laag, scope
from regiowacht_contract.promql import gauge, regex
from regiowacht_contract.states import AssetState

if TYPE_CHECKING:
    from regiowacht_contract.promql import Gauge

NOT_NEW = regex("|".join(state_label(state) for state in AssetState if state != AssetState.NOG_NIET_AANGESLOTEN))


def _shared(expr: str, counted: Gauge) -> str:
    """Return ``expr`` where at least three gemeenten have a series of ``counted``, else nothing."""
    return f"{expr} and on () (count(count by (gemeente) ({counted})) >= {REGIO_MINIMUM})"


def _labels(laag: Laag) -> dict[str, str]:
    return {"gemeente": REGIO_GEMEENTE, "scope": scope(REGIO_GEMEENTE, laag)}


def _count(laag: Laag, state: AssetState) -> Rule:
    counts = gauge(COUNT, laag=laag, state=state_label(state))
    labels = {**_labels(laag), "laag": laag, "state": state_label(state)}
    return Rule("regio:regiowacht_assets:count", _shared(f"sum({counts})", counts), labels)


def _reached(laag: Laag) -> Rule:
    goed = gauge(COUNT, laag=laag, state=state_label(AssetState.GOED))
    seen = gauge(COUNT, laag=laag, state=NOT_NEW)
    ratios = gauge("gemeente:regiowacht_assets:reached_ratio", laag=laag)
    return Rule(
        "regio:regiowacht_assets:reached_ratio",
        _shared(f"sum({goed}) / sum({seen})", ratios),
        {**_labels(laag), "laag": laag},
    )


def _average(record: str, of: str) -> Rule:
    values = gauge(of)
    return Rule(record, _shared(f"avg({values})", values), _labels("infrastructuur"))


GROUP = Group(
    name="regio",
    purpose="Aggregates over gemeenten that everyone in the region may see; nobody can be read out of them.",
    rules=(
        *(_count(laag, state) for laag in LAGEN for state in AssetState),
        *(_reached(laag) for laag in LAGEN),
        _average("regio:node_cpu_usage:avg_ratio_rate5m", "instance:node_cpu_usage:ratio_rate5m"),
        _average("regio:node_memory_usage:avg_ratio", "instance:node_memory_usage:ratio"),
    ),
)
