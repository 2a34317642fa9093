"""Everything that must be asked from outside has someone who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_inventory.checks.whole import Whole
    from regiowacht_inventory.draft import Draft


def check(whole: Whole) -> None:
    """Note sites with things to poll and nobody to poll them, and a standby that is the poller itself."""
    for declared in whole.gemeenten:
        waiting: dict[str, list[str]] = {}
        for site, name in _waiting(declared.draft):
            waiting.setdefault(site, []).append(name)
        for slug, data in declared.draft.sites():
            path = ("sites", slug)
            if slug in waiting and data.get("poller") is None:
                names = waiting[slug]
                shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
                declared.draft.note(
                    path, "inventory.no-poller", at_key=True, site=shown_text(slug), count=len(names), names=shown
                )
            standby = text_of(data, "standby")
            if standby is not None and standby == data.get("poller"):
                declared.draft.note((*path, "standby"), "inventory.standby-is-poller", value=shown_text(standby))


def _waiting(draft: Draft) -> Iterator[tuple[str, str]]:
    """Yield site and name of everything that needs its site's poller."""
    for path, item in draft.uplinks():
        yield str(path[1]), shown_text(text_of(item, "name") or "…")
    for section in ("servers", "devices", "services"):
        for _, item in draft.items(section):
            site = text_of(item, "site")
            asks_itself = section == "servers" and item.get("relay") is None
            if site is not None and not asks_itself and item.get("polled_by") is None:
                yield site, shown_text(text_of(item, "name") or "…")
