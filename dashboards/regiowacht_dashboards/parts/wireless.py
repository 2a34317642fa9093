"""Wireless networks: who is connected where, and which access points are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import regex
from regiowacht_dashboards import links
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import BarGauge, StateTimeline, Table, TimeSeries
from regiowacht_dashboards.parts import ranked
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import POLLED, Query
from regiowacht_dashboards.style import BLUE, GREEN, RED, from_one, if_any, plain, state_mapping

if TYPE_CHECKING:
    from regiowacht_contract.states import AssetState
    from regiowacht_dashboards.words import Words

POINTS = "access_point"
CONTROLLERS = "wifi_controller"
BOTH = f"{POINTS}|{CONTROLLERS}"
BUSIEST = 12


def in_state(wanted: AssetState, kinds: str = BOTH) -> str:
    """Return how many devices of these kinds (RE2) are in a state; zero where there are others."""
    return aggregate("sum", f"{value('regiowacht:asset_state', kind=regex(kinds))} == bool {int(wanted)}")


def clients(*by: str, kinds: str = BOTH) -> str:
    """Return how many clients devices of these kinds see; a controller counts those of its access points."""
    known = value("regiowacht_asset_info", kind=regex(kinds))
    return aggregate("sum", f"{value('snmp_wifi_clients')} and on (gemeente, instance) {known}", *by)


def everyone() -> str:
    """Return how many clients there are: as controllers count them, and of access points where a site has none."""
    without = f"unless on (gemeente) {value('regiowacht_asset_info', kind=CONTROLLERS)}"
    points = f"({clients('gemeente', kinds=POINTS)} {without})"
    return f"sum({clients('gemeente', kinds=CONTROLLERS)} or {points})"


def missing() -> str:
    """Return how many access points controllers miss."""
    return aggregate("sum", value("snmp_wifi_access_points", state="down"))


def table(words: Words) -> Table:
    """Return every access point and controller with its clients; what is not goed stands on top."""
    state = value("regiowacht:asset_state", kind=regex(BOTH))
    told = f"0 * {value('regiowacht_asset_info', kind=regex(BOTH))}"
    shown = (*ASSET, "kind", "leverancier", "uplink")
    worst = aggregate("max", state, "gemeente", "instance")
    joined = aggregate("max", f"{told} + on (gemeente, instance) group_left () {ranked.ranked(worst)}", *shown)
    return Table(
        key="devices",
        queries=(
            Query(joined),
            Query(clients(*ASSET), every=POLLED),
            Query(aggregate("sum", value("snmp_wifi_access_points", state="up"), *ASSET), every=POLLED),
            Query(aggregate("sum", value("snmp_wifi_access_points", state="down"), *ASSET), every=POLLED),
        ),
        columns=(
            ranked.column("Value #A", words),
            Column(source="instance", title="instance", links=(links.by_row("rw-netdevice", words),)),
            Column(source="kind", title="kind", width=130, named=words.kinds()),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="uplink", title="uplink"),
            Column(source="leverancier", title="leverancier"),
            Column(
                source="Value #B", title="clients", width=90, unit="short", decimals=0, steps=plain(BLUE), blank=True
            ),
            Column(
                source="Value #C",
                title="points-up",
                width=110,
                unit="short",
                decimals=0,
                steps=if_any(GREEN),
                blank=True,
            ),
            Column(
                source="Value #D",
                title="points-down",
                width=110,
                unit="short",
                decimals=0,
                steps=from_one(RED),
                blank=True,
            ),
        ),
        order=(("state", True), ("points-down", True), ("clients", True)),
    )


def busiest(words: Words) -> BarGauge:
    """Return the access points with the most clients now."""
    return BarGauge(
        key="busiest",
        queries=(
            Query(f"topk({BUSIEST}, {clients(*ASSET, kinds=POINTS)})", legend="{{instance}} · {{site}}", every=POLLED),
        ),
        decimals=0,
        minimum=0,
        steps=plain(BLUE),
        links=(links.by_labels("rw-netdevice", words),),
    )


def by_network() -> TimeSeries:
    """Return how many clients each wireless network had, as controllers or else access points count them."""
    return TimeSeries(
        key="networks",
        queries=(
            Query(
                f"{clients('gemeente', 'name', kinds=CONTROLLERS)} or ({clients('gemeente', 'name', kinds=POINTS)}"
                f" unless on (gemeente) {value('regiowacht_asset_info', kind=CONTROLLERS)})",
                legend="{{name}} · {{gemeente}}",
                every=POLLED,
            ),
        ),
        decimals=0,
        minimum=0,
        stacked=True,
        table_legend=True,
    )


def by_device() -> TimeSeries:
    """Return how many clients each access point had."""
    return TimeSeries(
        key="points",
        queries=(Query(clients(*ASSET, kinds=POINTS), legend="{{instance}} · {{site}}", every=POLLED),),
        decimals=0,
        minimum=0,
        table_legend=True,
    )


def counted(words: Words) -> TimeSeries:
    """Return how many access points controllers saw, and how many they missed."""

    def of(state: str) -> str:
        return aggregate("sum", value("snmp_wifi_access_points", state=state), "gemeente", "instance")

    return TimeSeries(
        key="counted",
        queries=(
            Query(of("up"), legend="{{instance}} · {{gemeente}} " + words.shared("port-up"), every=POLLED),
            Query(of("down"), legend="{{instance}} · {{gemeente}} " + words.shared("missed"), colour=RED, every=POLLED),
        ),
        decimals=0,
        minimum=0,
        nothing="not-measured",
    )


def timeline(words: Words) -> StateTimeline:
    """Return when each access point and controller was gone."""
    state = value("regiowacht:asset_state", kind=regex(BOTH))
    return StateTimeline(
        key="timeline",
        queries=(Query(aggregate("max", state, *ASSET), legend="{{instance}} · {{site}}"),),
        mappings=(state_mapping(words.lang),),
    )
