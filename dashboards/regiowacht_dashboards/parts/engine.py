"""The collector's own targets, its rules, and what it hands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table, TimeSeries
from regiowacht_dashboards.queries import aggregate, wide, wide_total
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, RED, value_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

WINDOW = "10m"
FAILED, MISSED = "prometheus_rule_evaluation_failures_total", "prometheus_rule_group_iterations_missed_total"


def failures() -> str:
    """Return how often rules failed or missed their turn of late."""
    failed, missed = (f"sum({wide_total(name).increase(WINDOW)})" for name in (FAILED, MISSED))
    return f"ceil({failed} + {missed})"


def targets(words: Words) -> Table:
    """Return the pages that the collector reads for itself, those that cannot be read first."""
    answers = value_mapping({0: (words.own("target-down"), RED), 1: (words.own("target-up"), GREEN)})
    return Table(
        key="targets",
        queries=(Query(aggregate("min", wide("up", job="regiowacht"), "instance", "gemeente")),),
        columns=(
            Column(source="Value", title="answers", width=150, mappings=(answers,)),
            Column(source="instance", title="target"),
            Column(source="gemeente", title="gemeente", named={"_regio": words.own("of-the-region")}),
        ),
        order=(("answers", False), ("target", False)),
        nothing="region-only",
    )


def rules() -> TimeSeries:
    """Return which groups of rules fail or miss their turn."""
    queries = tuple(
        Query(aggregate("sum", wide_total(name).rate(), "rule_group"), legend=f"{{{{rule_group}}}} ({word})")
        for name, word in ((FAILED, "failed"), (MISSED, "missed"))
    )
    return TimeSeries(key="rules", queries=queries, minimum=0, nothing="region-only")


def deliveries() -> TimeSeries:
    """Return what became of attempts to tell people, by receiver, way and outcome."""
    told = aggregate("sum", wide_total("regiowacht_alerts_deliveries_total").rate(), "receiver", "way", "outcome")
    return TimeSeries(
        key="deliveries",
        queries=(Query(told, legend="{{receiver}} ({{way}}): {{outcome}}"),),
        minimum=0,
        nothing="region-only",
    )
