"""What hangs behind what: a line, router or poller that is down makes everything behind it unreachable.

A thing is behind what it says it hangs on (``uplink``), behind the server that asks it (``poller``), and, where that
server stands at another site, behind the circuit of its own site when that has only one. Behind is passed on: what is
behind something is behind everything that this is behind.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_inventory import Region
    from regiowacht_inventory.assets import Asset

Key = tuple[str, str]
"""(gemeente, name)."""

UNREACHABLE = ("AssetNeer", "AssetStil", "LijnNeer", "LijnVerlies", "LijnTraag", "PollerStil", "SiteZonderLijn")
"""Alerts that say that something cannot be reached, or hardly: one above makes those below it needless."""

DOWN = ("AssetNeer", "AssetStil", "LijnNeer", "PollerStil")
"""Those of them that make others needless."""


def parents(region: Region) -> dict[Key, frozenset[Key]]:
    """Return what each asset is directly behind."""
    known = {asset.key: asset for asset in region.assets}
    links: dict[Key, list[Key]] = defaultdict(list)
    for asset in region.assets:
        if asset.kind == "link":
            links[asset.gemeente, asset.site].append(asset.key)
    return {asset.key: frozenset(_parents(asset, known, links)) for asset in region.assets}


def behind(region: Region) -> dict[Key, frozenset[Key]]:
    """Return, for each asset that has anything behind it, all that is."""
    above = parents(region)
    below: dict[Key, set[Key]] = defaultdict(set)
    for key in above:
        for ancestor in _ancestors(key, above):
            below[ancestor].add(key)
    return {key: frozenset(found) for key, found in sorted(below.items())}


def inhibit_rules(region: Region) -> list[dict[str, object]]:
    """Return Alertmanager's ``inhibit_rules`` for what hangs behind what; one a thing with something behind it."""
    rules: list[dict[str, object]] = []
    for (gemeente, name), found in behind(region).items():
        names = "|".join(_literal(below) for _, below in sorted(found))
        rules.append(
            {
                "source_matchers": [
                    f'alertname=~"{"|".join(DOWN)}"', f'gemeente="{gemeente}"', f'instance="{name}"',
                ],
                "target_matchers": [
                    f'alertname=~"{"|".join(UNREACHABLE)}"', f'gemeente="{gemeente}"', f'instance=~"{names}"',
                ],
            }
        )  # fmt: skip
    return rules


def _parents(asset: Asset, known: Mapping[Key, Asset], links: Mapping[Key, list[Key]]) -> set[Key]:
    gemeente = asset.gemeente
    found = {(gemeente, name) for name in (asset.uplink, asset.poller) if name}
    poller = known.get((gemeente, asset.poller))
    circuits = links.get((gemeente, asset.site), [])
    if poller is not None and poller.site != asset.site and len(circuits) == 1:
        found.update(circuits)
    return {key for key in found if key in known and key != asset.key}


def _ancestors(key: Key, above: Mapping[Key, frozenset[Key]]) -> set[Key]:
    """Return everything above; what hangs on itself, over whatever detour, is not above itself."""
    found: set[Key] = set()
    ahead = list(above[key])
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += above[one]
    return found - {key}


def _literal(name: str) -> str:
    """Return a name as RE2 has it; names hold letters, digits, dots, hyphens and underscores."""
    return name.replace(".", "\\\\.")
