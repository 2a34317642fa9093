"""How a server's agent sends what it measures, by what its server, its gemeente and the region say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_inventory.schema import Gemeente, RegionFile, Server

INTERVAL_S = 15


@dataclass(frozen=True, slots=True)
class AgentPush:
    """Push of one agent: who scrapes and who is told to push come from here, so that they agree.

    Attributes:
        url: the collector, without a slash at its end.
        interval_s: seconds between two measurements.
        ca: file with the authorities that it trusts for the collector, on its server; "" for the system's.
        proxy: URL of the HTTP proxy on the way, or "".
    """

    url: str
    interval_s: int = INTERVAL_S
    ca: str = ""
    proxy: str = ""


def push_of(region: RegionFile, gemeente: Gemeente, server: Server) -> AgentPush | None:
    """Return how a server's agent sends, or None where the collector asks it; key by key the nearest says it."""
    levels = (server.agent, gemeente.agent, region.agent)
    if server.relay or next((level.deliver for level in levels if level.deliver), "scrape") != "push":
        return None
    return AgentPush(
        url=region.collector.url.rstrip("/"),
        interval_s=next((level.interval_s for level in levels if level.interval_s), INTERVAL_S),
        ca=region.collector.ca or "",
        proxy=next((level.proxy for level in levels if level.proxy), ""),
    )
