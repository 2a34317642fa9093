"""Tiles that say one thing now: how many, the worst, the least; without a value they are grey and say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.layout import of_equal_width
from regiowacht_dashboards.panels import Stat
from regiowacht_dashboards.queries import aggregate
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import RED, from_contract, from_one, no_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from regiowacht_dashboards.layout import Line
    from regiowacht_dashboards.units import Unit
    from regiowacht_dashboards.words import Words

DAY_S = 86_400
HEIGHT = 3


def many(
    key: str,
    expr: str,
    words: Words,
    *,
    colour: str = RED,
    nothing: str = "not-measured",
    links: tuple[Mapping[str, Any], ...] = (),
) -> Stat:
    """Return a tile that counts what is wrong: green at none, ``colour`` from one on.

    Args:
        key: of its texts.
        expr: the number; it has a value where anything is measured, so that none is told from not measured.
        words: the dashboard's.
        colour: from one on.
        nothing: shared text where nothing is measured.
        links: data links.
    """
    return Stat(
        key=key,
        queries=(Query(expr),),
        decimals=0,
        steps=from_one(colour),
        mappings=(no_value(words.shared(nothing)),),
        nothing=nothing,
        links=links,
    )


def worst(
    key: str,
    expr: str,
    words: Words,
    *,
    limit: str,
    unit: Unit = "percentunit",
    per: float = 1,
    nothing: str = "not-measured",
) -> Stat:
    """Return a tile with one value against a threshold of the contract.

    Args:
        key: of its texts.
        expr: the value.
        words: the dashboard's.
        limit: name of the threshold.
        unit: of the value.
        per: what the threshold is divided by, as ``DAY_S`` where days are shown.
        nothing: shared text where there is no value.
    """
    return Stat(
        key=key,
        queries=(Query(expr),),
        unit=unit,
        decimals=1 if unit == "celsius" or per != 1 else 0,
        steps=from_contract(limit, per),
        mappings=(no_value(words.shared(nothing)),),
        nothing=nothing,
    )


def lines(*panels: Stat) -> tuple[Line, ...]:
    """Return tiles in two lines, so that their titles have room; their number is even."""
    half = len(panels) // 2
    return of_equal_width(HEIGHT, *panels[:half]), of_equal_width(HEIGHT, *panels[half:])


def holding(condition: str) -> str:
    """Return for how many series a comparison with ``bool`` holds: zero, not nothing, where it holds for none."""
    return aggregate("sum", condition)
