"""Gemeente: everything of one gemeente on a page, from what cannot be reached down to audits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.audits import SCORE
from regiowacht_contract.states import AssetState
from regiowacht_dashboards import leads, links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import Table, TimeSeries
from regiowacht_dashboards.parts import alerts, attention, configuration, sites, tiles
from regiowacht_dashboards.queries import aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, RED, from_contract, value_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

KEY = ("gemeente", "site", "instance", "kind")


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("connectiviteit", "infrastructuur"),
        variables=(
            variables.datasource(),
            variables.regio(),
            variables.gemeente(many=False),
            variables.site(),
            variables.instance(many=True),
        ),
        links=(links.back("rw-regio", words),),
        sections=(
            Section("", (_tiles(words), Line(7, ((24, attention.table(words)),)))),
            Section(
                "where",
                (
                    Line(8, ((10, sites.table(words)), (14, sites.lines(words)))),
                    Line(8, ((12, sites.timeline(words)), (12, alerts.open_alerts(words)))),
                ),
            ),
            Section("what", (Line(6, ((24, _servers(words)),)), Line(7, ((15, _ups(words)), (9, _wifi()))))),
            Section("configuration", (Line(7, ((24, configuration.devices(words, "audit")),)),)),
        ),
    )


def _tiles(words: Words) -> Line:
    battery = tiles.holding(f"{value('snmp_ups_on_battery')} == bool 1")
    down = AssetState.NEER
    fullest = f"max({value('instance:node_filesystem_usage:max_ratio')})"
    lowest = f"min({configuration.of_devices(configuration.audited(SCORE))})"
    return of_equal_width(
        4,
        tiles.many("sites-cut-off", sites.cut_off(), words),
        tiles.many("lines-down", sites.kinds_in(down, "link"), words),
        tiles.many("network-down", sites.kinds_in(down, sites.NETWORK.removesuffix("|access_point")), words),
        tiles.many("access-points-down", sites.kinds_in(down, "access_point"), words),
        tiles.many("servers-down", sites.kinds_in(down, "server"), words),
        tiles.worst("fullest-disk", fullest, words, limit="filesystem_usage"),
        tiles.many("on-battery", battery, words),
        tiles.worst("lowest-score", lowest, words, limit="audit_score", nothing="no-audits"),
    )


def _server(name: str) -> str:
    told = value("regiowacht_asset_info", kind="server")
    return leads.labelled(aggregate("max", f"{told} * on (gemeente, instance) group_left () {value(name)}", *KEY))


def _servers(words: Words) -> Table:
    """Return every server that is measured, the fullest disk first."""

    def share(ref_id: str, title: str, limit: str) -> Column:
        steps = from_contract(limit)
        return Column(source=f"Value #{ref_id}", title=title, width=115, unit="percentunit", decimals=0, steps=steps)

    return Table(
        key="servers",
        queries=(
            Query(_server("instance:node_filesystem_usage:max_ratio")),
            Query(_server("instance:node_memory_usage:ratio")),
            Query(_server("instance:node_cpu_usage:ratio_rate5m")),
        ),
        columns=(
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            share("A", "fullest", "filesystem_usage"),
            share("B", "memory", "memory_usage"),
            share("C", "cpu", "cpu_usage"),
            leads.column(words),
        ),
        hidden=("kind",),
        order=(("fullest", True),),
        nothing="not-measured",
    )


def _ups(words: Words) -> Table:
    """Return every UPS, those on battery first, then the shortest runtime."""
    fed = value_mapping({0: (words.own("mains"), GREEN), 1: (words.own("battery"), RED)})

    def of(function: str, name: str) -> str:
        told = value("regiowacht_asset_info", kind="ups")
        measured = aggregate(function, value(name), "gemeente", "instance")
        return leads.labelled(aggregate("max", f"{told} * on (gemeente, instance) group_left () {measured}", *KEY))

    runtime, charge = from_contract("ups_runtime"), from_contract("ups_charge")
    return Table(
        key="ups",
        queries=(
            Query(of("max", "snmp_ups_on_battery")),
            Query(of("min", "snmp_ups_runtime_seconds")),
            Query(of("min", "snmp_ups_charge_ratio")),
        ),
        columns=(
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="Value #A", title="fed-by", width=135, mappings=(fed,)),
            Column(source="Value #B", title="lasts", width=90, unit="s", decimals=0, steps=runtime),
            Column(source="Value #C", title="charge", width=80, unit="percentunit", decimals=0, steps=charge),
            leads.column(words, width=160),
        ),
        hidden=("kind",),
        order=(("fed-by", True), ("lasts", False)),
        nothing="not-measured",
    )


def _wifi() -> TimeSeries:
    """Return how many clients each controller and access point has."""
    clients = aggregate("sum", value("snmp_wifi_clients"), "gemeente", "instance")
    return TimeSeries(
        key="wifi-clients",
        queries=(Query(clients, legend="{{instance}}"),),
        decimals=0,
        minimum=0,
        stacked=True,
        table_legend=True,
        nothing="not-measured",
    )
