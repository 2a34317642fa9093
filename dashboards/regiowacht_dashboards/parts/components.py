"""What devices tell of their own parts: fans, supplies, batteries, disks, RAID."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import gauge, regex
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, GREY, ORANGE, RED, value_mapping
from regiowacht_dashboards.variables import chosen

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

STATE = "snmp_component_state"
CRITICAL, UNKNOWN = 2, 3
WHAT = ("fan", "psu", "temperature", "disk", "raid", "battery", "ups", "stack", "door", "other")
"""Values of its label ``kind``."""


def of_kind(expr: object, kinds: str) -> str:
    """Return the series whose asset is of one of these kinds (RE2); one of several ports or jobs stays as it is."""
    known = gauge("regiowacht_asset_info", **chosen("gemeente"), kind=regex(kinds))
    return f"({expr}) and on (gemeente, instance) {known}"


def critical(kinds: str) -> str:
    """Return how many parts of devices of these kinds (RE2) are critical; zero where all are well."""
    return aggregate("sum", of_kind(f"{value(STATE)} == bool {CRITICAL}", kinds))


def components(key: str, kinds: str, words: Words) -> Table:
    """Return the parts of devices of these kinds (RE2) with their state, the worst first."""
    shown = value_mapping(
        {
            0: (words.shared("component-ok"), GREEN),
            1: (words.shared("component-warning"), ORANGE),
            2: (words.shared("component-critical"), RED),
            3: (words.shared("component-unknown"), GREY),
        }
    )
    return Table(
        key=key,
        queries=(Query(aggregate("max", of_kind(value(STATE), kinds), *ASSET, "kind", "name")),),
        columns=(
            Column(source="Value", title="state", width=105, mappings=(shown,)),
            Column(source="kind", title="part", width=105, named={what: words.shared(f"part-{what}") for what in WHAT}),
            Column(source="name", title="name"),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
        ),
        hidden=("site",),
        order=(("state", True), ("gemeente", False)),
    )
