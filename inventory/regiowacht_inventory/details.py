"""Everything the region folder tells about one asset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.errors import UsageError
from regiowacht_contract.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_inventory.assets import Asset
    from regiowacht_inventory.model import Model
    from regiowacht_inventory.region import Region
    from regiowacht_inventory.schema import Gemeente, Traject


@dataclass(frozen=True, slots=True)
class Details:
    """One asset with its surroundings.

    Attributes:
        asset: the asset.
        declared: its keys as they stand in the file, with their values as text; empty keys left out.
        up: what it hangs on, nearest first.
        below: what hangs on it directly.
        polls: names of what its agent asks.
        trajecten: trajecten it takes part in, through its gemeente and laag.
    """

    asset: Asset
    declared: Mapping[str, str]
    up: tuple[Asset, ...]
    below: tuple[Asset, ...]
    polls: tuple[str, ...]
    trajecten: tuple[Traject, ...]


def find_asset(region: Region, name: str) -> Asset:
    """Return the asset called ``NAME`` or ``GEMEENTE/NAME``.

    Raises:
        UsageError: there is none, or several gemeenten have one; the text names the nearest, or all of them.
    """
    full = {f"{asset.gemeente}/{asset.name}": asset for asset in region.assets}
    if name in full:
        return full[name]
    found = [asset for asset in region.assets if asset.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        candidates = ", ".join(f"{asset.gemeente}/{asset.name}" for asset in found)
        raise UsageError("inventory.asset-ambiguous", name=name, candidates=candidates)
    close = nearest(name, full if "/" in name else {asset.name for asset in region.assets})
    raise UsageError("inventory.no-asset-near" if close else "inventory.no-asset", name=name, nearest=close)


def describe(region: Region, asset: Asset) -> Details:
    """Return everything the region tells about ``asset``."""
    neighbours = {other.name: other for other in region.assets if other.gemeente == asset.gemeente}
    return Details(
        asset=asset,
        declared=_as_text(_declaration(region, asset)),
        up=tuple(_chain(asset, neighbours)),
        below=tuple(other for other in neighbours.values() if other.uplink == asset.name),
        polls=tuple(other.name for other in neighbours.values() if other.poller == asset.name),
        trajecten=tuple(
            traject for traject in region.trajecten if traject.laag == asset.laag and asset.gemeente in traject.members
        ),
    )


def _chain(asset: Asset, neighbours: Mapping[str, Asset]) -> Iterator[Asset]:
    while asset.uplink:  # the loader lets no loop through
        asset = neighbours[asset.uplink]
        yield asset


def _declaration(region: Region, asset: Asset) -> Model:
    gemeente = next(gemeente for gemeente in region.gemeenten if gemeente.gemeente == asset.gemeente)
    declared = (model for name, model in _declarations(gemeente) if name == asset.name)
    return next(declared, region.collector)  # what nobody declared is the collector, as a site sees it


def _declarations(gemeente: Gemeente) -> Iterator[tuple[str, Model]]:
    for site in gemeente.sites.values():
        yield from ((link.name, link) for link in site.uplinks)
    yield from ((server.name, server) for server in gemeente.servers)
    yield from ((device.name, device) for device in gemeente.devices)
    yield from ((service.name, service) for service in gemeente.services)


def _as_text(model: Model) -> dict[str, str]:
    dumped = model.model_dump(by_alias=True, exclude_none=True)
    return {key: _told(value) for key, value in dumped.items() if value != {}}


def _told(value: object) -> str:
    return ", ".join(f"{key}: {one}" for key, one in value.items()) if isinstance(value, dict) else str(value)
