"""Says of every neighbour which declared asset it is, or that nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from regiowacht_inventory.neighbours.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_inventory.assets import Asset
    from regiowacht_inventory.neighbours.heard import Heard, Key, Told

Status = Literal["matched", "ambiguous", "unmatched"]
NOT_DEVICES = frozenset({"link", "service"})


@dataclass(frozen=True, slots=True)
class Edge:
    """One neighbour, and what it is.

    Attributes:
        heard: as the device tells it.
        status: ``matched``: one declared asset; ``ambiguous``: it may be several, or the device itself; ``unmatched``:
            nothing that was declared.
        remote: the asset, or None.
        candidates: the assets that it may be, sorted; of an ambiguous neighbour.
        is_one_sided: the other side tells neighbours too, and this device is not among them.
    """

    heard: Heard
    status: Status
    remote: Key | None = None
    candidates: tuple[Key, ...] = ()
    is_one_sided: bool = False


def match(assets: Iterable[Asset], told: Told) -> tuple[Edge, ...]:
    """Return an edge for every neighbour told, in their order.

    What an asset calls itself goes before the name that it was declared by, and its own gemeente before all others. Of
    several that it may be, it is the one that hears this device in turn. A name that may have been cut short is never
    enough by itself.
    """
    finder = _Finder(assets, told)
    found = [(heard, *finder.find(heard)) for heard in told.heard]
    sure = {(heard.key, keys[0]) for heard, keys, is_sure in found if is_sure}
    ports = {(heard.key, keys[0], heard.remote_port) for heard, keys, is_sure in found if is_sure}
    chosen = [
        (heard, keys, keys[0] if is_sure else _in_turn(heard, keys, sure, ports)) for heard, keys, is_sure in found
    ]
    pairs = {(heard.key, remote) for heard, _keys, remote in chosen if remote}
    speakers = {heard.key for heard in told.heard}
    return tuple(_edge(heard, keys, remote, pairs, speakers) for heard, keys, remote in chosen)


def _edge(
    heard: Heard, keys: tuple[Key, ...], remote: Key | None, pairs: set[tuple[Key, Key]], speakers: set[Key]
) -> Edge:
    if remote is None:
        return Edge(heard, "ambiguous" if keys else "unmatched", candidates=keys)
    return Edge(heard, "matched", remote, is_one_sided=remote in speakers and (remote, heard.key) not in pairs)


def _in_turn(
    heard: Heard, keys: tuple[Key, ...], sure: set[tuple[Key, Key]], ports: set[tuple[Key, Key, str]]
) -> Key | None:
    """Return the one that hears this device in turn, if need be at this very port."""
    back = [key for key in keys if (key, heard.key) in sure]
    if len(back) > 1:
        back = [key for key in back if (key, heard.key, heard.local_port) in ports]
    return back[0] if len(back) == 1 else None


class _Finder:
    def __init__(self, assets: Iterable[Asset], told: Told) -> None:
        kept = [asset.key for asset in assets if asset.kind not in NOT_DEVICES]
        gemeenten = {gemeente for gemeente, _name in kept}
        self._of = {one: self._names([key for key in kept if key[0] == one], told) for one in gemeenten}
        self._all = self._names(kept, told)

    def _names(self, keys: list[Key], told: Told) -> tuple[Names, Names]:
        own = Names({key: told.own_names.get(key, ()) for key in keys})
        return own, Names({key: (key[1],) for key in keys})

    def find(self, heard: Heard) -> tuple[tuple[Key, ...], bool]:
        """Return the assets that a neighbour may be, and whether there is no doubt."""
        scopes = [*filter(None, [self._of.get(heard.gemeente)]), self._all]
        tables = [names for scope in scopes for names in scope]
        for keys in (names.find(heard.remote_name) for names in tables):
            others = tuple(sorted(keys - {heard.key})) or tuple(keys)
            if others:
                return others, len(others) == 1 and others[0] != heard.key
        cut = {key for names in tables[:2] for key in names.begin(heard.remote_name)} - {heard.key}
        return tuple(sorted(cut)), False
