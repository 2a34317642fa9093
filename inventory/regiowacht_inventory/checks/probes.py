"""What is probed can be probed: targets fit their probe, links have something that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import may_be_login, shown_text
from regiowacht_inventory.values import has_userinfo, is_address, is_url, split_host_port

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_inventory.checks.whole import Whole
    from regiowacht_inventory.nodes import Raw

_FITS: Mapping[str, Callable[[str], object]] = {"tcp": split_host_port, "http": is_url, "icmp": is_address}


def check(whole: Whole) -> None:
    """Note targets of the wrong shape, links nobody can measure, servers polled though they have an agent."""
    for declared in whole.gemeenten:
        draft = declared.draft
        for path, service in draft.items("services"):
            text = target_mistake(service)
            if text:
                draft.note((*path, "target"), text, value=shown_text(text_of(service, "target") or ""))
        for path, link in draft.uplinks():
            if is_unmeasured(link):
                draft.note(path, "inventory.link-unmeasured", value=shown_text(text_of(link, "name") or "…"))
        for path, server in draft.items("servers"):
            if server.get("polled_by") is not None and server.get("relay") is None:
                name = shown_text(text_of(server, "name") or "…")
                draft.note((*path, "polled_by"), "inventory.polled-itself", at_key=True, value=name)


def target_mistake(service: Mapping[str, Raw]) -> str | None:
    """Return the key of the text that says why a service's target does not fit its probe, or None when it does."""
    probe, target = text_of(service, "probe"), text_of(service, "target")
    if target is None or not target:
        return None
    if has_userinfo(target) or (may_be_login(target) and not is_url(target)):
        return "inventory.secret-in-url"
    if probe and probe in _FITS and not _FITS[probe](target):
        return f"inventory.target-{probe}"
    return None


def is_unmeasured(link: Mapping[str, Raw]) -> bool:
    """Tell whether an uplink has nothing that could answer for it."""
    return "name" in link and link.get("device") is None and link.get("far_end") is None
