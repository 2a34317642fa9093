"""Whoever is to hear of something can be reached, and maintenance windows begin before they end."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from regiowacht_inventory.draft import items_of, text_of
from regiowacht_inventory.shown import shown_text
from regiowacht_inventory.values import CLOCK, MOMENT, is_slug

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from regiowacht_inventory.checks.whole import Declared, Whole
    from regiowacht_inventory.draft import Draft, Item
    from regiowacht_inventory.nodes import Path, Raw

WAYS = ("email", "webhook", "teams", "ntfy")
WITH_TOKEN = ("webhook", "ntfy")
LONGEST = timedelta(days=14)


def check(whole: Whole) -> None:
    """Note receivers that are not there or lead nowhere, and windows that nobody can mean."""
    if whole.region is None or not whole.region.is_parsed:
        return
    regions = _named(whole.region.data.get("alerts"))
    _check_place(whole.region, ("alerts",), whole.region.data.get("alerts"), regions)
    _check_leveranciers(whole.region, regions)
    for window, item in _items(whole.region.data.get("alerts"), ("alerts",), "windows"):
        _check_window(whole.region, window, item)
        _check_leverancier(whole, whole.region, window, item)
    for declared in whole.gemeenten:
        draft = declared.draft
        alerts = draft.data.get("alerts")
        for name in sorted(_named(alerts) & regions):
            draft.note(("alerts", "receivers", name), "inventory.receiver-twice", at_key=True, value=shown_text(name))
        _check_place(draft, ("alerts",), alerts, regions | _named(alerts))
        for window, item in _items(alerts, ("alerts",), "windows"):
            _check_window(draft, window, item)
            _check_leverancier(whole, draft, window, item)
            _check_reach(declared, window, item)
    _check_smtp(whole)


def _check_place(draft: Draft, path: Path, alerts: Raw, known: Collection[str]) -> None:
    """Check the receivers and routes that stand at one place."""
    receivers = _mapping(_mapping(alerts).get("receivers"))
    for name, receiver in receivers.items():
        if isinstance(receiver, dict):
            _check_receiver(draft, (*path, "receivers", name), receiver)
    _check_routes(draft, path, alerts, known)


def _check_receiver(draft: Draft, path: Path, receiver: Mapping[str, Raw]) -> None:
    ways = [way for way in WAYS if receiver.get(way) not in (None, [])]
    if len(ways) != 1:
        draft.note(path, "inventory.receiver-ways", at_key=True, value=shown_text(str(path[-1])), count=len(ways))
    elif receiver.get("token") is not None and ways[0] not in WITH_TOKEN:
        draft.note((*path, "token"), "inventory.receiver-token", at_key=True, way=ways[0])


def _check_routes(draft: Draft, path: Path, alerts: Raw, known: Collection[str]) -> None:
    for place, route in _items(alerts, path, "to"):
        names = route.get("to")
        if names == []:
            draft.note((*place, "to"), "inventory.route-to-nobody", at_key=True)
        for index, name in enumerate(names if isinstance(names, list) else ()):
            if isinstance(name, str) and name not in known:
                _no_receiver(draft, (*place, "to", index), name, known)


def _no_receiver(draft: Draft, path: Path, name: str, known: Collection[str]) -> None:
    close = draft.nearest(name, known)
    if close:
        draft.note(path, "inventory.no-receiver-near", value=shown_text(name), nearest=close)
    else:
        # Someone may have written a mail address or a URL with a secret here: only a name is repeated.
        value = shown_text(name) if is_slug(name) else "…"
        draft.note(path, "inventory.no-receiver", value=value, known=draft.some_of(known) or "-")


def _check_leveranciers(region: Draft, known: Collection[str]) -> None:
    for slug, leverancier in _mapping(region.data.get("leveranciers")).items():
        _check_routes(region, ("leveranciers", slug, "alerts"), _mapping(leverancier).get("alerts"), known)


def _check_smtp(whole: Whole) -> None:
    """Note mail addresses where no server takes mail, once."""
    if whole.region is None or _mapping(whole.region.data.get("alerts")).get("smtp") is not None:
        return
    for draft in (whole.region, *(declared.draft for declared in whole.gemeenten)):
        receivers = _mapping(_mapping(draft.data.get("alerts")).get("receivers"))
        for name, receiver in receivers.items():
            if _mapping(receiver).get("email"):
                draft.note(("alerts", "receivers", name, "email"), "inventory.no-smtp", at_key=True)
                return


def _check_window(draft: Draft, path: Path, window: Mapping[str, Raw]) -> None:
    first, last = text_of(window, "from"), text_of(window, "until")
    if not (first and last and re.fullmatch(MOMENT, first) and re.fullmatch(MOMENT, last)):
        return
    comes_back = window.get("days") not in (None, [])
    for key, text in (("from", first), ("until", last)):
        if bool(re.fullmatch(CLOCK, text)) is not comes_back:
            wrong = "inventory.window-clock" if comes_back else "inventory.window-moment"
            draft.note((*path, key), wrong, key=key, value=shown_text(text))
            return
    if window.get("week") is not None and not comes_back:
        draft.note((*path, "week"), "inventory.window-week", at_key=True)
    if not comes_back:
        _check_length(draft, path, first, last)
    elif first == last:
        draft.note((*path, "until"), "inventory.window-empty", first=first, until=last)


def _check_length(draft: Draft, path: Path, first: str, last: str) -> None:
    try:
        length = datetime.fromisoformat(last) - datetime.fromisoformat(first)
    except ValueError:  # the 30th of February
        draft.note((*path, "from"), "inventory.window-no-day", first=shown_text(first), until=shown_text(last))
        return
    if length <= timedelta():
        draft.note((*path, "until"), "inventory.window-empty", first=first, until=last)
    elif length > LONGEST:
        draft.note((*path, "until"), "inventory.window-endless", first=first, until=last, days=LONGEST.days)


def _check_leverancier(whole: Whole, draft: Draft, path: Path, window: Mapping[str, Raw]) -> None:
    value, known = text_of(window, "leverancier"), whole.leveranciers
    if value is not None and known is not None and value not in known:
        _leads_nowhere(draft, (*path, "leverancier"), value, known, "leverancier")


def _check_reach(declared: Declared, path: Path, window: Mapping[str, Raw]) -> None:
    site, asset = text_of(window, "site"), text_of(window, "asset")
    if site is not None and declared.sites is not None and site not in declared.sites:
        _leads_nowhere(declared.draft, (*path, "site"), site, declared.sites, "site")
    assets = set(_assets(declared))
    if asset is not None and asset not in assets:
        _leads_nowhere(declared.draft, (*path, "asset"), asset, assets, "asset-here")


def _assets(declared: Declared) -> Iterator[str]:
    draft = declared.draft
    sections = [item for section in ("servers", "devices", "services") for item in draft.items(section)]
    for _, item in [*sections, *draft.uplinks()]:
        name = text_of(item, "name")
        if name is not None:
            yield name


def _leads_nowhere(draft: Draft, path: Path, value: str, known: Collection[str], what: str) -> None:
    close = draft.nearest(value, known)
    if close:
        draft.note(path, f"inventory.no-{what}-near", value=shown_text(value), nearest=close)
    else:
        draft.note(path, f"inventory.no-{what}", value=shown_text(value), known=draft.some_of(known))


def _items(alerts: Raw, path: Path, key: str) -> Iterator[Item]:
    return items_of(_mapping(alerts).get(key), (*path, key))


def _named(alerts: Raw) -> set[str]:
    return set(_mapping(_mapping(alerts).get("receivers")))


def _mapping(raw: Raw) -> Mapping[str, Raw]:
    return raw if isinstance(raw, dict) else {}
