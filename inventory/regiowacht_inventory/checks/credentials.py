"""A credential has the keys its protocol needs, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory.draft import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_inventory.checks.whole import Whole
    from regiowacht_inventory.draft import Draft
    from regiowacht_inventory.nodes import Raw

_NEEDS = {"1": ("community",), "2c": ("community",), "3": ("user",), None: ("user",)}
_TAKES = {
    "1": {"version", "community", "port"},
    "2c": {"version", "community", "port"},
    "3": {"version", "user", "auth", "priv", "port"},
    None: {"user", "password", "enable", "key", "port"},
}
_KEYS = frozenset().union(*_TAKES.values())


def check(whole: Whole) -> None:
    """Note missing and superfluous keys of every credential."""
    if whole.region is None:
        return
    for slug, raw in (whole.credentials or {}).items():
        if isinstance(raw, dict):
            _check_one(whole.region, slug, raw)


def _check_one(region: Draft, slug: str, raw: Mapping[str, Raw]) -> None:
    version = text_of(raw, "version")
    if version not in _NEEDS or (version is None and "version" in raw) or not raw.keys() <= _KEYS:
        return  # the schema has told
    what = f"SNMP {version}" if version else "SSH"
    path = ("credentials", slug)
    if version is None and "community" in raw:
        region.note(path, "inventory.credential-version", at_key=True)
        return
    for key in _NEEDS[version]:
        if raw.get(key) is None:
            region.note(path, "inventory.credential-needs", at_key=True, what=what, key=key)
    for key in raw.keys() - _TAKES[version]:
        region.note((*path, key), "inventory.credential-takes-not", at_key=True, what=what, key=key)
    if version is None and raw.get("password") is None and raw.get("key") is None:
        region.note(path, "inventory.credential-needs", at_key=True, what=what, key="password")
    if version == "3" and "priv" in raw and "auth" not in raw:
        region.note(path, "inventory.credential-priv", at_key=True)
