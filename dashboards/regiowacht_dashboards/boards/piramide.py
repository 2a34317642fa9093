"""Piramide: one picture of what is measured and how it fares, for who decides; what is not measured stays grey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.labels import LAGEN
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.layout import Line, Section
from regiowacht_dashboards.panels import Stat, Table, Text, TimeSeries
from regiowacht_dashboards.parts import lagen
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    Steps,
    from_contract,
    if_any,
    no_value,
    plain,
    value_mapping,
)

if TYPE_CHECKING:
    from regiowacht_contract.labels import Laag
    from regiowacht_dashboards.words import Words

ABOVE = -1
"""What stands for the layers that nobody measures."""

SIZES = (26, 64)


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
                    Line(5, ((8, Text(key="how-to-read")), (8, _above(words)), (8, Text(key="why-not")))),
                    Line(
                        6,
                        (
                            (4, _count("infrastructuur-down", "infrastructuur", "neer", RED, words)),
                            (16, _layer("infrastructuur", words)),
                            (4, _count("infrastructuur-new", "infrastructuur", lagen.NEW, GREY, words)),
                        ),
                    ),
                    Line(
                        6,
                        (
                            (2, _count("connectiviteit-down", "connectiviteit", "neer", RED, words)),
                            (20, _layer("connectiviteit", words)),
                            (2, _count("connectiviteit-new", "connectiviteit", lagen.NEW, GREY, words)),
                        ),
                    ),
                ),
            ),
            Section("history", (Line(9, ((12, _over_time(words)), (12, _per_gemeente(words)))),)),
        ),
    )


def _above(words: Words) -> Stat:
    """Return the top of the pyramid: grey, with words in the place of a number."""
    return Stat(
        key="above",
        queries=(Query(f"vector({ABOVE})"),),
        steps=plain(GREY),
        mappings=(value_mapping({ABOVE: (words.own("not-measured"), GREY)}),),
    )


def _layer(laag: Laag, words: Words) -> Stat:
    return Stat(
        key=laag,
        queries=(Query(lagen.reached(laag=laag), legend=words.own(f"{laag}-answers")),),
        unit="percentunit",
        decimals=1,
        steps=from_contract("assets_reached"),
        mappings=(no_value(words.shared("none-connected")),),
        nothing="none-connected",
        shows="value_and_name",
        sizes=SIZES,
    )


def _count(key: str, laag: Laag, state: str, colour: str, words: Words) -> Stat:
    good = GREY if colour == GREY else GREEN
    return Stat(
        key=key,
        queries=(Query(lagen.counted(laag=laag, state=state)),),
        decimals=0,
        steps=Steps(good, ((1, colour),)),
        mappings=(no_value(words.shared("none-connected")),),
        nothing="none-connected",
    )


def _over_time(words: Words) -> TimeSeries:
    """Return the share of each layer that answered, over time; it is recorded, so that a year may be chosen."""
    colours = dict(zip(LAGEN, (BLUE, ORANGE), strict=True))
    return TimeSeries(
        key="over-time",
        queries=tuple(
            Query(lagen.reached(laag=laag), legend=words.title(laag), colour=colour) for laag, colour in colours.items()
        ),
        unit="percentunit",
        decimals=1,
        maximum=1,
        shows_limits=True,
        steps=from_contract("assets_reached"),
        nothing="none-connected",
    )


def _per_gemeente(words: Words) -> Table:
    """Return how both layers of each gemeente fare, those with most that is down first."""
    none, steps = no_value(words.shared("none-now")), from_contract("assets_reached")

    def share(ref_id: str, title: str) -> Column:
        return Column(
            source=f"Value #{ref_id}",
            title=title,
            width=150,
            unit="percentunit",
            decimals=0,
            steps=steps,
            mappings=(none,),
        )

    down = if_any(RED)
    return Table(
        key="per-gemeente",
        queries=(
            Query(lagen.reached("gemeente", laag="connectiviteit")),
            Query(lagen.reached("gemeente", laag="infrastructuur")),
            Query(lagen.counted("gemeente", state="neer")),
            Query(lagen.counted("gemeente", state=lagen.NEW)),
        ),
        columns=(
            Column(source="gemeente", title="gemeente"),
            share("A", "connectiviteit"),
            share("B", "infrastructuur"),
            Column(source="Value #C", title="neer", width=80, unit="short", decimals=0, steps=down),
            Column(source="Value #D", title="unconnected", width=175, unit="short", decimals=0),
        ),
        order=(("neer", True), ("gemeente", False)),
    )
