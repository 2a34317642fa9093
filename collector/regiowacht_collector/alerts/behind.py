"""What hangs behind what: a line, router or poller that is down makes everything behind it unreachable.

A thing is behind what it says it hangs on (``uplink``), behind the server that asks it (``poller``), and, where that
server stands at another site, behind the circuit of its own site when that has only one; so is a server with an agent
of its own where that circuit is asked from another site. Behind is passed on: what is
behind something is behind everything that this is behind.

A circuit says on which device it ends. Asked from its own site it is behind that device; asked from another one the
device is behind the circuit. What is behind each other, over whatever detour, hides neither: one of them is the cause.
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

UNREACHABLE = (
    "AssetNeer", "AssetStil", "DienstNeer", "EindtoestelNeer", "LijnNeer", "LijnTraag", "LijnTraagErg", "LijnVerlies",
    "LijnVerliesErg", "PollerStil",
)  # fmt: skip
"""Alerts that say that something cannot be reached, or hardly: one above makes those below it needless."""

DOWN = ("AssetNeer", "AssetStil", "EindtoestelNeer", "LijnNeer", "PollerStil")
"""Those of them that make others needless."""

CUT_OFF = ("SiteOnbereikbaar", "SiteZonderLijn")
"""Alerts that a whole site cannot be reached; a later one says more than an earlier one."""


def parents(region: Region) -> dict[Key, frozenset[Key]]:
    """Return what each asset is directly behind."""
    known = {asset.key: asset for asset in region.assets}
    links = _links(region)
    return {asset.key: frozenset(_parents(asset, known, links)) for asset in region.assets}


def behind(region: Region) -> dict[Key, frozenset[Key]]:
    """Return, for each asset that has anything behind it, all that is."""
    below: dict[Key, set[Key]] = defaultdict(set)
    for key, found in _above(parents(region)).items():
        for ancestor in found:
            below[ancestor].add(key)
    return {key: frozenset(found) for key, found in sorted(below.items())}


def hangs_on(region: Region) -> dict[Key, frozenset[str]]:
    """Return, for each asset that hangs on others of its gemeente, their names: all that it is behind but pollers.

    What is at a site with several circuits, and is asked from another site, hangs on no one of them but on all
    together: such a thing has the name "" among them.
    """
    known = {asset.key: asset for asset in region.assets}
    links = _links(region)
    direct = {asset.key: frozenset(_parents(asset, known, links) - _pollers(asset)) for asset in region.assets}
    found = {key: {name for _, name in above} for key, above in _above(direct).items()}
    for asset in region.assets:
        if asset.kind != "link" and _is_asked_from_afar(asset, known) and len(links[asset.gemeente, asset.site]) > 1:
            found[asset.key].add("")
    return {key: frozenset(names) for key, names in sorted(found.items()) if names}


def inhibit_rules(region: Region) -> list[dict[str, object]]:
    """Return Alertmanager's ``inhibit_rules`` for what hangs behind what; one a thing with something behind it.

    Of a site that is cut off nothing is told but that, and its lines: each supplier hears of its own.
    """
    at_site = [name for name in UNREACHABLE if not name.startswith("Lijn")]
    rules: list[dict[str, object]] = [
        {
            "source_matchers": [f'alertname="{cut_off}"'],
            "target_matchers": [f'alertname=~"{"|".join([*at_site, *CUT_OFF[:number]])}"'],
            "equal": ["gemeente", "site"],
        }
        for number, cut_off in enumerate(CUT_OFF)
    ]
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
    afar = _is_asked_from_afar(asset, known)
    uplink = "" if asset.kind == "link" and afar else asset.uplink
    found = {(gemeente, name) for name in (uplink, asset.poller) if name}
    circuits = links.get((gemeente, asset.site), [])
    if len(circuits) == 1 and (afar or (asset.job == "node" and _is_asked_from_afar(known[circuits[0]], known))):
        found.update(circuits)
    return {key for key in found if key in known and key != asset.key}


def _pollers(asset: Asset) -> set[Key]:
    return {(asset.gemeente, asset.poller)} if asset.poller != asset.uplink else set()


def _is_asked_from_afar(asset: Asset, known: Mapping[Key, Asset]) -> bool:
    """Tell whether the server that asks it stands at another site."""
    poller = known.get((asset.gemeente, asset.poller))
    return poller is not None and poller.site != asset.site


def _links(region: Region) -> defaultdict[Key, list[Key]]:
    """Return the circuits of each site, by (gemeente, site)."""
    links: defaultdict[Key, list[Key]] = defaultdict(list)
    for asset in region.assets:
        if asset.kind == "link":
            links[asset.gemeente, asset.site].append(asset.key)
    return links


def _above(direct: Mapping[Key, frozenset[Key]]) -> dict[Key, set[Key]]:
    """Return everything above each; of two that are above each other neither counts."""
    found = {key: _ancestors(key, direct) for key in direct}
    return {key: {one for one in above if key not in found[one]} for key, above in found.items()}


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
