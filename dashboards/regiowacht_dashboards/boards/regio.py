"""Regio-overzicht: every declared asset with its state, what needs attention first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.states import AssetState
from regiowacht_dashboards import leads, links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import BarGauge, Stat, StateTimeline, Table
from regiowacht_dashboards.parts import alerts
from regiowacht_dashboards.queries import aggregate, in_state, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, GREY, ORANGE, RED, Steps, from_contract, from_one, plain, state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

STATE = "regiowacht:asset_state"
BUSIEST = 8

ABOVE = "daarboven"
"""What the layers of the pyramid that nobody measures are called in the expression."""

COUNTED = (
    ("goed", AssetState.GOED, plain(GREEN)),
    ("neer", AssetState.NEER, Steps(GREY, ((1, RED),))),
    ("stil", AssetState.STIL, Steps(GREY, ((1, ORANGE),))),
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
        variables=(
            variables.datasource(),
            variables.regio(),
            variables.gemeente(many=True),
            variables.site(),
            variables.instance(many=True),
        ),
        sections=(
            Section(
                "",
                (
                    _tiles(),
                    Line(9, ((15, _attention(words)), (9, _per_gemeente(words)))),
                    Line(6, ((24, alerts.open_alerts(words)),)),
                ),
            ),
            Section("history", (Line(7, ((9, _timeline(words)), (9, _per_laag(words)), (6, _measured(words)))),)),
            Section("busiest", (_busiest(words),)),
            Section("assets", (Line(16, ((24, _assets(words)),)),)),
        ),
    )


def _tiles() -> Line:
    return of_equal_width(
        4,
        _count("neer", AssetState.NEER, from_one(RED)),
        _count("stil", AssetState.STIL, from_one(ORANGE)),
        Stat(key="sites-cut-off", queries=(Query(_sites_cut_off()),), decimals=0, steps=from_one(RED)),
        Stat(
            key="reached",
            queries=(Query(_reached()),),
            unit="percentunit",
            decimals=1,
            steps=from_contract("assets_reached"),
            nothing="none-connected",
        ),
        _count("unconnected", AssetState.NOG_NIET_AANGESLOTEN, plain(GREY)),
        _count("goed", AssetState.GOED, plain(GREEN)),
    )


def _count(key: str, state: AssetState, steps: Steps) -> Stat:
    return Stat(key=key, queries=(Query(in_state(state)),), decimals=0, steps=steps)


def _reached() -> str:
    """Return the share of assets that answer among those that ever did."""
    state = value(STATE)
    return f"sum({state} == bool 0) / count({state} < {int(AssetState.NOG_NIET_AANGESLOTEN)})"


def _sites_cut_off() -> str:
    """Return the number of sites where something is neer and nothing answers.

    A site that is stil alone is not cut off: nobody can tell, since whoever asks its assets is silent.
    """
    good = in_state(AssetState.GOED, "gemeente", "site")
    down = in_state(AssetState.NEER, "gemeente", "site")
    return f"sum(({down} > bool 0) * ({good} == bool 0))"


def _described(states: object) -> str:
    """Return the state of assets with their leverancier, and ``dashboard`` naming where a click leads."""
    return _joined(states, f"0 * {value('regiowacht_asset_info')}", "leverancier")


def _joined(states: object, told: str, *labels: str) -> str:
    return leads.labelled(f"({states}) + on (gemeente, instance) group_left ({', '.join(labels)}) ({told})")


def _wanting_attention() -> str:
    """Return what is not goed, with a silent poller in place of the assets that wait for it, their number beside it.

    An asset is left out only where the row of its poller is shown: one of another site or gemeente may not be chosen.
    """
    state, info = value(STATE), f"0 * {value('regiowacht_asset_info')}"
    silent = value("regiowacht:poller_silent")
    poller = f"{state} and on (gemeente, instance, job) {silent}"
    shown = f'label_replace({poller}, "poller", "$1", "instance", "(.+)")'
    waiting = f"{value('regiowacht:asset_waiting')} and on (gemeente, poller) {shown}"
    rows = f"{state} > {int(AssetState.GOED)} unless on (gemeente, instance, job) ({waiting}) or ({poller})"
    behind = f'count_values by (gemeente, instance) ("waiting", {aggregate("sum", silent, "gemeente", "instance")})'
    told = f"{info} + on (gemeente, instance) group_left (waiting) 0 * {behind} or on (gemeente, instance) {info}"
    return _joined(rows, told, "leverancier", "waiting")


def _columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(source="Value", title="state", width=190, mappings=(state_mapping(words.lang),)),
        Column(source="instance", title="instance"),
        Column(source="gemeente", title="gemeente"),
        Column(source="site", title="site"),
        Column(source="kind", title="kind", width=125, named=words.kinds()),
        Column(source="leverancier", title="leverancier"),
        leads.column(words),
    )


HIDDEN = ("scope", "job", "laag", "__name__")


def _attention(words: Words) -> Table:
    columns = _columns(words)
    return Table(
        key="attention",
        queries=(Query(_wanting_attention()),),
        columns=(columns[0], Column(source="waiting", title="waiting", width=110), *columns[1:]),
        hidden=HIDDEN,
        order=(("state", False), ("gemeente", False)),
        nothing="no-rows",
    )


def _assets(words: Words) -> Table:
    columns = _columns(words)
    return Table(
        key="all-assets",
        queries=(Query(_described(value(STATE))),),
        columns=(*columns[:4], Column(source="laag", title="laag", width=140), *columns[4:]),
        hidden=tuple(name for name in HIDDEN if name != "laag"),
        order=(("gemeente", False), ("site", False)),
    )


def _counts(key: str, by: str) -> Table:
    return Table(
        key=key,
        queries=tuple(Query(in_state(state, by)) for _, state, _ in COUNTED),
        columns=(
            Column(source=by, title=by),
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
    del words
    return _counts("per-gemeente", "gemeente")


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
    state = value(STATE)
    worst = " or ".join(
        [aggregate("max", f"{state} == {int(s)}", "gemeente") for s in (AssetState.NEER, AssetState.STIL)]
        + [aggregate("min", state, "gemeente")]
    )
    return StateTimeline(
        key="timeline",
        queries=(Query(worst, legend="{{gemeente}}"),),
        mappings=(state_mapping(words.lang),),
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
