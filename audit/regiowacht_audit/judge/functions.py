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


FUNCTIONS: dict[str, Callable[[Sheet, str, Mapping[str, Any]], Verdict]] = {
    "discloses_nothing": discloses_nothing,
    "v3_alone": v3_alone,
}
