"""Trajecten: in each exercise those who lead beside those who reuse, and what the one is ahead of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract import audits
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import Stat, Table, TimeSeries
from regiowacht_dashboards.parts import lagen
from regiowacht_dashboards.queries import aggregate, wide
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import BLUE, from_contract, no_value, plain

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

TRAJECT, GEMEENTE = "regiowacht_traject_info", "regiowacht_gemeente_info"
LAAG = ("gemeente", "laag")
"""What a traject works on: one laag of each of its gemeenten."""

ROW = ("traject", "role", "gemeente")


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("connectiviteit", "infrastructuur"),
        variables=(variables.datasource(), variables.regio(), variables.gemeente(many=True)),
        links=(links.onward("rw-regio", words, "gemeente"),),
        sections=(
            Section(
                "",
                (
                    _tiles(words),
                    Line(7, ((12, _table("trekkers", "trekker", words)), (12, _table("volgers", "volger", words)))),
                ),
            ),
            Section(
                "progress",
                (of_equal_width(8, _over_time("connected", _connected()), _over_time("reached", _reached())),),
            ),
            Section("outside", (Line(7, ((12, _scores(words)), (12, _without(words)))),)),
        ),
    )


def _tiles(words: Words) -> Line:
    info, everyone = wide(TRAJECT), wide(GEMEENTE)
    outside = f"count({everyone} unless on (gemeente) {info}) or 0 * count({everyone})"
    return of_equal_width(
        4,
        _number("trajecten", f"count(count by (traject) ({info}))", words),
        _number("leading", f"count(count by (gemeente) ({wide(TRAJECT, role='trekker')}))", words),
        _number("following", f"count(count by (gemeente) ({wide(TRAJECT, role='volger')}))", words),
        _number("staying-out", outside, words),
        _share("trekkers-connected", f"avg({_told(_connected(), role='trekker')})", words),
        _share("volgers-connected", f"avg({_told(_connected(), role='volger')})", words),
    )


def _number(key: str, expr: str, words: Words) -> Stat:
    return Stat(
        key=key,
        queries=(Query(expr),),
        decimals=0,
        steps=plain(BLUE),
        mappings=(no_value(words.shared("no-trajecten")),),
        nothing="no-trajecten",
    )


def _share(key: str, expr: str, words: Words) -> Stat:
    return Stat(
        key=key,
        queries=(Query(expr),),
        unit="percentunit",
        decimals=0,
        steps=from_contract("assets_connected"),
        mappings=(no_value(words.shared("no-trajecten")),),
        nothing="no-trajecten",
    )


def _told(expr: str, **matches: str) -> str:
    """Return values by (gemeente, laag) for each traject and role that a gemeente has in that laag."""
    return aggregate("max", f"{wide(TRAJECT, **matches)} * on (gemeente, laag) group_left () ({expr})", *ROW)


def _connected() -> str:
    return lagen.connected(*LAAG)


def _reached() -> str:
    return lagen.reached(*LAAG)


def _score() -> str:
    """Return the average audit score of each gemeente and laag."""
    score = aggregate("max", audits.latest(audits.SCORE, **variables.chosen("gemeente")), "gemeente", "instance")
    return aggregate("avg", f"{wide('regiowacht_asset_info')} * on (gemeente, instance) group_left () {score}", *LAAG)


def _per_thousand() -> str:
    """Return how many assets of a laag there are for every thousand inhabitants."""
    people = aggregate("max", wide("regiowacht_gemeente_inhabitants"), "gemeente")
    return f"1000 * {lagen.counted(*LAAG)} / on (gemeente) group_left () ({people} > 0)"


def _table(key: str, role: str, words: Words) -> Table:
    """Return every gemeente in that role, by traject, those that are least far first."""
    none = no_value(words.shared("none-now"))

    def share(ref_id: str, title: str, width: int, limit: str) -> Column:
        return Column(
            source=f"Value #{ref_id}",
            title=title,
            width=width,
            unit="percentunit",
            decimals=0,
            steps=from_contract(limit),
            mappings=(none,),
        )

    return Table(
        key=key,
        queries=tuple(Query(_told(expr, role=role)) for expr in (_connected(), _reached(), _score(), _per_thousand())),
        columns=(
            Column(source="traject", title="traject"),
            Column(source="gemeente", title="gemeente"),
            share("A", "connected", 110, "assets_connected"),
            share("B", "reached", 80, "assets_reached"),
            share("C", "score", 70, "audit_score"),
            Column(source="Value #D", title="per-thousand", width=115, unit="short", decimals=1, mappings=(none,)),
        ),
        hidden=("role",),
        order=(("traject", False), ("connected", False)),
        nothing="no-trajecten",
    )


def _over_time(key: str, expr: str) -> TimeSeries:
    """Return how trekkers and volgers of each traject fared on average; both are recorded, so a year may be chosen."""
    average = aggregate("avg", _told(expr), "traject", "role")
    return TimeSeries(
        key=key,
        queries=(Query(average, legend="{{traject}} · {{role}}"),),
        unit="percentunit",
        decimals=0,
        minimum=0,
        maximum=1,
        table_legend=True,
        nothing="no-trajecten",
    )


def _scores(words: Words) -> Table:
    """Return trekkers and volgers of each traject on average, side by side in one row a role."""
    none = no_value(words.shared("none-now"))

    def mean(expr: str) -> Query:
        return Query(aggregate("avg", _told(expr), "traject", "role"))

    def share(ref_id: str, title: str) -> Column:
        source = f"Value #{ref_id}"
        return Column(source=source, title=title, width=130, unit="percentunit", decimals=0, mappings=(none,))

    return Table(
        key="averages",
        queries=(mean(_connected()), mean(_reached()), mean(_score())),
        columns=(
            Column(source="traject", title="traject"),
            Column(
                source="role", title="role", named={role: words.own(f"role-{role}") for role in ("trekker", "volger")}
            ),
            share("A", "connected"),
            share("B", "reached"),
            share("C", "score"),
        ),
        order=(("traject", False), ("role", False)),
        nothing="no-trajecten",
    )


def _without(words: Words) -> Table:
    """Return the gemeenten that take part in no traject."""
    del words
    people = aggregate("max", wide("regiowacht_gemeente_inhabitants"), "gemeente")
    others = f"{people} unless on (gemeente) {wide(TRAJECT)}"
    return Table(
        key="without",
        queries=(Query(others),),
        columns=(
            Column(source="gemeente", title="gemeente"),
            Column(source="Value", title="inhabitants", width=140, unit="short", decimals=0),
        ),
        order=(("gemeente", False),),
        nothing="everyone-takes-part",
    )
