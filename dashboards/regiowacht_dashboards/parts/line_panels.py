"""Panels about lines: which are down, slow, lossy or full, who supplies them, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.states import AssetState
from regiowacht_contract.thresholds import threshold
from regiowacht_dashboards import links
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import StateTimeline, Table, TimeSeries
from regiowacht_dashboards.parts import lines, ranked
from regiowacht_dashboards.queries import aggregate, value
from regiowacht_dashboards.query import POLLED, Query
from regiowacht_dashboards.style import GREEN, ORANGE, RED, from_contract, if_any, state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.units import Unit
    from regiowacht_dashboards.words import Words

NAME = "{{instance}} · {{site}} · {{gemeente}}"


def table(words: Words) -> Table:
    """Return every line with its leverancier and contract, what is wrong first."""
    told = aggregate("max", value("regiowacht_asset_info", kind="link"), *lines.LINE, "leverancier", "uplink")
    return Table(
        key="lines",
        queries=(
            Query(f"0 * {told}"),
            Query(ranked.ranked(lines.state())),
            Query(lines.bandwidth(*lines.LINE, "device", "port")),
            Query(lines.fullest(), every=POLLED),
            Query(lines.p95(), every=POLLED),
            Query(lines.latency()),
            Query(lines.loss()),
            Query(lines.jitter()),
        ),
        columns=(
            ranked.column("Value #B", words, width=150),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="leverancier", title="leverancier"),
            Column(source="device", title="ends-on", links=(_device(words),)),
            Column(source="port", title="port", width=70),
            Column(source="Value #C", title="contract", width=95, unit="bps", decimals=0, blank=True),
            _column("D", "usage-now", "percentunit", "link_usage"),
            _column("E", "usage-p95", "percentunit", "link_usage"),
            _column("F", "latency", "s", "line_latency"),
            _column("G", "loss", "percentunit", "line_loss"),
            _column("H", "jitter", "s", "line_jitter"),
        ),
        hidden=("Value #A", "uplink"),
        order=(("state", True), ("loss", True), ("usage-now", True)),
    )


def _device(words: Words) -> dict[str, str]:
    """Return the way to the device that a line ends on."""
    fields = {name: f'${{__data.fields["{words.shared(f"column-{name}")}"]}}' for name in ("gemeente", "site")}
    device = f'${{__data.fields["{words.shared("column-ends-on")}"]}}'
    return links.to("rw-netdevice", words, **fields, instance=device)


def _column(ref_id: str, title: str, unit: Unit, limit: str) -> Column:
    return Column(
        source=f"Value #{ref_id}",
        title=title,
        width=90,
        unit=unit,
        decimals=0 if title.startswith("usage") else 1,
        steps=from_contract(limit),
        blank=True,
    )


def per_supplier(words: Words) -> Table:
    """Return how many lines of each leverancier are in which state: an outage of theirs shows at once."""
    state = value("regiowacht:asset_state", kind="link")
    told = f"0 * {value('regiowacht_asset_info', kind='link')}"
    joined = f"{told} + on (gemeente, instance) group_left () max by (gemeente, instance) ({state})"
    counted = (
        ("neer", AssetState.NEER, if_any(RED)),
        ("stil", AssetState.STIL, if_any(ORANGE)),
        ("goed", AssetState.GOED, if_any(GREEN)),
    )
    del words
    return Table(
        key="per-supplier",
        queries=tuple(
            Query(aggregate("sum", f"({joined}) == bool {int(state)}", "leverancier")) for _, state, _ in counted
        ),
        columns=(
            Column(source="leverancier", title="leverancier"),
            *(
                Column(source=f"Value #{ref_id}", title=title, width=75, unit="short", decimals=0, steps=steps)
                for ref_id, (title, _, steps) in zip("ABC", counted, strict=True)
            ),
        ),
        order=(("neer", True), ("stil", True)),
    )


def timeline(words: Words) -> StateTimeline:
    """Return when each line was down."""
    return StateTimeline(
        key="lines-over-time",
        queries=(Query(lines.state(), legend=NAME),),
        mappings=(state_mapping(words.lang),),
    )


def usage_over_time(words: Words) -> TimeSeries:
    """Return how full each line is of what was contracted, in above zero and out below."""
    return TimeSeries(
        key="usage",
        queries=(
            Query(lines.usage("In"), legend=f"{NAME} {words.shared('legend-in')}", every=POLLED),
            Query(lines.usage("Out"), legend=f"{NAME} {words.shared('legend-out')}", every=POLLED),
        ),
        unit="percentunit",
        minimum=0,
        shows_limits=True,
        steps=from_contract("link_usage"),
        table_legend=True,
    )


def traffic_over_time(words: Words) -> TimeSeries:
    """Return what goes over each line, in above zero and out below."""
    return TimeSeries(
        key="traffic",
        queries=(
            Query(lines.traffic("In"), legend=f"{NAME} {words.shared('legend-in')}", every=POLLED),
            Query(lines.traffic("Out"), legend=f"{NAME} {words.shared('legend-out')}", mirrored=True, every=POLLED),
        ),
        unit="bps",
        centred=True,
        table_legend=True,
    )


def latency_over_time() -> TimeSeries:
    """Return how long a ping takes."""
    return _graph("latency", lines.latency(), "s", "line_latency")


def loss_over_time() -> TimeSeries:
    """Return how many pings get lost."""
    return _graph("loss", lines.loss(), "percentunit", "line_loss")


def jitter_over_time() -> TimeSeries:
    """Return how uneven pings are."""
    return _graph("jitter", lines.jitter(), "s", "line_jitter")


def _graph(key: str, expr: str, unit: Unit, limit: str) -> TimeSeries:
    return TimeSeries(
        key=key,
        queries=(Query(expr, legend=NAME, every=POLLED),),
        unit=unit,
        minimum=0,
        reaches=threshold(limit).critical,
        shows_limits=True,
        steps=from_contract(limit),
        table_legend=True,
    )
