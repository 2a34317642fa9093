"""Processor panels of one server: how busy, in which mode, who waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract import host
from regiowacht_contract.promql import RATE_INTERVAL, not_regex
from regiowacht_dashboards.panels import TimeSeries
from regiowacht_dashboards.queries import ASSET, aggregate, total, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import BLUE, GREY, ORANGE, PALE, from_contract
from regiowacht_dashboards.variables import chosen

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def cpu_usage(*by: str) -> str:
    """Return the share of time that processors worked: all together, or one by one with ``by="cpu"``."""
    return host.cpu_usage(RATE_INTERVAL, *ASSET, *by, **chosen(*ASSET))


def cores() -> str:
    """Return the number of processors."""
    return aggregate("count", total("node_cpu_seconds_total", mode="idle"), *ASSET)


def load_per_cpu() -> str:
    """Return the load over five minutes for each processor."""
    return f"{aggregate('max', value('node_load5'), *ASSET)} / {cores()}"


def cpu_modes() -> TimeSeries:
    """Return what the processors give their time to."""
    modes = total("node_cpu_seconds_total", mode=not_regex("idle"))
    return TimeSeries(
        key="cpu-modes",
        queries=(Query(aggregate("avg", modes.rate(), "mode"), legend="{{mode}}"),),
        unit="percentunit",
        minimum=0,
        maximum=1,
        stacked=True,
    )


def cpu_cores() -> TimeSeries:
    """Return how busy each processor is."""
    return TimeSeries(
        key="cpu-cores",
        queries=(Query(cpu_usage("cpu"), legend="cpu {{cpu}}"),),
        unit="percentunit",
        minimum=0,
        maximum=1,
        shows_limits=True,
        steps=from_contract("cpu_usage"),
    )


def load(words: Words) -> TimeSeries:
    """Return the load beside the number of processors."""
    return TimeSeries(
        key="load",
        queries=(
            Query(str(value("node_load1")), legend="1 min", colour=PALE),
            Query(str(value("node_load5")), legend="5 min", colour=BLUE),
            Query(str(value("node_load15")), legend="15 min", colour=GREY),
            Query(cores(), legend=words.shared("legend-processors"), colour=ORANGE, dashed=True),
        ),
        decimals=2,
        minimum=0,
    )
