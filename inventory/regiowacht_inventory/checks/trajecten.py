"""A traject names gemeenten that exist, each in one role, over days in the right order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import shown_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_inventory.checks.whole import Whole
    from regiowacht_inventory.draft import Draft
    from regiowacht_inventory.nodes import Path, Raw

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def check(whole: Whole) -> None:
    """Note gemeenten that are not there or stand twice, trajecten without trekkers, days in the wrong order."""
    if whole.region is None:
        return
    for path, item in whole.region.items("trajecten"):
        _check_members(whole, whole.region, path, item)
        _check_days(whole.region, path, item)


def _check_members(whole: Whole, region: Draft, path: Path, item: Mapping[str, Raw]) -> None:
    if item.get("trekkers") == []:
        region.note((*path, "trekkers"), "inventory.no-trekkers", at_key=True)
    first: dict[str, Path] = {}
    for role in ("trekkers", "volgers"):
        members = item.get(role)
        for index, member in enumerate(members if isinstance(members, list) else ()):
            if isinstance(member, str):
                place = (*path, role, index)
                _check_member(whole, region, place, member)
                before = first.setdefault(member, place)
                if before is not place:
                    text = "inventory.member-twice" if before[-2] == role else "inventory.member-both"
                    region.note(place, text, value=shown_text(member), other=(region, before))


def _check_member(whole: Whole, region: Draft, place: Path, member: str) -> None:
    if member in whole.slugs:
        return
    close = region.nearest(member, whole.slugs)
    if close:
        region.note(place, "inventory.no-gemeente-near", value=shown_text(member), nearest=close)
    else:
        region.note(
            place, "inventory.no-gemeente", value=shown_text(member), wanted=f"gemeenten/{shown_text(member)}.yml"
        )


def _check_days(region: Draft, path: Path, item: Mapping[str, Raw]) -> None:
    first, last = text_of(item, "from"), text_of(item, "until")
    if first and last and _DAY.fullmatch(first) and _DAY.fullmatch(last) and last < first:
        region.note((*path, "until"), "inventory.until-before-from", until=last, first=first)
