"""Finds the assets that a neighbour's name may mean, however each side writes it."""

from __future__ import annotations

import re
from bisect import bisect_left
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from regiowacht_inventory.neighbours.heard import Key

_MAC = re.compile(r"[0-9a-f]{2}([:-]?[0-9a-f]{2}){5,}|[0-9a-f]{4}([.-][0-9a-f]{4}){2}|[0-9a-f]{6}-[0-9a-f]{6}")
_SERIAL = re.compile(r"\([^()]*\)$")
_BETWEEN = re.compile(r"[.:-]")
CUT_FROM = 12
"""A name of at least so many characters may be the beginning of a longer one; a shorter one is taken as it is."""


def normal(name: str) -> str:
    """Return a name as names are compared: lower case, no dot at the end, no serial number behind it, as CatOS adds.

    A hardware address is its digits alone.
    """
    text = name.strip().casefold().rstrip(".")
    if _MAC.fullmatch(text):
        return _BETWEEN.sub("", text)
    return _SERIAL.sub("", text).strip() or text


def is_address(name: str) -> bool:
    """Tell whether it is a hardware or IP address rather than a name."""
    text = normal(name)
    if _MAC.fullmatch(text):
        return True
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def host(name: str) -> str:
    """Return a normal name without its domain; an address stays whole."""
    return name if is_address(name) else name.partition(".")[0]


def is_same(one: str, other: str) -> bool:
    """Tell whether two normal names are the same but for a domain that one of them leaves out."""
    short, long = sorted((one, other), key=len)
    return short == long or (long.startswith(f"{short}.") and host(short) == short)


class Names:
    """Names of assets, of which several may have the same."""

    def __init__(self, names: Mapping[Key, Iterable[str]]) -> None:
        self._by_host: dict[str, set[tuple[str, Key]]] = {}
        for key, told in names.items():
            for name in filter(None, map(normal, told)):
                self._by_host.setdefault(host(name), set()).add((name, key))
        self._sorted = sorted((name, key) for found in self._by_host.values() for name, key in found)

    def find(self, name: str) -> frozenset[Key]:
        """Return the assets of this name: those that write it just so, else those that add or leave out a domain."""
        text = normal(name)
        near = {(known, key) for known, key in self._by_host.get(host(text), ()) if is_same(known, text)}
        exact = frozenset(key for known, key in near if known == text)
        return exact or frozenset(key for _known, key in near)

    def begin(self, name: str) -> frozenset[Key]:
        """Return the assets whose name begins with this one, which its protocol may have cut short."""
        text = normal(name)
        return frozenset(self._beginning(text)) if len(text) >= CUT_FROM and not is_address(text) else frozenset()

    def _beginning(self, text: str) -> Iterator[Key]:
        for name, key in self._sorted[bisect_left(self._sorted, (text,)) :]:
            if not name.startswith(text):
                return
            yield key
