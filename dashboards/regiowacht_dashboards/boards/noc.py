"""NOC-scherm: eight tiles on a wall, read from five metres; no scrolling on a screen of 1920 by 1080."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import unlike
from regiowacht_contract.states import AssetState
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Section, of_equal_width
from regiowacht_dashboards.panels import Stat
from regiowacht_dashboards.parts import sites
from regiowacht_dashboards.parts.alerts import WATCHDOG
from regiowacht_dashboards.queries import aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import ORANGE, RED, Steps, from_contract, from_one, no_value

if TYPE_CHECKING:
    from regiowacht_dashboards.units import Unit
    from regiowacht_dashboards.words import Words

HEIGHT = 12
"""Of a tile: two lines of them fill a screen of 1080 pixels below the choices and the heading of Grafana."""

SIZES = (44, 150)
"""Heights in pixels of name and value: 44 pixels on a screen of 55 inches are 28 mm, read from beyond five metres."""


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("connectiviteit", "infrastructuur"),
        variables=variables.of_assets(),
        links=(links.back("rw-regio", words),),
        sections=(Section("", (of_equal_width(HEIGHT, *_reach(words)), of_equal_width(HEIGHT, *_care(words)))),),
    )


def _reach(words: Words) -> tuple[Stat, ...]:
    """Return what people notice at once: sites, lines, the network, and how much of everything answers."""
    lines = sites.kinds_in(AssetState.NEER, "link")
    network = sites.kinds_in(AssetState.NEER, sites.NETWORK)
    return (
        _tile("sites-cut-off", sites.cut_off(), from_one(RED), words),
        _tile("lines-down", lines, from_one(RED), words),
        _tile("network-down", network, from_one(RED), words),
        _tile("reached", sites.reached(), from_contract("assets_reached"), words, unit="percentunit"),
    )


def _care(words: Words) -> tuple[Stat, ...]:
    """Return what ends badly when nobody looks."""
    critical = value("ALERTS", alertstate="firing", severity="critical", alertname=unlike(WATCHDOG))
    nothing_open = f"0 * count({value(sites.STATE)})"
    battery = aggregate("sum", f"{value('snmp_ups_on_battery')} == bool 1")
    return (
        _tile("servers-down", sites.kinds_in(AssetState.NEER, "server"), from_one(RED), words),
        _tile("on-battery", battery, from_one(RED), words),
        _tile("critical-alerts", f"count({critical}) or {nothing_open}", from_one(RED), words),
        _tile("silent", aggregate("sum", f"{value(sites.STATE)} == bool 2"), from_one(ORANGE), words),
    )


def _tile(key: str, expr: str, steps: Steps, words: Words, unit: Unit = "short") -> Stat:
    return Stat(
        key=key,
        queries=(Query(expr, legend=words.title(key)),),
        unit=unit,
        decimals=0,
        steps=steps,
        mappings=(no_value(words.shared("no-data")),),
        shows="value_and_name",
        sizes=SIZES,
        links=(links.whole("rw-regio", words),),
    )
