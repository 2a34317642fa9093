"""What the collector would have recorded of assets that are stil because the server that asks them was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.demo.history.curves import Steps
from regiowacht.demo.history.series import Series, series
from regiowacht_contract.labels import scope
from regiowacht_contract.states import AssetState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht.demo.history.world import World
    from regiowacht_contract.labels import Laag
    from regiowacht_inventory import Asset


def pollers(world: World) -> Iterator[Series]:
    """Yield which assets waited for whom, and of each server how many did; nothing where none ever did."""
    servers = {asset.key: asset for asset in world.region.assets if asset.job == "node"}
    behind: dict[tuple[Asset, Laag], list[Steps]] = {}
    for asset in world.region.assets:
        server = servers.get((asset.gemeente, asset.poller))
        if server is None:
            continue
        waits = _waits(world.states[asset.key], world.states[server.key])
        if any(waits.values):
            behind.setdefault((server, asset.laag), []).append(waits)
            own = {**asset.target_labels, "kind": asset.kind, "laag": asset.laag, "poller": asset.poller}
            yield series("regiowacht:asset_waiting", own, waits, "state")
    for (server, laag), waiting in behind.items():
        told = {**server.target_labels, "scope": scope(server.gemeente, laag), "kind": server.kind, "laag": laag}
        yield series("regiowacht:poller_silent", told, _sum(waiting), "state")


def _waits(asset: Steps, server: Steps) -> Steps:
    """Return 1 as long as an asset is stil while the server that asks it is not goed, else nothing."""
    moments = tuple(sorted({*asset.moments, *server.moments}))
    values = (
        1.0 if asset.at(moment) == AssetState.STIL and server.at(moment) != AssetState.GOED else None
        for moment in (float("-inf"), *moments)
    )
    return Steps(moments, tuple(values))


def _sum(all_waits: Sequence[Steps]) -> Steps:
    moments = tuple(sorted({moment for waits in all_waits for moment in waits.moments}))
    values = (sum(waits.at(moment) or 0 for waits in all_waits) or None for moment in (float("-inf"), *moments))
    return Steps(moments, tuple(values))
