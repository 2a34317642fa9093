"""Site: everything on one place, from its lines to the devices behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.states import AssetState
from regiowacht_dashboards import leads, links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import Stat, StateTimeline, Table
from regiowacht_dashboards.parts import alerts, attention, line_panels, lines, neighbours, power, ranked, tiles
from regiowacht_dashboards.queries import ASSET, aggregate, in_state, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, GREY, ORANGE, if_any, no_value, plain, state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``; it shows one site."""
    return Board(
        words=words,
        tags=("connectiviteit", "infrastructuur"),
        variables=(
            variables.datasource(),
            variables.regio(),
            variables.gemeente(many=False),
            variables.site(many=False),
            variables.instance(many=True),
        ),
        links=(links.back("rw-regio", words), links.onward("rw-wan", words, "gemeente", "site")),
        sections=(
            Section(
                "",
                (
                    _tiles(words),
                    Line(8, ((24, attention.table(words)),)),
                    Line(6, ((24, line_panels.table(words)),)),
                    Line(5, ((24, alerts.open_alerts(words)),)),
                ),
            ),
            Section("course", (Line(12, ((24, _timeline(words)),)),)),
            Section("standing", (Line(12, ((24, _assets(words)),)), Line(8, ((24, neighbours.neighbours(words)),)))),
        ),
    )


def _tiles(words: Words) -> Line:
    nothing = no_value(words.shared("not-measured"))
    return of_equal_width(
        4,
        tiles.many("neer", in_state(AssetState.NEER), words),
        tiles.many("stil", in_state(AssetState.STIL), words, colour=ORANGE),
        tiles.many("lines-neer", lines.in_state(AssetState.NEER), words),
        tiles.many("on-battery", tiles.holding(f"{value(power.ON_BATTERY)} == bool 1"), words),
        Stat(
            key="goed",
            queries=(Query(in_state(AssetState.GOED)),),
            decimals=0,
            steps=if_any(GREEN),
            mappings=(nothing,),
        ),
        Stat(
            key="unconnected",
            queries=(Query(in_state(AssetState.NOG_NIET_AANGESLOTEN)),),
            decimals=0,
            steps=plain(GREY),
            mappings=(nothing,),
        ),
    )


def _timeline(words: Words) -> StateTimeline:
    """Return the state of everything here over time; what hangs on one another falls together."""
    return StateTimeline(
        key="timeline",
        queries=(Query(aggregate("max", value("regiowacht:asset_state"), *ASSET), legend="{{instance}}"),),
        mappings=(state_mapping(words.lang),),
    )


def _assets(words: Words) -> Table:
    """Return everything here with what it hangs on."""
    told = f"0 * {value('regiowacht_asset_info')}"
    state = value("regiowacht:asset_state")
    shown = (*ASSET, "kind", "uplink", "poller")
    worst = aggregate("max", state, "gemeente", "instance")
    joined = f"{told} + on (gemeente, instance) group_left () {ranked.ranked(worst)}"
    return Table(
        key="assets",
        queries=(Query(leads.labelled(aggregate("max", joined, *shown))),),
        columns=(
            ranked.column("Value", words),
            Column(source="instance", title="instance"),
            Column(source="kind", title="kind", width=110, named=words.kinds()),
            Column(source="uplink", title="uplink"),
            Column(source="poller", title="poller"),
            leads.column(words, width=150),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
        ),
        order=(("state", True), ("kind", False), ("instance", False)),
    )
