"""Who is neer or stil because of an incident, and when: lines are walked, silent agents take along what they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.demo.history.curves import Flat, Patch, Patched, Steps
from regiowacht_contract.states import AssetState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from regiowacht.demo.history.curves import Curve
    from regiowacht.demo.history.incidents import Incident
    from regiowacht_inventory import Asset, Region

Key = tuple[str, str]
Stretch = tuple[float, float, AssetState]
"""From, until, and the state meanwhile."""


def states(region: Region, incidents: Iterable[Incident], never: Collection[Key]) -> dict[Key, Steps]:
    """Return the state over time of every asset; ``never`` are those that were never connected."""
    stretches: dict[Key, list[Stretch]] = {}
    for incident in incidents:
        for key, state in _struck(region, incident).items():
            stretches.setdefault(key, []).append((incident.from_s, incident.ends_s, state))
    goed = Steps((), (AssetState.GOED,))
    new = Steps((), (AssetState.NOG_NIET_AANGESLOTEN,))
    return {
        asset.key: new if asset.key in never else _over_time(stretches[asset.key]) if asset.key in stretches else goed
        for asset in region.assets
    }


def _struck(region: Region, incident: Incident) -> dict[Key, AssetState]:
    """Return the state that each asset is in because of this incident; only those that it changes."""
    assets = [asset for asset in region.assets if asset.gemeente == incident.gemeente]
    if incident.kind == "silent-agent":
        return _heard(assets, cut=(), silent={incident.asset})
    if incident.kind == "line-down":
        line = next(asset for asset in assets if asset.name == incident.asset)
        cut = behind(assets, line)
        silent = {asset.name for asset in assets if asset.name in cut and asset.job == "node"}
        return _heard(assets, cut=cut, silent=silent)
    return {}


def _heard(assets: Iterable[Asset], cut: Collection[str], silent: Collection[str]) -> dict[Key, AssetState]:
    """Return what is heard of each: nothing of a silent agent and what it asks, a failure of what is cut off."""
    found: dict[Key, AssetState] = {}
    for asset in assets:
        if asset.name in silent or asset.poller in silent:
            found[asset.key] = AssetState.STIL
        elif asset.name in cut:
            found[asset.key] = AssetState.NEER
    return found


def behind(assets: Iterable[Asset], line: Asset) -> set[str]:
    """Return the names of what cannot be reached without this line, itself included.

    A site with another line keeps working. Else all of the site is cut off, and every device that hangs on one of it.
    """
    assets = tuple(assets)
    lines = [asset for asset in assets if asset.kind == "link" and asset.site == line.site]
    if len(lines) > 1:
        return {line.name}
    by_name = {asset.name: asset for asset in assets}
    sites_with_lines = {asset.site for asset in assets if asset.kind == "link"}
    cut = {asset.name for asset in assets if asset.site == line.site}
    for asset in assets:
        if asset.site not in sites_with_lines and _hangs_on(asset, by_name, cut):
            cut.add(asset.name)
    cut_sites = {by_name[name].site for name in cut}
    return cut | {asset.name for asset in assets if asset.site in cut_sites}


def _hangs_on(asset: Asset, by_name: Mapping[str, Asset], cut: Collection[str]) -> bool:
    while asset.uplink:  # a region has no loops
        asset = by_name[asset.uplink]
        if asset.name in cut:
            return True
    return False


def _over_time(stretches: Iterable[Stretch]) -> Steps:
    """Return the worst state at every moment; stil hides neer, since nobody tells."""
    listed = sorted(stretches)
    moments = sorted({moment for since, until, _ in listed for moment in (since, until) if moment != float("inf")})
    values = [
        max((state for since, until, state in listed if since <= moment < until), default=AssetState.GOED)
        for moment in moments
    ]
    return Steps(tuple(moments), (AssetState.GOED, *values))


def heard(state: Steps) -> Steps:
    """Return the ``up`` that such a state comes from: 1, 0, or nothing."""
    told: dict[float | None, float] = {AssetState.GOED: 1.0, AssetState.NEER: 0.0}
    return Steps(state.moments, tuple(told.get(value) for value in state.values))


def while_goed(curve: Curve, state: Steps) -> Curve:
    """Return the curve as long as the asset answers, and nothing while it does not."""
    since = (float("-inf"), *state.moments)
    until = (*state.moments, float("inf"))
    silent = tuple(
        Patch(begin, end, Flat(None))
        for begin, end, value in zip(since, until, state.values, strict=True)
        if value != AssetState.GOED
    )
    return Patched(curve, silent) if silent else curve
