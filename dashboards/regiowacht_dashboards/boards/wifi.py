"""Wifi: access points and controllers, and who is connected to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import regex
from regiowacht_contract.states import AssetState
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import Stat
from regiowacht_dashboards.parts import alerts, tiles, wireless
from regiowacht_dashboards.query import POLLED, Query
from regiowacht_dashboards.style import BLUE, GREY, ORANGE, no_value, plain

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("connectiviteit",),
        variables=variables.of_assets(kind=regex(wireless.BOTH)),
        links=(links.back("rw-regio", words),),
        sections=(
            Section(
                "",
                (
                    _tiles(words),
                    Line(10, ((24, wireless.table(words)),)),
                    Line(5, ((24, alerts.open_alerts(words, wireless.BOTH)),)),
                ),
            ),
            Section(
                "clients-over-time",
                (Line(9, ((8, wireless.busiest(words)), (8, wireless.by_network()), (8, wireless.by_device()))),),
            ),
            Section("course", (of_equal_width(8, wireless.timeline(words), wireless.counted(words)),)),
        ),
    )


def _tiles(words: Words) -> Line:
    return of_equal_width(
        4,
        tiles.many("points-neer", wireless.in_state(AssetState.NEER, wireless.POINTS), words),
        tiles.many("controllers-neer", wireless.in_state(AssetState.NEER, wireless.CONTROLLERS), words),
        tiles.many("stil", wireless.in_state(AssetState.STIL), words, colour=ORANGE),
        tiles.many("missed", wireless.missing(), words),
        Stat(
            key="clients",
            queries=(Query(wireless.everyone(), every=POLLED),),
            decimals=0,
            steps=plain(BLUE),
            mappings=(no_value(words.shared("not-measured")),),
            nothing="not-measured",
        ),
        tiles.many("unconnected", wireless.in_state(AssetState.NOG_NIET_AANGESLOTEN), words, colour=GREY),
    )
