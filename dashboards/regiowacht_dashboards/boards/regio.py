"""Regio-overzicht: every declared asset with its state, what needs attention first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regiowacht_contract.states import AssetState
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import BarGauge, Stat, StateTimeline, Table
from regiowacht_dashboards.parts import alerts, attention, sites
from regiowacht_dashboards.queries import aggregate, in_state, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import (
    GREEN,
    GREY,
    ORANGE,
    RED,
    Steps,
    from_contract,
    from_one,
    if_any,
    plain,
    state_mapping,
)

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

STATE = "regiowacht:asset_state"
BUSIEST = 8

ABOVE = "daarboven"
"""What the layers of the pyramid that nobody measures are called in the expression."""

ONWARD = (
    "rw-noc",
    "rw-piramide",
    "rw-connectiviteit",
    "rw-wan",
    "rw-wifi",
    "rw-infrastructuur",
    "rw-servers",
    "rw-opslag",
    "rw-ups",
    "rw-diensten",
    "rw-audit",
    "rw-trajecten",
    "rw-capaciteit",
    "rw-meten",
)
"""Dashboards of the whole region, one click away; those of one gemeente or asset are reached from its row."""

EACH_MINUTE = "1m"
"""Least time between two points of the past of all assets: a band is no wider, and it costs a quarter of every 15 s."""

COUNTED = (
    ("goed", AssetState.GOED, if_any(GREEN)),
    ("neer", AssetState.NEER, if_any(RED)),
    ("stil", AssetState.STIL, if_any(ORANGE)),
    ("unconnected", AssetState.NOG_NIET_AANGESLOTEN, plain(GREY)),
)
"""Columns of a table that counts assets by state."""


WIDTHS = {"goed": 65, "neer": 75, "stil": 65, "unconnected": 175}
"""Widths of those columns in pixels: a count, below the longest title."""


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("connectiviteit", "infrastructuur"),
        variables=variables.of_assets(),
        links=tuple(links.named(uid, words, "gemeente") for uid in ONWARD),
        sections=(
            Section(
                "",
                (
                    _tiles(words),
                    Line(9, ((24, attention.table(words)),)),
                    Line(7, ((9, _per_gemeente(words)), (15, alerts.open_alerts(words)))),
                ),
            ),
            Section("history", (Line(7, ((9, _timeline(words)), (9, _per_laag(words)), (6, _measured(words)))),)),
            Section("busiest", (_busiest(words),)),
            Section("assets", (Line(16, ((24, _assets(words)),)),)),
        ),
    )


def _tiles(words: Words) -> Line:
    return of_equal_width(
        4,
        _count("neer", AssetState.NEER, from_one(RED)),
        _count("stil", AssetState.STIL, from_one(ORANGE), links.whole("rw-meten", words)),
        Stat(
            key="sites-cut-off",
            queries=(Query(sites.cut_off()),),
            decimals=0,
            steps=from_one(RED),
            links=(links.whole("rw-wan", words),),
        ),
        Stat(
            key="reached",
            queries=(Query(sites.reached()),),
            unit="percentunit",
            decimals=1,
            steps=from_contract("assets_reached"),
            nothing="none-connected",
            links=(links.whole("rw-piramide", words),),
        ),
        _count("unconnected", AssetState.NOG_NIET_AANGESLOTEN, plain(GREY), links.whole("rw-trajecten", words)),
        _count("goed", AssetState.GOED, if_any(GREEN)),
    )


def _count(key: str, state: AssetState, steps: Steps, *onward: dict[str, Any]) -> Stat:
    return Stat(key=key, queries=(Query(in_state(state)),), decimals=0, steps=steps, links=onward)


def _assets(words: Words) -> Table:
    listed = attention.columns(words)
    return Table(
        key="all-assets",
        queries=(Query(attention.described(value(STATE))),),
        columns=(*listed[:4], Column(source="laag", title="laag", width=140), *listed[4:]),
        hidden=tuple(name for name in attention.HIDDEN if name != "laag"),
        order=(("gemeente", False), ("site", False)),
    )


def _counts(key: str, by: str, *onward: dict[str, Any]) -> Table:
    return Table(
        key=key,
        queries=tuple(Query(in_state(state, by)) for _, state, _ in COUNTED),
        columns=(
            Column(source=by, title=by, links=onward),
            *(
                Column(
                    source=f"Value #{ref_id}",
                    title=title,
                    width=WIDTHS.get(title),
                    unit="short",
                    decimals=0,
                    steps=steps,
                )
                for ref_id, (title, _, steps) in zip("ABCD", COUNTED, strict=True)
            ),
        ),
        order=(("neer", True), ("stil", True)),
    )


def _per_gemeente(words: Words) -> Table:
    return _counts("per-gemeente", "gemeente", links.by_row("rw-gemeente", words, "gemeente"))


def _per_laag(words: Words) -> Table:
    del words
    return _counts("per-laag", "laag")


def _measured(words: Words) -> Table:
    """Return which layers anything is measured of; those above are never guessed."""
    seen = aggregate("max", f"{value(STATE)} < bool {int(AssetState.NOG_NIET_AANGESLOTEN)}", "laag")
    names = {"1": "measured-some", "0": "measured-soon", "-1": "measured-never"}
    return Table(
        key="pyramid",
        queries=(Query(f'{seen} or label_replace(vector(-1), "laag", "{ABOVE}", "", "")'),),
        columns=(
            Column(source="laag", title="laag", width=135, named={ABOVE: words.own("layers-above")}),
            Column(source="Value", title="measured", named={number: words.own(key) for number, key in names.items()}),
        ),
        order=(("measured", False),),
    )


def _timeline(words: Words) -> StateTimeline:
    """Return the worst state of each gemeente over time: neer, else stil, else the best there is."""
    return StateTimeline(
        key="timeline",
        queries=(Query(sites.worst("gemeente"), legend="{{gemeente}}", every=EACH_MINUTE),),
        mappings=(state_mapping(words.lang),),
        links=(links.by_labels("rw-gemeente", words, "gemeente"),),
    )


def _busiest(words: Words) -> Line:
    return of_equal_width(
        7,
        _top("busiest-cpu", "instance:node_cpu_usage:ratio_rate5m", "cpu_usage", words),
        _top("busiest-memory", "instance:node_memory_usage:ratio", "memory_usage", words),
        _top("busiest-disk", "instance:node_filesystem_usage:max_ratio", "filesystem_usage", words),
    )


def _top(key: str, name: str, limit: str, words: Words) -> BarGauge:
    return BarGauge(
        key=key,
        queries=(Query(f"topk({BUSIEST}, {value(name)})", legend="{{instance}} · {{gemeente}}"),),
        unit="percentunit",
        decimals=1,
        minimum=0,
        maximum=1,
        steps=from_contract(limit),
        links=(links.by_labels("rw-server", words),),
    )
