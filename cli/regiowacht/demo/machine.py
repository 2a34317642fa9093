"""Which declared server this machine plays."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_contract.errors import UsageError
from regiowacht_contract.nearest import nearest

if TYPE_CHECKING:
    from regiowacht_inventory import Asset, Region


def choose_machine(region: Region, wish: str | None) -> Asset:
    """Return the server ``GEMEENTE/NAME``, or the one that polls most when there is no wish.

    Raises:
        UsageError: the region has no such server with an agent, or none at all.
    """
    servers = {f"{asset.gemeente}/{asset.name}": asset for asset in region.assets if asset.job == "node"}
    if not servers:
        raise UsageError("demo.no-server", region=region.name)
    if wish is None:
        return servers[_busiest_poller(region, servers)]
    if wish not in servers:
        near = nearest(wish, servers) or next(iter(servers))
        raise UsageError("demo.no-such-server", wish=wish, nearest=near)
    return servers[wish]


def _busiest_poller(region: Region, servers: dict[str, Asset]) -> str:
    """Return the server that polls most of the region: on its dashboard there is most to see."""
    polled = Counter(f"{asset.gemeente}/{asset.poller}" for asset in region.assets)
    return max(servers, key=lambda key: (polled[key], key))
