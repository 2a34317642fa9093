"""Maintenance windows that are over, or that lie over each other: no mistakes, but worth a word."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_inventory.alerting import Window
    from regiowacht_inventory.region import Region

Named = tuple[str, str]
"""(gemeente or "", name of the window)."""


def over(region: Region, now: datetime) -> tuple[Named, ...]:
    """Return the windows that are over for good."""
    zone = ZoneInfo(region.timezone)
    return tuple(
        (gemeente, window.name)
        for gemeente, window in _windows(region)
        if not window.days and datetime.fromisoformat(window.until_moment).replace(tzinfo=zone) < now
    )


def overlapping(region: Region) -> tuple[tuple[Named, Named], ...]:
    """Return pairs of windows of the same place and thing that lie over each other: one of them does nothing."""
    once = [(gemeente, window) for gemeente, window in _windows(region) if not window.days]
    return tuple(
        ((one_of, one.name), (other_of, other.name))
        for (one_of, one), (other_of, other) in combinations(once, 2)
        if (one_of, *_reach(one)) == (other_of, *_reach(other))
        and _at(one.from_moment) < _at(other.until_moment)
        and _at(other.from_moment) < _at(one.until_moment)
    )


def _at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def _reach(window: Window) -> tuple[str | None, ...]:
    return window.site, window.asset, window.laag, window.leverancier


def _windows(region: Region) -> Iterator[tuple[str, Window]]:
    yield from (("", window) for window in region.alerts.windows)
    for gemeente in region.gemeenten:
        yield from ((gemeente.gemeente, window) for window in gemeente.alerts.windows)
