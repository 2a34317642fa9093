"""The collector as the sites of a gemeente see it: who asks whether it can be reached, and under which name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from regiowacht_inventory.values import parse_flag

if TYPE_CHECKING:
    from regiowacht_contract.labels import Laag
    from regiowacht_inventory.nodes import Raw
    from regiowacht_inventory.schema import Collector, Gemeente

LAAG: Laag = "connectiviteit"


def name_of(site: str) -> str:
    """Return the name of the asset."""
    return f"collector-{site}"


def who_asks(collector: Collector, gemeente: Gemeente) -> dict[str, str]:
    """Return the server that asks from each site: a poller that stands there, the site's own if there are more.

    A site whose poller stands elsewhere does not ask: what is seen from elsewhere says nothing about its own line.
    """
    if not collector.url or not collector.probe:
        return {}
    stands_at = {server.name: server.site for server in gemeente.servers}
    pollers = {site: declared.poller for site, declared in gemeente.sites.items() if declared.poller}
    own = {site: poller for site, poller in pollers.items() if stands_at[poller] == site}
    return {**{stands_at[poller]: poller for poller in reversed(pollers.values())}, **own}


def is_asked(raw: Raw) -> bool:
    """Tell whether sites ask, by what stands under ``collector:`` however wrong the rest may be."""
    if not isinstance(raw, dict) or not raw.get("url"):
        return False
    try:
        return parse_flag(raw.get("probe") or "true") is True
    except PydanticCustomError:
        return False
