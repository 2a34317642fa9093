"""Clocks: how far servers are off, and what time servers tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards import links
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table, TimeSeries
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, RED, from_contract, value_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

LOST_S = 16
"""What the kernel calls the largest possible error of a clock that nothing has set for hours."""


def offset() -> str:
    """Return how many seconds each server's clock is off, in either direction."""
    kernel = aggregate("max", f"abs({value('node_timex_offset_seconds')})", *ASSET)
    chrony = aggregate("max", f"abs({value('chrony_tracking_system_offset_seconds')})", *ASSET)
    return f"{chrony} or {kernel}"


def unset() -> str:
    """Return 1 for every server whose clock nothing sets, 0 for the others."""
    lost = f"({value('node_timex_maxerror_seconds')} >= bool {LOST_S}) * ({value('node_timex_sync_status')} == bool 0)"
    return aggregate("max", lost, *ASSET)


def clocks(words: Words) -> Table:
    """Return every server's clock, the one that is most off first."""
    shown = value_mapping({0: (words.shared("clock-set"), GREEN), 1: (words.shared("clock-unset"), RED)})
    return Table(
        key="clocks",
        queries=(
            Query(unset()),
            Query(offset()),
            Query(aggregate("max", value("chrony_tracking_stratum"), *ASSET)),
        ),
        columns=(
            Column(source="Value #A", title="clock", width=120, mappings=(shown,)),
            Column(source="Value #B", title="offset", width=120, unit="s", decimals=1,
                   steps=from_contract("clock_offset"), blank=True),
            Column(source="Value #C", title="stratum", width=90, unit="short", decimals=0, blank=True),
            Column(source="instance", title="instance", links=(links.by_row("rw-server", words),)),
            Column(source="gemeente", title="gemeente"),
        ),
        hidden=("site",),
        order=(("clock", True), ("offset", True)),
    )  # fmt: skip


def told() -> TimeSeries:
    """Return how far off the time is that time servers tell, seen from who asks them."""
    return TimeSeries(
        key="time-told",
        queries=(Query(str(value("probe_ntp_offset_seconds")), legend="{{instance}} · {{gemeente}}"),),
        unit="s",
        centred=True,
    )
