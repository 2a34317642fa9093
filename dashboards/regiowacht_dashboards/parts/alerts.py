"""The alerts that are open, as every dashboard shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import regex, unlike
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table
from regiowacht_dashboards.queries import aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import ORANGE, RED, value_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

WATCHDOG = "Waakhond"
"""The alert that is always on, so that its absence is noticed elsewhere."""

SHOWN = ("severity", "alertname", "gemeente", "site", "instance", "leverancier")


def open_alerts(words: Words, kinds: str = "") -> Table:
    """Return what fires for the chosen assets, with its age; critical ones first, then the oldest.

    Args:
        words: the dashboard's.
        kinds: kinds of assets (RE2) whose alerts are shown; empty for all, and what is about no asset.
    """
    only = {"kind": regex(kinds)} if kinds else {}
    firing = value("ALERTS", alertstate="firing", alertname=unlike(WATCHDOG), **only)
    since = value("ALERTS_FOR_STATE", alertname=unlike(WATCHDOG))
    severities = value_mapping(
        {
            "critical": (words.shared("severity-critical"), RED),
            "warning": (words.shared("severity-warning"), ORANGE),
        }
    )
    return Table(
        key="open-alerts",
        queries=(Query(aggregate("max", f"time() - {since} and ignoring (alertstate) {firing}", *SHOWN)),),
        columns=(
            Column(source="severity", title="severity", width=110, mappings=(severities,)),
            Column(source="alertname", title="alert"),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="leverancier", title="leverancier"),
            Column(source="Value", title="age", width=110, unit="s", decimals=0),
        ),
        order=(("severity", False), ("age", True)),
        nothing="no-alerts",
    )
