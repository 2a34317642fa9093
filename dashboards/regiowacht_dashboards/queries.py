"""Pieces of PromQL that several dashboards ask, built from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import Counter, Gauge, counter, gauge
from regiowacht_dashboards.variables import chosen

if TYPE_CHECKING:
    from regiowacht_contract.promql import Match
    from regiowacht_contract.states import AssetState

ASSET = ("gemeente", "site", "instance")
"""Variables, and labels, that together name one asset."""


def total(name: str, **matches: str | Match) -> Counter:
    """Return a counter of the chosen assets."""
    return counter(name, **chosen(*ASSET), **matches)


def value(name: str, **matches: str | Match) -> Gauge:
    """Return a gauge, info or recorded series of the chosen assets."""
    return gauge(name, **chosen(*ASSET), **matches)


def wide(name: str, **matches: str | Match) -> Gauge:
    """Return a gauge, info or recorded series of the chosen gemeenten, whatever the site and the asset."""
    return gauge(name, **chosen("gemeente"), **matches)


def wide_total(name: str, **matches: str | Match) -> Counter:
    """Return a counter of the chosen gemeenten, whatever the site and the asset."""
    return counter(name, **chosen("gemeente"), **matches)


def aggregate(function: str, expr: object, *by: str) -> str:
    """Return ``FUNCTION by (LABELS) (EXPR)``; without labels everything becomes one value."""
    return f"{function} by ({', '.join(by)}) ({expr})" if by else f"{function}({expr})"


def in_state(state: AssetState, *by: str) -> str:
    """Return how many chosen assets are in ``state``; zero, not nothing, where there are others."""
    return aggregate("sum", f"{value('regiowacht:asset_state')} == bool {int(state)}", *by)
