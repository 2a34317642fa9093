"""Infrastructuur: the laag in one picture; what is wrong, in which gemeente, and which dashboard tells more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import gauge, regex
from regiowacht_contract.states import AssetState
from regiowacht_contract.thresholds import threshold
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import StateTimeline, Table, TimeSeries
from regiowacht_dashboards.parts import alerts, backups, certificates, drives, matrix, power, stores, tiles
from regiowacht_dashboards.queries import aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import ORANGE, RED, from_contract, if_any, state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

LAAG = "infrastructuur"
STATE = "regiowacht:asset_state"
KINDS = "server|service|ups|pdu|storage|sensor|printer|camera|phone|other"
"""Kinds of assets whose alerts are about this laag."""

MORE = ("rw-servers", "rw-opslag", "rw-ups", "rw-diensten")
"""The dashboards of the subjects of this laag."""


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=(LAAG,),
        variables=variables.of_assets(laag=LAAG),
        links=(links.back("rw-regio", words), *(links.onward(uid, words, "gemeente", "site") for uid in MORE)),
        sections=(
            Section(
                "",
                (
                    *_tiles(words),
                    Line(9, ((11, _attention(words)), (13, _per_gemeente()))),
                    Line(6, ((24, alerts.open_alerts(words, KINDS)),)),
                ),
            ),
            Section("course", (Line(8, ((12, _timeline(words)), (12, _reached()))),)),
            Section("load", (of_equal_width(8, _average("cpu", matrix.CPU), _average("memory", matrix.MEMORY)),)),
        ),
    )


def _tiles(words: Words) -> tuple[Line, ...]:
    def more(uid: str) -> tuple[dict[str, object], ...]:
        return (links.to(uid, words, gemeente="${gemeente}"),)

    return tiles.lines(
        tiles.many("servers-down", _down("server", AssetState.NEER), words, links=more("rw-servers")),
        tiles.many("services-down", _down("service", AssetState.NEER), words, links=more("rw-diensten")),
        tiles.many("on-battery", tiles.holding(f"{value(power.ON_BATTERY)} == bool 1"), words, links=more("rw-ups")),
        tiles.many("stores-full", matrix.over(stores.usage(), "filesystem_usage"), words, links=more("rw-opslag")),
        tiles.many("drives-failing", drives.failing(), words, links=more("rw-opslag")),
        tiles.many("backups-old", _backups_old(), words, links=more("rw-opslag")),
        tiles.worst(
            "certificate",
            f"min({certificates.days_left()})",
            words,
            limit="certificate_left",
            unit="short",
            per=tiles.DAY_S,
        ),
        tiles.many("silent", _down(KINDS, AssetState.STIL), words, colour=ORANGE),
    )


def _state(**more: str) -> str:
    return str(value(STATE, laag=LAAG, **more))


def _down(kinds: str, state: AssetState) -> str:
    return aggregate("sum", f"{value(STATE, laag=LAAG, kind=regex(kinds))} == bool {int(state)}")


def _backups_old() -> str:
    """Return how many backups are so old that it is critical, or cannot be seen."""
    old = f"({backups.age_s()}) >= bool {threshold('backup_age').critical}"
    either = f'label_replace({old}, "reason", "old", "", "") or ({backups.unseen()})'
    return aggregate("sum", aggregate("max", either, *backups.BY))


def _attention(words: Words) -> Table:
    """Return what of this laag is not goed, neer first."""
    told = f"0 * {value('regiowacht_asset_info', laag=LAAG)}"
    rows = f"{_state()} > 0 and {_state()} < {int(AssetState.NOG_NIET_AANGESLOTEN)}"
    return Table(
        key="attention",
        queries=(Query(f"({rows}) + on (gemeente, instance) group_left (leverancier) ({told})"),),
        columns=(
            Column(source="Value", title="state", width=100, mappings=(state_mapping(words.lang),)),
            Column(source="instance", title="instance"),
            Column(source="kind", title="kind", width=110, named=words.kinds()),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="leverancier", title="leverancier"),
        ),
        hidden=("scope", "job", "laag", "__name__"),
        order=(("state", False), ("gemeente", False)),
        nothing="no-rows",
    )


def _by_gemeente(condition: str) -> str:
    return aggregate("sum", condition, "gemeente")


def _per_gemeente() -> Table:
    """Return one row a gemeente, what is wrong in it by subject."""
    counts = (
        ("servers-down", 130, _by_gemeente(f"{_state(kind='server')} == bool {int(AssetState.NEER)}"), RED),
        ("services-down", 120, _by_gemeente(f"{_state(kind='service')} == bool {int(AssetState.NEER)}"), RED),
        ("silent", 65, _by_gemeente(f"{_state()} == bool {int(AssetState.STIL)}"), ORANGE),
        ("on-battery", 100, _by_gemeente(f"{value(power.ON_BATTERY)} == bool 1"), RED),
        ("stores-full", 90, _by_gemeente(f"({stores.usage()}) >= bool {threshold('filesystem_usage').critical}"), RED),
        ("backups-unseen", 105, _by_gemeente(backups.unseen()), RED),
    )
    return Table(
        key="per-gemeente",
        queries=tuple(Query(expr) for _, _, expr, _ in counts),
        columns=(
            Column(source="gemeente", title="gemeente"),
            *(
                Column(source=f"Value #{ref}", title=title, width=width, unit="short", decimals=0,
                       steps=if_any(colour), blank=True)
                for ref, (title, width, _, colour) in zip("ABCDEF", counts, strict=True)
            ),
        ),
        order=(("servers-down", True), ("services-down", True), ("silent", True)),
    )  # fmt: skip


def _timeline(words: Words) -> StateTimeline:
    """Return the worst state of this laag in each gemeente: neer, else stil, else the best there is."""
    worst = " or ".join(
        [aggregate("max", f"{_state()} == {int(s)}", "gemeente") for s in (AssetState.NEER, AssetState.STIL)]
        + [aggregate("min", _state(), "gemeente")]
    )
    return StateTimeline(
        key="timeline", queries=(Query(worst, legend="{{gemeente}}"),), mappings=(state_mapping(words.lang),)
    )


def _reached() -> TimeSeries:
    """Return which share of what is connected answered, per gemeente."""
    reached = gauge("gemeente:regiowacht_assets:reached_ratio", **variables.chosen("gemeente"), laag=LAAG)
    return TimeSeries(
        key="reached",
        queries=(Query(str(reached), legend="{{gemeente}}"),),
        unit="percentunit",
        minimum=0,
        maximum=1,
        shows_limits=True,
        steps=from_contract("assets_reached"),
    )


def _average(key: str, name: str) -> TimeSeries:
    """Return a figure of servers averaged over each gemeente."""
    return TimeSeries(
        key=key,
        queries=(Query(aggregate("avg", value(name), "gemeente"), legend="{{gemeente}}"),),
        unit="percentunit",
        minimum=0,
        maximum=1,
    )
