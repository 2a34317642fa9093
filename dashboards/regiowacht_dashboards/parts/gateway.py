"""The gateway that agents write to: what it takes, what it refuses, and from whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import BarGauge, Table, TimeSeries
from regiowacht_dashboards.queries import aggregate, wide, wide_total
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import ORANGE, from_contract, if_any, no_value

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

MOST = 10
RECENT = "15m"


def refused() -> Table:
    """Return of whom most samples went nowhere in the latest quarter of an hour, and why."""
    lost = wide_total("regiowacht_gateway_refused_samples_total").increase(RECENT)
    by_writer = aggregate("sum", lost, "gemeente", "server", "reason")
    return Table(
        key="refused-of-whom",
        queries=(Query(f"topk({MOST}, {by_writer})"),),
        columns=(
            Column(source="server", title="writer"),
            Column(source="gemeente", title="gemeente"),
            Column(source="reason", title="reason"),
            Column(source="Value", title="refused", width=110, unit="short", decimals=0, steps=if_any(ORANGE)),
        ),
        order=(("refused", True),),
        nothing="nothing-refused",
    )


def accepted() -> TimeSeries:
    """Return how many samples a second are taken, by gemeente."""
    taken = aggregate("sum", wide_total("regiowacht_gateway_accepted_samples_total").rate(), "gemeente")
    return TimeSeries(
        key="accepted",
        queries=(Query(taken, legend="{{gemeente}}"),),
        decimals=0,
        minimum=0,
        stacked=True,
        nothing="nobody-writes",
    )


def series(words: Words) -> BarGauge:
    """Return which share of its series each gemeente uses; the limit is the region's, so all gemeenten are chosen."""
    share = (
        f"max by (gemeente) ({wide('regiowacht_gateway_active_series')})"
        f" / on () group_left () max({wide('regiowacht_gateway_active_series_limit')})"
    )
    return BarGauge(
        key="series",
        queries=(Query(f"topk({MOST}, {share})", legend="{{gemeente}}"),),
        unit="percentunit",
        decimals=0,
        minimum=0,
        maximum=1,
        steps=from_contract("series_usage"),
        mappings=(no_value(words.shared("region-only")),),
        nothing="region-only",
    )


def writers() -> Table:
    """Return who wrote longest ago; a writer that stopped is not heard of by itself."""
    ago = aggregate("max", f"time() - {wide('regiowacht_gateway_last_write_timestamp_seconds')}", "gemeente", "server")
    return Table(
        key="writers",
        queries=(Query(f"topk({MOST}, {ago})"),),
        columns=(
            Column(source="server", title="writer"),
            Column(source="gemeente", title="gemeente"),
            Column(
                source="Value", title="wrote-ago", width=140, unit="s", decimals=0, steps=from_contract("write_age")
            ),
        ),
        order=(("wrote-ago", True),),
        nothing="nobody-writes",
    )


def strangers() -> TimeSeries:
    """Return who is turned away at the door, by why: no credential, an unknown, expired or revoked one."""
    found = aggregate("sum", wide_total("regiowacht_gateway_strangers_total").rate(), "reason")
    return TimeSeries(
        key="strangers",
        queries=(Query(found, legend="{{reason}}"),),
        minimum=0,
        nothing="region-only",
    )


def requests() -> TimeSeries:
    """Return what the engines answer the gateway, a second."""
    found = aggregate("sum", wide_total("regiowacht_gateway_engine_requests_total").rate(), "result")
    return TimeSeries(
        key="engine-requests",
        queries=(Query(found, legend="{{result}}"),),
        decimals=1,
        minimum=0,
        nothing="region-only",
    )
