"""No name, id or code stands for two things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory import collector_probe
from regiowacht_inventory.checks.whole import SECTIONS, Whole
from regiowacht_inventory.codes import normal_code
from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_inventory.draft import Draft, Item
    from regiowacht_inventory.nodes import Path


def check(whole: Whole) -> None:
    """Note names used twice in a gemeente, ids and codes used twice in the region, trajecten of one name."""
    is_asked = whole.region is not None and collector_probe.is_asked(whole.region.data.get("collector"))
    for declared in whole.gemeenten:
        _check_asset_names(declared.draft)
        if is_asked:
            _check_collectors_names(declared.draft)
    _check_across(whole)
    if whole.region:
        _check_trajecten(whole.region)


def _asset_items(draft: Draft) -> Iterator[Item]:
    yield from draft.uplinks()
    for section in SECTIONS:
        yield from draft.items(section)


def _check_asset_names(draft: Draft) -> None:
    first: dict[str, Path] = {}
    for path, item in _asset_items(draft):
        name = text_of(item, "name")
        if name is None:
            continue
        before = first.setdefault(name, path)
        if before is not path:
            draft.note((*path, "name"), "inventory.name-twice", name=shown_text(name), other=(draft, (*before, "name")))


def _check_collectors_names(draft: Draft) -> None:
    """Note what is called as the collector is that a site asks; also of sites that do not ask yet, for they may."""
    taken = {collector_probe.name_of(slug): slug for slug, _ in draft.sites()}
    for path, item in _asset_items(draft):
        name = text_of(item, "name")
        if name in taken:
            draft.note((*path, "name"), "inventory.name-of-collector", name=shown_text(name), site=taken[name])


def _check_across(whole: Whole) -> None:
    ids: dict[str, Draft] = {}
    codes: dict[tuple[str | None, str], Draft] = {}
    for declared in whole.gemeenten:
        draft = declared.draft
        number = text_of(draft.data, "id")
        if number is not None and number.isdigit():
            before = ids.setdefault(number, draft)
            if before is not draft:
                draft.note(("id",), "inventory.id-twice", id=shown_text(number, 20), other=(before, ("id",)))
        country, code = text_of(draft.data, "country"), text_of(draft.data, "code")
        normal = normal_code(country, code)
        if normal is not None:
            before = codes.setdefault((country, normal), draft)
            if before is not draft:
                draft.note(("code",), "inventory.code-twice", code=normal, other=(before, ("code",)))


def _check_trajecten(region: Draft) -> None:
    first: dict[str, Path] = {}
    for path, item in region.items("trajecten"):
        name = text_of(item, "name")
        if name is None:
            continue
        before = first.setdefault(name, path)
        if before is not path:
            region.note(
                (*path, "name"), "inventory.name-twice", name=shown_text(name), other=(region, (*before, "name"))
            )
