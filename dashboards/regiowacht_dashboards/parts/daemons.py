"""Programs on servers that everything else leans on: DNS, DHCP, time and directory, under systemd or Windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import regex
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, GREY, ORANGE, RED, value_mapping

if TYPE_CHECKING:
    from regiowacht_contract.promql import Match
    from regiowacht_dashboards.words import Words

UNITS = regex(
    r"(named|bind9|unbound|pdns.*|dnsmasq|knot.*|kea-dhcp.*|isc-dhcp-server.*|dhcpd.*|chrony|chronyd|ntp|ntpd|ntpsec"
    r"|slapd|sssd|samba-ad-dc|smbd|freeradius)\.service"
)
"""Units of systemd (label ``name``) that give DNS, DHCP, time, directories or admission."""

SERVICES = regex("(?i:dns|dhcpserver|w32time|ntds|kdc|netlogon|ias)")
"""Services of Windows (label ``name``) that give the same."""


def states() -> str:
    """Return one for every such program, with its state in a label ``state``."""
    units = aggregate("max", f"{value('node_systemd_unit_state').where(name=UNITS)} == 1", *ASSET, "name", "state")
    services = aggregate("max", f"{value('windows_service_state').where(name=SERVICES)} == 1", *ASSET, "name", "state")
    return f"{units} or {services}"


def daemons(words: Words) -> Table:
    """Return every such program with its state; what failed or stopped stands out."""
    shown = value_mapping(
        {
            "failed": (words.shared("unit-failed"), RED),
            "stopped": (words.shared("unit-stopped"), RED),
            "inactive": (words.shared("unit-off"), GREY),
            "paused": (words.shared("unit-paused"), ORANGE),
            "activating": (words.shared("unit-starting"), ORANGE),
            "deactivating": (words.shared("unit-stopping"), ORANGE),
            "active": (words.shared("unit-runs"), GREEN),
            "running": (words.shared("unit-runs"), GREEN),
        }
    )
    return Table(
        key="daemons",
        queries=(Query(states()),),
        columns=(
            Column(source="state", title="state", width=120, mappings=(shown,)),
            Column(source="name", title="program"),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
        ),
        hidden=("Value",),
        order=(("state", True), ("program", False)),
    )


def fallen() -> str:
    """Return how many such programs failed or stopped; zero where all run."""
    units = _is("node_systemd_unit_state", UNITS, "failed")
    services = _is("windows_service_state", SERVICES, "stopped")
    known = f"0 * count({states()})"
    return f"count({units} or {services}) or {known}"


def _is(metric: str, names: Match, state: str) -> str:
    return f"{value(metric, state=state).where(name=names)} == 1"
