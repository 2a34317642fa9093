"""Ports of switches that nothing is plugged into."""

from __future__ import annotations

from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table
from regiowacht_dashboards.parts.components import of_kind
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import from_contract

UP = 1
ETHERNET = "ethernetCsmacd"
SWITCH = "switch"


def _ports() -> str:
    """Return the state of the Ethernet ports of switches: neither VLANs nor the switch's own address."""
    kind = value("ifType_info", ifType=ETHERNET)
    return of_kind(f"{value('ifOperStatus')} and on (gemeente, instance, ifIndex) {kind}", SWITCH)


def all_ports() -> str:
    """Return how many ports each switch has."""
    return aggregate("count", _ports(), *ASSET)


def free() -> str:
    """Return into how many ports of each switch nothing is plugged now."""
    return aggregate("sum", f"({_ports()}) != bool {UP}", *ASSET)


def share() -> str:
    """Return the share of each switch's ports that is free."""
    return f"{free()} / {all_ports()}"


def free_ports() -> Table:
    """Return every switch, the fullest first."""
    return Table(
        key="free-ports",
        queries=(Query(share()), Query(free()), Query(all_ports())),
        columns=(
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="Value #B", title="free-ports", width=90, unit="short", decimals=0, blank=True),
            Column(source="Value #C", title="all-ports", width=90, unit="short", decimals=0, blank=True),
            Column(source="Value #A", title="free-share", width=150, unit="percentunit", decimals=0, bar=1,
                   steps=from_contract("ports_free"), blank=True),
        ),
        order=(("free-share", False),),
    )  # fmt: skip
