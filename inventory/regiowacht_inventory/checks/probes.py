"""What is probed can be probed: targets fit their probe, links have something that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_inventory.draft import text_of
from regiowacht_inventory.shown import may_be_login, shown_text
from regiowacht_inventory.values import has_userinfo, is_address, is_url, split_host_port

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_inventory.checks.whole import Whole
    from regiowacht_inventory.draft import Draft
    from regiowacht_inventory.nodes import Path, Raw


def _is_server(text: str) -> bool:
    return bool(is_address(text) or split_host_port(text))


_FITS: Mapping[str, Callable[[str], object]] = {
    "tcp": split_host_port,
    "http": is_url,
    "icmp": is_address,
    "dns": _is_server,
    "ntp": _is_server,
}
_ONLY: Mapping[str, str] = {"contains": "http", "status": "http", "ca": "http", "query": "dns", "record": "dns"}
"""Keys of a service that belong to one probe."""

_OF_RELAY = ("relay_user", "relay_password", "relay_token", "relay_ca")


def check(whole: Whole) -> None:
    """Note targets of the wrong shape, links nobody can measure, servers polled though they have an agent."""
    for declared in whole.gemeenten:
        draft = declared.draft
        for path, service in draft.items("services"):
            text = target_mistake(service)
            if text:
                draft.note((*path, "target"), text, value=shown_text(text_of(service, "target") or ""))
            _check_keys(draft, path, service)
        for path, link in draft.uplinks():
            if is_unmeasured(link):
                draft.note(path, "inventory.link-unmeasured", value=shown_text(text_of(link, "name") or "…"))
        for path, server in draft.items("servers"):
            if server.get("polled_by") is not None and server.get("relay") is None:
                name = shown_text(text_of(server, "name") or "…")
                draft.note((*path, "polled_by"), "inventory.polled-itself", at_key=True, value=name)
            _check_login(draft, path, server)


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


def _check_keys(draft: Draft, path: Path, service: Mapping[str, Raw]) -> None:
    """Note keys that belong to another probe, and a name server of which nothing is asked."""
    probe = text_of(service, "probe")
    if probe not in _FITS:
        return
    for key, wanted in _ONLY.items():
        if service.get(key) is not None and probe != wanted:
            draft.note((*path, key), "inventory.key-of-probe", at_key=True, key=key, wanted=wanted, probe=probe)
    if probe == "dns" and service.get("query") is None:
        draft.note(path, "inventory.query-missing", value=shown_text(text_of(service, "name") or "…"))


def _check_login(draft: Draft, path: Path, server: Mapping[str, Raw]) -> None:
    """Note what proves who asks for a page where there is no page, half of it, or two ways at once."""
    given = [key for key in _OF_RELAY if server.get(key) is not None]
    if given and server.get("relay") is None:
        draft.note((*path, given[0]), "inventory.without-relay", at_key=True, key=given[0])
    elif ("relay_user" in given) != ("relay_password" in given):
        key = "relay_user" if "relay_user" in given else "relay_password"
        draft.note((*path, key), "inventory.half-login", at_key=True, key=key)
    elif "relay_user" in given and "relay_token" in given:
        draft.note((*path, "relay_token"), "inventory.two-logins", at_key=True)


def is_unmeasured(link: Mapping[str, Raw]) -> bool:
    """Tell whether an uplink has nothing that could answer for it."""
    return "name" in link and link.get("device") is None and link.get("far_end") is None
