"""Connectiviteit: the layer of lines, switches and wireless networks on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.states import AssetState
from regiowacht_dashboards import leads, links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import BarGauge, StateTimeline, Table
from regiowacht_dashboards.parts import alerts, line_panels, lines, ports, tiles, wireless
from regiowacht_dashboards.parts.polled import polled
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import POLLED, Query
from regiowacht_dashboards.style import GREEN, ORANGE, RED, from_contract, if_any, state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.units import Unit
    from regiowacht_dashboards.words import Words

LAAG = "connectiviteit"
WORST = 10


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=(LAAG,),
        variables=variables.of_assets(laag=LAAG),
        links=(
            links.back("rw-regio", words),
            links.onward("rw-wan", words, "gemeente", "site"),
            links.onward("rw-wifi", words, "gemeente", "site"),
        ),
        sections=(
            Section(
                "",
                (
                    _tiles(words),
                    Line(10, ((17, _attention(words)), (7, _per_gemeente()))),
                    Line(5, ((24, alerts.open_alerts(words, _kinds())),)),
                ),
            ),
            Section(
                "ports",
                (
                    of_equal_width(
                        9,
                        _worst("fullest-ports", _fuller(), "percentunit", "link_usage", words),
                        _worst("most-errors", ports.errors(), "pps", "port_errors", words),
                        _worst("most-drops", ports.drops(), "pps", "port_discards", words),
                    ),
                ),
            ),
            Section("course", (Line(8, ((10, _timeline(words)), (14, line_panels.timeline(words)))),)),
            Section("all-lines", (Line(10, ((24, line_panels.table(words)),)),)),
        ),
    )


def _kinds() -> str:
    return "router|switch|firewall|modem|access_point|wifi_controller|link"


def _state(*by: str, wanted: AssetState) -> str:
    return aggregate("sum", f"{value('regiowacht:asset_state', laag=LAAG)} == bool {int(wanted)}", *by)


def _tiles(words: Words) -> Line:
    fullest = f"max({lines.fullest()})"
    return of_equal_width(
        4,
        tiles.many("neer", _state(wanted=AssetState.NEER), words),
        tiles.many("stil", _state(wanted=AssetState.STIL), words, colour=ORANGE),
        tiles.many("lines-neer", lines.in_state(AssetState.NEER), words),
        tiles.many("sites-cut-off", lines.cut_off(), words),
        polled(tiles.worst("fullest", fullest, words, limit="link_usage")),
        tiles.worst("slowest", f"max({lines.latency()})", words, limit="line_latency", unit="s"),
        polled(tiles.worst("errors-now", f"max({ports.errors()})", words, limit="port_errors", unit="pps")),
        tiles.many("points-neer", wireless.in_state(AssetState.NEER), words),
    )


def _attention(words: Words) -> Table:
    """Return what of this layer is not goed, neer first; what hangs on another stands behind it."""
    told = f"0 * {value('regiowacht_asset_info', laag=LAAG)}"
    bad = f"{value('regiowacht:asset_state', laag=LAAG)} > {int(AssetState.GOED)}"
    joined = f"{told} + on (gemeente, instance) group_left () max by (gemeente, instance) ({bad})"
    rows = aggregate("max", joined, *ASSET, "kind", "uplink", "leverancier")
    return Table(
        key="attention",
        queries=(Query(leads.labelled(rows)),),
        columns=(
            Column(source="Value", title="state", width=150, mappings=(state_mapping(words.lang),)),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="kind", title="kind", width=110, named=words.kinds()),
            Column(source="uplink", title="uplink"),
            Column(source="leverancier", title="leverancier"),
            leads.column(words, width=135),
        ),
        order=(("state", False), ("gemeente", False)),
        nothing="no-rows",
    )


def _per_gemeente() -> Table:
    counted = (
        ("neer", AssetState.NEER, if_any(RED)),
        ("stil", AssetState.STIL, if_any(ORANGE)),
        ("goed", AssetState.GOED, if_any(GREEN)),
    )
    return Table(
        key="per-gemeente",
        queries=tuple(Query(_state("gemeente", wanted=state)) for _, state, _ in counted),
        columns=(
            Column(source="gemeente", title="gemeente"),
            *(
                Column(source=f"Value #{ref_id}", title=title, width=72, unit="short", decimals=0, steps=steps)
                for ref_id, (title, _, steps) in zip("ABC", counted, strict=True)
            ),
        ),
        order=(("neer", True), ("stil", True)),
    )


def _fuller() -> str:
    """Return the use of each port's speed, of the fuller direction."""
    both = " or ".join(f'label_replace({ports.usage(way)}, "direction", "{way}", "", "")' for way in ("In", "Out"))
    return aggregate("max", both, *ports.PORT)


def _worst(key: str, expr: str, unit: Unit, limit: str, words: Words) -> BarGauge:
    return BarGauge(
        key=key,
        queries=(Query(f"topk({WORST}, {expr})", legend="{{ifName}} · {{instance}} · {{gemeente}}", every=POLLED),),
        unit=unit,
        decimals=1,
        minimum=0,
        steps=from_contract(limit),
        links=(links.by_labels("rw-netdevice", words),),
    )


def _timeline(words: Words) -> StateTimeline:
    """Return the worst state of this layer in each gemeente over time."""
    state = value("regiowacht:asset_state", laag=LAAG)
    worst = " or ".join(
        [aggregate("max", f"{state} == {int(s)}", "gemeente") for s in (AssetState.NEER, AssetState.STIL)]
        + [aggregate("min", state, "gemeente")]
    )
    return StateTimeline(
        key="timeline",
        queries=(Query(worst, legend="{{gemeente}}"),),
        mappings=(state_mapping(words.lang),),
    )
