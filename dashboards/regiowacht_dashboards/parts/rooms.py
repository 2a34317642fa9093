"""The air around the equipment: temperature and humidity, as sensors and supplies tell them."""

from __future__ import annotations

from regiowacht_dashboards.panels import TimeSeries
from regiowacht_dashboards.parts.components import of_kind
from regiowacht_dashboards.queries import value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import from_contract

SENSORS = "sensor"
SUPPLIES = "ups|pdu"
LEGEND = "{{instance}} {{name}} · {{gemeente}}"

LOOSE_C = 125
"""What a sensor shows that is not connected, or worse: no room is as warm."""


def temperature(kinds: str) -> str:
    """Return what sensors of devices of these kinds (RE2) measure."""
    return of_kind(f"{value('snmp_temperature_celsius')} < {LOOSE_C}", kinds)


def humidity(kinds: str) -> str:
    """Return the humidity that devices of these kinds (RE2) measure."""
    return of_kind(value("snmp_humidity_ratio"), kinds)


def rooms() -> TimeSeries:
    """Return how warm it was around the sensors."""
    return TimeSeries(
        key="rooms",
        queries=(Query(temperature(SENSORS), legend=LEGEND),),
        unit="celsius",
        decimals=1,
        shows_limits=True,
        steps=from_contract("room_temperature"),
    )


def damp() -> TimeSeries:
    """Return how damp it was around the sensors."""
    return TimeSeries(
        key="damp",
        queries=(Query(humidity(SENSORS), legend=LEGEND),),
        unit="percentunit",
        decimals=0,
        minimum=0,
        maximum=1,
        shows_limits=True,
        steps=from_contract("room_humidity"),
    )


def inside() -> TimeSeries:
    """Return how warm it was inside supplies."""
    return TimeSeries(
        key="inside",
        queries=(Query(temperature(SUPPLIES), legend=LEGEND),),
        unit="celsius",
        decimals=1,
        shows_limits=True,
        steps=from_contract("temperature"),
    )
