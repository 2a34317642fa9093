"""Everything that is decided of a made-up region and its past, before a line of it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from regiowacht.demo.history.effects import states
from regiowacht.demo.history.incidents import place_incidents
from regiowacht.demo.history.server import make_server
from regiowacht.demo.history.waves import Wave

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regiowacht.demo.history.curves import Steps
    from regiowacht.demo.history.incidents import Incident
    from regiowacht.demo.history.server import Server
    from regiowacht_inventory import Asset, Region

RAW_S = 7 * 3600
"""So far back raw series are asked for, at most."""

WAVES = 12
OF_EACH_KIND = 2
NEVER_KINDS = ("phone", "camera", "printer", "service")
ONE_IN = 20
"""So many of these kinds are declared, but not connected yet."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class World:
    """What is decided.

    Attributes:
        region: the region.
        end_s: the last moment of its past.
        anchor_s: from when on raw series are asked for.
        seed: what chance starts from.
        measured: assets of which every metric is told: two of each kind and job in one gemeente.
        never: assets that were never connected.
        incidents: what went wrong.
        states: state over time, by asset.
        servers: servers with an agent, by asset.
        waves: how busy people keep things; each asset follows one.
    """

    region: Region
    end_s: int
    anchor_s: int
    seed: int
    measured: frozenset[Asset]
    never: frozenset[Key]
    incidents: tuple[Incident, ...]
    states: Mapping[Key, Steps]
    servers: Mapping[Key, Server]
    waves: Sequence[Wave]

    def wave_of(self, asset: Asset) -> Wave:
        """Return the wave that an asset follows."""
        return _wave_of(self.waves, asset)

    def incidents_of(self, asset: Asset) -> tuple[Incident, ...]:
        """Return the incidents that started at an asset."""
        return tuple(incident for incident in self.incidents if incident.key == asset.key)


def make_world(
    region: Region, end_s: int, seed: int, incidents: Sequence[Incident] | None = None, *, raw_s: int = RAW_S
) -> World:
    """Decide everything; the same for the same region, end and seed.

    ``incidents`` takes the place of the table's; raw series are asked for as far back as ``raw_s``.
    """
    measured = measured_assets(region)
    never = _never(region, measured)
    incidents = tuple(place_incidents(region, measured, end_s, seed) if incidents is None else incidents)
    anchor_s = end_s - raw_s
    waves = tuple(Wave(seed, number, region.timezone, anchor_s) for number in range(WAVES))
    fillings: dict[Key, list[Incident]] = {}
    for incident in incidents:
        if incident.kind == "disk-filling":
            fillings.setdefault(incident.key, []).append(incident)
    servers = {
        asset.key: make_server(asset, _wave_of(waves, asset), fillings.get(asset.key, ()), (anchor_s, end_s), seed)
        for asset in region.assets
        if asset.job == "node"
    }
    return World(
        region=region,
        end_s=end_s,
        anchor_s=anchor_s,
        seed=seed,
        measured=frozenset(measured),
        never=never,
        incidents=incidents,
        states=states(region, incidents, never),
        servers=servers,
        waves=waves,
    )


def measured_assets(region: Region) -> tuple[Asset, ...]:
    """Return two assets of each kind and job, in the gemeente that has two of the most kinds."""
    by_gemeente: dict[str, dict[tuple[str, str], list[Asset]]] = {}
    for asset in region.assets:
        by_gemeente.setdefault(asset.gemeente, {}).setdefault((asset.kind, asset.job), []).append(asset)
    if not by_gemeente:
        return ()

    def complete(sorts: Mapping[tuple[str, str], Sequence[Asset]]) -> int:
        return sum(len(assets) >= OF_EACH_KIND for assets in sorts.values())

    chosen = max(by_gemeente.values(), key=complete)
    return tuple(asset for assets in chosen.values() for asset in assets[:OF_EACH_KIND])


def _never(region: Region, measured: Sequence[Asset]) -> frozenset[Key]:
    """Return the assets that were never connected: one in twenty of some kinds, at least one if there is any."""
    known = {asset.key for asset in measured}
    found = [asset for asset in region.assets if asset.kind in NEVER_KINDS and asset.key not in known]
    found.sort(key=lambda asset: crc32("/".join(asset.key).encode()))
    return frozenset(asset.key for asset in found[: -(-len(found) // ONE_IN)])


def _wave_of(waves: Sequence[Wave], asset: Asset) -> Wave:
    return waves[crc32("/".join(asset.key).encode()) % len(waves)]
