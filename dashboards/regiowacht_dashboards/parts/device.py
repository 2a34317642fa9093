"""What one network device tells of itself: what it is, how busy, how warm, who is beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import unlike
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import BarGauge, StateTimeline, Table, TimeSeries
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import POLLED, Query
from regiowacht_dashboards.style import GREY, from_contract, state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

NO_TEMPERATURE = 125
"""Degrees from which a sensor is loose, as the alert takes it."""


def uptime() -> str:
    """Return for how many seconds the device has run."""
    return aggregate("max", f"{value('sysUpTime')} / 100", *ASSET)


def cpu(*by: str) -> str:
    """Return how busy its processors are."""
    return aggregate("max", value("snmp_cpu_usage_ratio"), *ASSET, *by)


def memory(*by: str) -> str:
    """Return how full its memory is; some tell bytes, others a share."""
    of_bytes = f"{value('snmp_memory_used_bytes')} / ({value('snmp_memory_size_bytes')} > 0)"
    return aggregate("max", f"{of_bytes} or {value('snmp_memory_usage_ratio')}", *ASSET, *by)


def temperature(*by: str) -> str:
    """Return how warm its sensors are."""
    return aggregate("max", f"{value('snmp_temperature_celsius')} < {NO_TEMPERATURE}", *ASSET, *by)


def identity(words: Words) -> Table:
    """Return one row that says which device this is."""
    told = ("vendor", "model", "version", "serial", "sys_name", "sys_location", "sys_descr")
    kind = ("kind", "leverancier", "uplink", "poller")
    return Table(
        key="identity",
        queries=(
            Query(aggregate("max", value("regiowacht_asset_info"), *ASSET, *kind)),
            Query(aggregate("max", value("snmp_device_info"), *ASSET, *told), every=POLLED),
        ),
        columns=(
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="kind", title="kind", width=110, named=words.kinds()),
            Column(source="vendor", title="vendor"),
            Column(source="model", title="model"),
            Column(source="version", title="version"),
            Column(source="serial", title="serial"),
            Column(source="sys_name", title="sys-name"),
            Column(source="sys_location", title="location"),
            Column(source="leverancier", title="leverancier"),
            Column(source="uplink", title="uplink"),
            Column(source="poller", title="poller"),
        ),
        hidden=("Value #A", "Value #B", "sys_descr"),
    )


def cpu_over_time() -> TimeSeries:
    """Return how busy each processor was."""
    return _share("cpu-over-time", cpu("name"), "cpu_usage")


def memory_over_time() -> TimeSeries:
    """Return how full each pool of memory was."""
    return _share("memory-over-time", memory("name"), "memory_usage")


def temperature_over_time() -> TimeSeries:
    """Return how warm each sensor was."""
    return TimeSeries(
        key="temperature-over-time",
        queries=(Query(temperature("name"), legend="{{name}}", every=POLLED),),
        unit="celsius",
        decimals=0,
        shows_limits=True,
        steps=from_contract("temperature"),
    )


def fans() -> TimeSeries:
    """Return how fast each fan turned."""
    speeds = aggregate("max", value("snmp_fan_speed_rpm"), *ASSET, "name")
    return TimeSeries(
        key="fans", queries=(Query(speeds, legend="{{name}}", every=POLLED),), unit="rotrpm", decimals=0, minimum=0
    )


def poe_supplies(words: Words) -> TimeSeries:
    """Return how much power the ports draw together, below what the supply can give."""
    drawn = aggregate("sum", value("snmp_poe_power_watts", pse=unlike("")), *ASSET, "name")
    budget = aggregate("sum", value("snmp_poe_budget_watts"), *ASSET, "name")
    return TimeSeries(
        key="poe",
        queries=(
            Query(drawn, legend="{{name}} " + words.shared("legend-in-use"), every=POLLED),
            Query(budget, legend="{{name}} " + words.shared("legend-total"), colour=GREY, dashed=True, every=POLLED),
        ),
        unit="watt",
        minimum=0,
    )


def poe_ports() -> BarGauge:
    """Return how much power each port gives."""
    drawn = aggregate("max", value("snmp_poe_power_watts", pse=""), *ASSET, "name")
    return BarGauge(
        key="poe-ports",
        queries=(Query(f"sort_desc({drawn} > 0)", legend="{{name}}", every=POLLED),),
        unit="watt",
        decimals=1,
        minimum=0,
        nothing="not-measured",
    )


def tunnels() -> TimeSeries:
    """Return how many VPN tunnels are up, and how many are not."""
    counted = aggregate("sum", value("snmp_vpn_tunnels"), *ASSET, "name", "state")
    return TimeSeries(
        key="tunnels",
        queries=(Query(counted, legend="{{name}} {{state}}", every=POLLED),),
        decimals=0,
        minimum=0,
        nothing="not-measured",
    )


def sessions() -> TimeSeries:
    """Return how many sessions the firewall keeps."""
    return TimeSeries(
        key="sessions",
        queries=(
            Query(aggregate("sum", value("snmp_firewall_sessions"), *ASSET), legend="{{instance}}", every=POLLED),
        ),
        decimals=0,
        minimum=0,
        nothing="not-measured",
    )


def timeline(words: Words) -> StateTimeline:
    """Return the state of the chosen assets over time."""
    return StateTimeline(
        key="timeline",
        queries=(Query(aggregate("max", value("regiowacht:asset_state"), *ASSET), legend="{{instance}}"),),
        mappings=(state_mapping(words.lang),),
    )


def _share(key: str, expr: str, limit: str) -> TimeSeries:
    return TimeSeries(
        key=key,
        queries=(Query(expr, legend="{{name}}", every=POLLED),),
        unit="percentunit",
        minimum=0,
        maximum=1,
        shows_limits=True,
        steps=from_contract(limit),
    )
