"""UPSes and PDUs: what the batteries hold, for how long, and what hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.states import AssetState
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import StateTimeline, Table, TimeSeries
from regiowacht_dashboards.parts.components import of_kind
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, RED, from_contract, state_mapping, value_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.units import Unit
    from regiowacht_dashboards.words import Words

CHARGE, RUNTIME = "snmp_ups_charge_ratio", "snmp_ups_runtime_seconds"
LOAD, ON_BATTERY = "snmp_ups_load_ratio", "snmp_ups_on_battery"
NEW = int(AssetState.NOG_NIET_AANGESLOTEN)
WHERE = "{{instance}} · {{gemeente}}"


def per_ups(function: str, name: str) -> str:
    """Return a figure of each UPS, the worst of its batteries."""
    return aggregate(function, value(name), *ASSET)


def supplies(words: Words) -> Table:
    """Return every UPS that tells something, or that ought to, on battery first, then the emptiest."""
    source = value_mapping({0: (words.shared("mains"), GREEN), 1: (words.shared("battery"), RED)})
    state = aggregate("max", of_kind(value("regiowacht:asset_state"), "ups"), *ASSET)
    return Table(
        key="supplies",
        queries=(
            Query(per_ups("max", ON_BATTERY)),
            Query(per_ups("min", CHARGE)),
            Query(per_ups("min", RUNTIME)),
            Query(per_ups("max", LOAD)),
            Query(f"{state} and on ({', '.join(ASSET)}) {per_ups('min', CHARGE)} or {state} > 0 < {NEW}"),
        ),
        columns=(
            Column(source="Value #A", title="feeds", width=110, mappings=(source,)),
            Column(source="Value #B", title="charge", width=120, unit="percentunit", decimals=0, bar=1,
                   steps=from_contract("ups_charge"), blank=True),
            Column(source="Value #C", title="runtime", width=110, unit="s", decimals=0,
                   steps=from_contract("ups_runtime"), blank=True),
            Column(source="Value #D", title="load", width=120, unit="percentunit", decimals=0, bar=1,
                   steps=from_contract("ups_load"), blank=True),
            Column(source="Value #E", title="state", width=100, mappings=(state_mapping(words.lang),)),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
        ),
        order=(("feeds", True), ("charge", False)),
    )  # fmt: skip


def sources(words: Words) -> StateTimeline:
    """Return when each UPS ran on its battery."""
    source = value_mapping({0: (words.shared("mains"), GREEN), 1: (words.shared("battery"), RED)})
    return StateTimeline(key="sources", queries=(Query(per_ups("max", ON_BATTERY), legend=WHERE),), mappings=(source,))


def charge() -> TimeSeries:
    """Return how full the batteries were."""
    return _line("charge", per_ups("min", CHARGE), "ups_charge", "percentunit")


def runtime() -> TimeSeries:
    """Return for how long the batteries would have lasted."""
    return _line("runtime", per_ups("min", RUNTIME), "ups_runtime", "s")


def load() -> TimeSeries:
    """Return how much of what it can carry each UPS carried."""
    return _line("load", per_ups("max", LOAD), "ups_load", "percentunit")


def _line(key: str, expr: str, limit: str, unit: Unit) -> TimeSeries:
    return TimeSeries(
        key=key,
        queries=(Query(expr, legend=WHERE),),
        unit=unit,
        minimum=0,
        maximum=1 if unit == "percentunit" else None,
        shows_limits=True,
        steps=from_contract(limit),
    )


def watts() -> TimeSeries:
    """Return what each output of a UPS or PDU gives."""
    return _outputs("watts", "snmp_power_watts", "watt")


def amperes() -> TimeSeries:
    """Return the current of each output or phase."""
    return _outputs("amperes", "snmp_current_amperes", "amp")


def _outputs(key: str, name: str, unit: Unit) -> TimeSeries:
    return TimeSeries(
        key=key,
        queries=(Query(str(value(name)), legend="{{instance}} · {{name}}"),),
        unit=unit,
        decimals=1,
        minimum=0,
        table_legend=True,
    )
