"""Who is connected to whom, as devices tell each other by LLDP or CDP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards import links
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import POLLED, Query

if TYPE_CHECKING:
    from regiowacht_contract.promql import Match
    from regiowacht_dashboards.words import Words

TOLD = ("local_port", "remote_sys_name", "remote_port", "protocol")


def neighbours(words: Words, **matches: str | Match) -> Table:
    """Return every neighbour of the chosen devices, with the ports on both sides."""
    return Table(
        key="neighbours",
        queries=(Query(aggregate("max", value("snmp_neighbor_info", **matches), *ASSET, *TOLD), every=POLLED),),
        columns=(
            Column(source="instance", title="instance", links=(links.by_row("rw-netdevice", words),)),
            Column(source="local_port", title="local-port"),
            Column(source="remote_sys_name", title="neighbour"),
            Column(source="remote_port", title="remote-port"),
            Column(source="protocol", title="protocol", width=70),
            Column(source="gemeente", title="gemeente", width=110),
            Column(source="site", title="site", width=110),
        ),
        hidden=("Value",),
        order=(("instance", False), ("local-port", False)),
        nothing="no-neighbours",
    )
