"""Compares what hangs on what with the uplinks that the region folder declares."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from regiowacht_inventory.assets import Asset
    from regiowacht_inventory.neighbours.heard import Key, Told
    from regiowacht_inventory.neighbours.match import Edge

CARRIERS = frozenset({"router", "firewall", "modem", "switch"})
"""Kinds that others hang on."""

TOPS = frozenset({"router", "firewall", "modem"})
"""Kinds that stand at the top of a gemeente where no line says on which device it ends."""


@dataclass(frozen=True, slots=True)
class Uplinks:
    """What the neighbours say of uplinks; all sorted, keys are (gemeente, name).

    Attributes:
        proposed: device and the one that it hangs on, where nothing was declared and only one can be meant.
        choices: device and all that it may hang on, where nothing was declared.
        unheard: device and its declared uplink, both of which tell neighbours, but not each other.
        undeclared: pairs of devices that hear each other, neither of which is declared as the other's uplink.
    """

    proposed: Mapping[Key, Key] = field(default_factory=dict)
    choices: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict)
    unheard: Mapping[Key, Key] = field(default_factory=dict)
    undeclared: tuple[tuple[Key, Key], ...] = ()


def compare(assets: Iterable[Asset], told: Told, edges: Iterable[Edge]) -> Uplinks:
    """Return what is told of uplinks beside what is declared; only devices of one gemeente hang on each other."""
    known = tuple(assets)
    devices = {asset.key: asset for asset in known if asset.job == "snmp"}
    pairs = {
        (min(edge.heard.key, edge.remote), max(edge.heard.key, edge.remote))
        for edge in edges
        if edge.remote in devices and edge.heard.key in devices and edge.remote[0] == edge.heard.gemeente
    }
    declared = {key: (key[0], asset.uplink) for key, asset in devices.items() if asset.uplink}
    hung = {(min(pair), max(pair)) for pair in declared.items()}
    speakers = {heard.key for heard in told.heard}
    parents = dict(_parents(devices, pairs, declared, _tops(known, devices)))
    return Uplinks(
        proposed={key: found[0] for key, found in sorted(parents.items()) if len(found) == 1},
        choices={key: found for key, found in sorted(parents.items()) if len(found) > 1},
        unheard={
            low: up
            for low, up in sorted(declared.items())
            if {low, up} <= speakers and (min(low, up), max(low, up)) not in pairs
        },
        undeclared=tuple(sorted(pairs - hung)),
    )


def _tops(assets: Iterable[Asset], devices: Mapping[Key, Asset]) -> set[Key]:
    """Return the devices on which lines end; where a gemeente declares none, its routers, firewalls and modems."""
    ends = {(asset.gemeente, asset.uplink) for asset in assets if asset.kind == "link" and asset.uplink}
    told = {gemeente for gemeente, _name in ends}
    return ends | {key for key, asset in devices.items() if asset.kind in TOPS and asset.gemeente not in told}


def _parents(
    devices: Mapping[Key, Asset], pairs: set[tuple[Key, Key]], declared: Mapping[Key, Key], tops: set[Key]
) -> Iterator[tuple[Key, tuple[Key, ...]]]:
    """Yield every device without a declared uplink, and the devices one step nearer to the top that it may hang on."""
    heard = _sides(pairs)
    depth = _depths(_sides({*pairs, *declared.items()}), devices, tops)
    for key in devices.keys() - declared.keys() - tops:
        near = [
            one for one in heard.get(key, ()) if devices[one].kind in CARRIERS and not _hangs_on(one, key, declared)
        ]
        if devices[key].kind in CARRIERS:
            near = [one for one in near if key in depth and depth.get(one) == depth[key] - 1]
        if near:
            yield key, tuple(sorted(near))


def _sides(pairs: Iterable[tuple[Key, Key]]) -> dict[Key, set[Key]]:
    found: dict[Key, set[Key]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


def _depths(sides: Mapping[Key, set[Key]], devices: Mapping[Key, Asset], tops: set[Key]) -> dict[Key, int]:
    """Return how many steps every device is from a top, going through carriers only."""
    depth = dict.fromkeys(tops, 0)
    waiting = deque(sorted(tops))
    while waiting:
        key = waiting.popleft()
        for near in sorted(sides.get(key, ())):
            if near not in depth:
                depth[near] = depth[key] + 1
                if near in devices and devices[near].kind in CARRIERS:
                    waiting.append(near)
    return depth


def _hangs_on(key: Key, above: Key, declared: Mapping[Key, Key]) -> bool:
    """Tell whether a device hangs on another, directly or not, as declared."""
    passed: set[Key] = set()
    while key in declared and key not in passed:
        passed.add(key)
        key = declared[key]
        if key == above:
            return True
    return False
