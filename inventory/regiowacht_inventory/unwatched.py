"""Which declared assets nobody can ever tell anything of, as the region folder stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from regiowacht_inventory.assets import Asset
    from regiowacht_inventory.region import Region

Lack = Literal["snmp", "far-end", "address"]
LACKS: tuple[Lack, ...] = ("snmp", "far-end", "address")


def unwatched(region: Region) -> dict[Lack, tuple[Asset, ...]]:
    """Return the assets that stay "nog niet aangesloten", by what they lack; what lacks nothing is left out.

    It is no mistake: a region may declare more than it can watch yet.
    """
    found: dict[Lack, list[Asset]] = {}
    for asset in region.assets:
        lack = _lack(asset)
        if lack is not None:
            found.setdefault(lack, []).append(asset)
    return {lack: tuple(found[lack]) for lack in LACKS if lack in found}


def _lack(asset: Asset) -> Lack | None:
    if asset.job == "snmp":
        return None if asset.credential else "snmp"
    if asset.address or asset.push or asset.job == "relay":
        return None
    return "far-end" if asset.kind == "link" else "address"
