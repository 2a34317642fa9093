"""Chooses assets by words such as ``gemeente=zandbeke kind=switch,router``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.errors import UsageError
from regiowacht_contract.labels import LAGEN
from regiowacht_contract.nearest import nearest
from regiowacht_inventory.kinds import ASSET_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from regiowacht_inventory.assets import Asset
    from regiowacht_inventory.region import Region

KEYS = ("gemeente", "site", "name", "kind", "laag", "traject")


def select(region: Region, words: Sequence[str]) -> tuple[Asset, ...]:
    """Return the assets that every word allows, in the region's order.

    A word is ``KEY=VALUE[,VALUE…]``; an asset passes a word when it matches one of its values. ``traject=NAME`` means
    the assets of the traject's gemeenten in the traject's laag.

    Raises:
        UsageError: a word that is not of that shape, or a key or value that the region does not have.
    """
    passes = [_test(region, word) for word in words]
    return tuple(asset for asset in region.assets if all(test(asset) for test in passes))


def _test(region: Region, word: str) -> Callable[[Asset], bool]:
    key, equals, rest = word.partition("=")
    if not equals:
        raise UsageError("inventory.select-shape", word=word, keys=", ".join(KEYS))
    if key not in KEYS:
        raise UsageError("inventory.select-key", key=key, nearest=nearest(key, KEYS) or KEYS[0], keys=", ".join(KEYS))
    values = [value.strip() for value in rest.split(",")]
    _refuse_unknown(key, values, _known(region, key))
    if key == "traject":
        return _traject_test(region, set(values))
    wanted = set(values)
    return lambda asset: getattr(asset, key) in wanted


def _refuse_unknown(key: str, values: Sequence[str], known: Collection[str]) -> None:
    for value in values:
        if value not in known:
            close = nearest(value, known)
            text = "inventory.select-value-near" if close else "inventory.select-value"
            raise UsageError(text, key=key, value=value, nearest=close, known=", ".join(sorted(known)[:12]))


def _known(region: Region, key: str) -> Collection[str]:
    if key == "gemeente":
        return [gemeente.gemeente for gemeente in region.gemeenten]
    if key == "site":
        return {site for gemeente in region.gemeenten for site in gemeente.sites}
    if key == "name":
        return {asset.name for asset in region.assets}
    if key == "traject":
        return [traject.name for traject in region.trajecten]
    return ASSET_KINDS if key == "kind" else LAGEN


def _traject_test(region: Region, names: set[str]) -> Callable[[Asset], bool]:
    pairs = {
        (member, traject.laag) for traject in region.trajecten if traject.name in names for member in traject.members
    }
    return lambda asset: (asset.gemeente, asset.laag) in pairs
