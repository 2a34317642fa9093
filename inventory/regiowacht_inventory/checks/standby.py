"""A standby can see whether the poller still asks the devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory.checks.references import has_agent
from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_inventory.checks.whole import Declared, Whole
    from regiowacht_inventory.nodes import Raw


def check(whole: Whole) -> None:
    """Note a site's standby where a poller of the site's devices has no address to be found at."""
    for declared in whole.gemeenten:
        servers = declared.servers or {}
        for slug, data in declared.draft.sites():
            standby = text_of(data, "standby")
            if standby is None or standby not in servers:
                continue  # there is none, or that has been told
            for poller in dict.fromkeys(_pollers(declared, slug, text_of(data, "poller"))):
                if poller != standby and poller in servers and _is_hidden(servers[poller][1]):
                    declared.draft.note(
                        ("sites", slug, "standby"),
                        "inventory.standby-blind",
                        value=shown_text(standby),
                        poller=shown_text(poller),
                        other=(declared.draft, servers[poller][0]),
                    )


def _is_hidden(server: Mapping[str, Raw]) -> bool:
    """Tell whether a server with an agent has no address; that one without cannot ask has been told."""
    return has_agent(server) and server.get("address") is None


def _pollers(declared: Declared, site: str, of_site: str | None) -> Iterator[str]:
    """Yield who asks each device of a site that is asked."""
    for _, device in declared.draft.items("devices"):
        poller = text_of(device, "polled_by") or of_site
        if text_of(device, "site") == site and text_of(device, "snmp") is not None and poller is not None:
            yield poller
