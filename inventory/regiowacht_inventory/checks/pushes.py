"""Agents that are to push have somewhere to push to, over a line that nobody listens in on."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from regiowacht_inventory.checks.references import has_agent
from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import shown_text
from regiowacht_inventory.values import is_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_inventory.checks.whole import Whole
    from regiowacht_inventory.draft import Draft
    from regiowacht_inventory.nodes import Path, Raw

ONLY = ("interval", "proxy")
"""Keys that are for nothing where nobody pushes."""


def check(whole: Whole) -> None:
    """Note a push to nowhere or in the clear, and what is said of a push by a server that does not push."""
    _keys_of_no_push(whole)
    if whole.region is None or not whole.region.is_parsed:
        return
    said = next(_said(whole), None)
    if said is None:
        return
    collector = _mapping(whole.region.data.get("collector"))
    url = text_of(collector, "url")
    if not collector.get("url"):
        said[0].note(said[1], "inventory.push-nowhere")
    elif url and is_url(url) and not _is_safe(url):
        whole.region.note(("collector", "url"), "inventory.push-in-the-clear", value=shown_text(url))


def _said(whole: Whole) -> Iterator[tuple[Draft, Path]]:
    """Yield every place that says ``deliver: push``; a place with another mistake in it too."""
    if whole.region is not None and _deliver(whole.region.data) == "push":
        yield whole.region, ("agent", "deliver")
    for declared in whole.gemeenten:
        draft = declared.draft
        if _deliver(draft.data) == "push":
            yield draft, ("agent", "deliver")
        for path, server in draft.items("servers"):
            if has_agent(server) and _deliver(server) == "push":
                yield draft, (*path, "agent", "deliver")


def _keys_of_no_push(whole: Whole) -> None:
    region = whole.region.data if whole.region else {}
    for declared in whole.gemeenten:
        draft = declared.draft
        for path, server in draft.items("servers"):
            levels = (server, draft.data, region)
            if not has_agent(server) or next(filter(None, map(_deliver, levels)), "scrape") != "scrape":
                continue
            name = shown_text(text_of(server, "name") or "…")
            for key in ONLY:
                if _mapping(server.get("agent")).get(key) is not None:
                    draft.note((*path, "agent", key), "inventory.without-push", at_key=True, key=key, value=name)


def _is_safe(url: str) -> bool:
    """Tell whether a credential may go there: over TLS, or on this machine alone (trying it out)."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _deliver(level: Mapping[str, Raw]) -> str | None:
    return text_of(_mapping(level.get("agent")), "deliver")


def _mapping(raw: Raw) -> Mapping[str, Raw]:
    return raw if isinstance(raw, dict) else {}
