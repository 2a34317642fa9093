"""Panels about the agent of one server: what it reads, what it polls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import gauge, regex
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import StateTimeline, Table
from regiowacht_dashboards.parts.processor import cores
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, GREY, RED, state_mapping, value_mapping
from regiowacht_dashboards.variables import chosen

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def families_failing() -> str:
    """Return how many families the agent could not read."""
    return aggregate("sum", value("regiowacht_agent_family_failing"), *ASSET)


def identity() -> Table:
    """Return one row that says which machine this is."""
    uname = ("nodename", "sysname", "release", "machine")
    agent = ("version", "reader")
    return Table(
        key="identity",
        queries=(
            Query(aggregate("max", value("node_uname_info"), *ASSET, *uname)),
            Query(aggregate("max", value("node_os_info"), *ASSET, "pretty_name")),
            Query(cores()),
            Query(aggregate("max", value("node_memory_MemTotal_bytes"), *ASSET)),
            Query(aggregate("max", value("regiowacht_agent_info"), *ASSET, *agent)),
        ),
        columns=(
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="nodename", title="nodename"),
            Column(source="pretty_name", title="os", width=245),
            Column(source="sysname", title="kernel", width=75),
            Column(source="release", title="release"),
            Column(source="machine", title="machine", width=80),
            Column(source="Value #C", title="cores", width=95, unit="short", decimals=0),
            Column(source="Value #D", title="memory", width=95, unit="bytes", decimals=1),
            Column(source="version", title="agent", width=65),
            Column(source="reader", title="reader", width=65),
        ),
        hidden=("Value #A", "Value #B", "Value #E"),
    )


def timeline(words: Words) -> StateTimeline:
    """Return the state over time of the server and of everything it polls."""
    state = gauge("regiowacht:asset_state", **chosen("gemeente"))
    polled = gauge("regiowacht_asset_info", **chosen("gemeente"), poller=regex("$instance"))
    return StateTimeline(
        key="timeline",
        queries=(
            Query(str(value("regiowacht:asset_state")), legend="{{instance}}"),
            Query(f"{state} and on (gemeente, instance) {polled}", legend="{{instance}}"),
        ),
        mappings=(state_mapping(words.lang),),
    )


def families(words: Words) -> Table:
    """Return every family with whether it works.

    Without a battery or a sensor there is nothing to read: as with node_exporter success is 0 then, but nothing fails.
    """
    success = aggregate("max", value("node_scrape_collector_success"), "collector")
    failing = aggregate("max", value("regiowacht_agent_family_failing"), "collector")
    works = value_mapping(
        {
            0: (words.shared("family-works"), GREEN),
            1: (words.shared("family-nothing"), GREY),
            2: (words.shared("family-fails"), RED),
        }
    )
    return Table(
        key="families",
        queries=(
            Query(f"1 - {success} + {failing}"),
            Query(aggregate("max", value("node_scrape_collector_duration_seconds"), "collector")),
        ),
        columns=(
            Column(source="collector", title="family"),
            Column(source="Value #A", title="works", width=160, mappings=(works,)),
            Column(source="Value #B", title="duration", width=140, unit="s", decimals=1),
        ),
        order=(("works", True), ("family", False)),
    )
