"""The ports of one device as a table: what each does, how full it is, what goes wrong on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards import links
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table
from regiowacht_dashboards.parts import ports
from regiowacht_dashboards.queries import aggregate, value
from regiowacht_dashboards.query import POLLED, Query
from regiowacht_dashboards.style import from_contract

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def table(words: Words) -> Table:
    """Return every port of the device; those that lose or spoil packets stand on top, then the fullest."""
    told = aggregate("max", value("ifOperStatus"), *ports.PORT, "ifAlias", "ifDescr")
    return Table(
        key="ports",
        queries=(
            Query(f"0 * {told}", every=POLLED),
            Query(ports.state(), every=POLLED),
            Query(ports.speed(), every=POLLED),
            Query(ports.usage("In"), every=POLLED),
            Query(ports.usage("Out"), every=POLLED),
            Query(ports.errors(), every=POLLED),
            Query(ports.drops(), every=POLLED),
            Query(ports.changes(), every=POLLED),
        ),
        columns=(
            Column(source="ifName", title="port", width=100, links=(links.by_row("rw-poort", words, *KEPT),)),
            Column(source="ifAlias", title="port-about"),
            Column(source="ifDescr", title="port-long"),
            Column(source="Value #B", title="state", width=170, mappings=(ports.state_mapping(words),)),
            Column(source="Value #C", title="speed", width=100, unit="bps", decimals=0, blank=True),
            _column("D", "usage-in", "percentunit", "link_usage", 0),
            _column("E", "usage-out", "percentunit", "link_usage", 0),
            _column("F", "errors", "pps", "port_errors", 1),
            _column("G", "drops", "pps", "port_discards", 1),
            _column("H", "changes", "short", "port_changes", 0),
            Column(source="instance", title="instance", width=110),
            Column(source="gemeente", title="gemeente", width=110),
            Column(source="site", title="site", width=110),
        ),
        hidden=("Value #A",),
        order=(("errors", True), ("drops", True), ("usage-in", True)),
    )


KEPT = ("gemeente", "site", "instance", "port")


def _column(ref_id: str, title: str, unit: str, limit: str, decimals: int) -> Column:
    return Column(
        source=f"Value #{ref_id}",
        title=title,
        width=90,
        unit=unit,  # type: ignore[arg-type]
        decimals=decimals,
        steps=from_contract(limit),
        blank=True,
    )
