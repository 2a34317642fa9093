"""What is probed can be probed: targets fit their probe, links have something that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory.draft import text_of
from regiowacht_inventory.values import has_userinfo, is_address, is_url, split_host_port

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_inventory.checks.whole import Whole

_FITS: Mapping[str, Callable[[str], object]] = {"tcp": split_host_port, "http": is_url, "icmp": is_address}


def check(whole: Whole) -> None:
    """Note targets of the wrong shape, links nobody can measure, servers polled though they have an agent."""
    for declared in whole.gemeenten:
        draft = declared.draft
        for path, service in draft.items("services"):
            probe, target = text_of(service, "probe"), text_of(service, "target")
            if target is not None and has_userinfo(target):
                draft.note((*path, "target"), "inventory.secret-in-url")
            elif probe and probe in _FITS and target and not _FITS[probe](target):
                draft.note((*path, "target"), f"inventory.target-{probe}", value=target[:60])
        for path, link in draft.uplinks():
            if link.get("device") is None and link.get("far_end") is None and "name" in link:
                draft.note(path, "inventory.link-unmeasured", value=(text_of(link, "name") or "…")[:63])
        for path, server in draft.items("servers"):
            if server.get("polled_by") is not None and server.get("relay") is None:
                name = (text_of(server, "name") or "…")[:63]
                draft.note((*path, "polled_by"), "inventory.polled-itself", at_key=True, value=name)
