"""Tiles about what devices count: asked at their pace, so that a rate is never empty."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from regiowacht_dashboards.query import POLLED

if TYPE_CHECKING:
    from regiowacht_dashboards.panels import Stat


def polled(tile: Stat) -> Stat:
    """Return the same tile, asked no finer than devices are."""
    return replace(tile, queries=tuple(replace(query, every=POLLED) for query in tile.queries))
