"""Of which assets word comes by itself, and how often: what a silence is measured against."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_inventory import Asset, Region
    from regiowacht_inventory.agent_push import AgentPush

POLL_INTERVAL_S = 15
"""How often an agent asks lines, services and pages; what it pushes in between says the same once more."""


def push_intervals(region: Region) -> Iterator[tuple[Asset, int]]:
    """Yield every asset whose ``up`` is pushed, with the seconds between two of them; those that are scraped not."""
    servers = {asset.key: asset.push for asset in region.assets if asset.push is not None}
    for asset in region.assets:
        interval_s = _interval_s(asset, servers, region.snmp.interval_s)
        if interval_s:
            yield asset, interval_s


def _interval_s(asset: Asset, servers: Mapping[tuple[str, str], AgentPush], devices_s: int) -> int:
    if asset.job == "node":
        return asset.push.interval_s if asset.push is not None else 0
    asking = [servers[key] for name in (asset.poller, asset.standby) if (key := (asset.gemeente, name)) in servers]
    if asset.job == "snmp":
        return devices_s if asking else 0
    return max((max(POLL_INTERVAL_S, push.interval_s) for push in asking), default=0)
