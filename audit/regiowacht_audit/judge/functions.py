"""What a rule asks of facts where plain tests end: small functions, by the name that a rule's file uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from regiowacht_audit.judge.verdict import Verdict, of_items

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_audit.facts.sheet import Sheet

VERSION = re.compile(
    r"\b\d+\.\d+\(?\d*\)?[A-Z0-9.]*\b|\b(?:IOS|NX-OS|Junos|JUNOS|FortiOS|RouterOS|Comware|EXOS|ProCurve)\b"
)


def discloses_nothing(sheet: Sheet, fact: str, _params: Mapping[str, Any]) -> Verdict:
    """Tell whether no banner names the device, its system or its version."""
    found = sheet.get(fact)
    if found.origin == "unknown":
        return Verdict(None, (), (), fact)
    hostname = sheet.get("identity.hostname").value
    name = hostname.casefold() if isinstance(hostname, str) and len(hostname) > 3 else None
    bad = [
        one
        for one in found.items
        if VERSION.search(str(one.traits.get("text") or ""))
        or (name and name in str(one.traits.get("text")).casefold())
    ]
    return of_items(fact, found.items, bad, (), found.lines)


def v3_alone(sheet: Sheet, fact: str, _params: Mapping[str, Any]) -> Verdict:
    """Tell whether SNMP is spoken as version 3 alone: users, and no community, not for traps either."""
    communities, users = sheet.get("snmp_server.communities"), sheet.get("snmp_server.users")
    if communities.items:
        return of_items(fact, communities.items, communities.items, (), ())
    if users.items and communities.origin != "unknown":
        return of_items(fact, users.items, (), (), users.lines)
    return Verdict(None, (), (), fact)


def all_encrypted(sheet: Sheet, fact: str, _params: Mapping[str, Any]) -> Verdict:
    """Tell whether every SNMP v3 user must prove who he is and is encrypted (authPriv)."""
    users = sheet.get(fact)
    bad = [one for one in users.items if one.traits.get("level") in {"noauth", "auth"}]
    unsure = [one for one in users.items if one.traits.get("level") is None]
    return of_items(fact, users.items, bad, unsure, users.lines)


def none_writes(sheet: Sheet, fact: str, _params: Mapping[str, Any]) -> Verdict:
    """Tell whether no SNMP v3 user may write; a user of whom that is not told does no harm to the verdict."""
    users = sheet.get(fact)
    bad = [one for one in users.items if one.traits.get("access") == "rw"]
    return of_items(fact, users.items, bad, (), ())


def snmp_is_restricted(sheet: Sheet, fact: str, _params: Mapping[str, Any]) -> Verdict:
    """Tell whether every community, and every v3 user or group, answers listed addresses alone."""
    found = [sheet.get("snmp_server.communities"), sheet.get("snmp_server.users")]
    items = [one for each in found for one in each.items if one.traits.get("access") != "trap"]
    bad = [one for one in items if one.traits.get("restricted") is False]
    unsure = [one for one in items if one.traits.get("restricted") is None]
    return of_items(fact, items, bad, unsure, ()) if items else Verdict(None, (), (), fact)


def not_too_many(sheet: Sheet, fact: str, params: Mapping[str, Any]) -> Verdict:
    """Tell whether there are at most ``max_accounts`` local accounts."""
    users = sheet.get(fact)
    if users.origin == "unknown":
        return Verdict(None, (), (), fact)
    too_many = users.items if len(users.items) > params["max_accounts"] else ()
    return of_items(fact, users.items, too_many, (), users.lines)


def no_items(sheet: Sheet, fact: str, _params: Mapping[str, Any]) -> Verdict:
    """Tell whether there is none of them."""
    found = sheet.get(fact)
    if found.origin == "unknown":
        return Verdict(None, (), (), fact)
    return of_items(fact, found.items, found.items, (), found.lines)


FUNCTIONS: dict[str, Callable[[Sheet, str, Mapping[str, Any]], Verdict]] = {
    "all_encrypted": all_encrypted,
    "discloses_nothing": discloses_nothing,
    "no_items": no_items,
    "none_writes": none_writes,
    "not_too_many": not_too_many,
    "snmp_is_restricted": snmp_is_restricted,
    "v3_alone": v3_alone,
}
