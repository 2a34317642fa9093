"""Makes of new devices the rows that an import of a spreadsheet would have: names safe and unique, a site for each."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Problem
from regiowacht_inventory.discovered.match import host_name
from regiowacht_inventory.importing.sheet import Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_inventory.discovered.answer import Found
    from regiowacht_inventory.schema import Device, Gemeente, Server

NAME_MAX = 60
NOBODYS = frozenset({"", "localhost", "switch", "router", "printer", "unknown", "none", "default", "noname"})
"""What devices are called that nobody gave a name."""


def sheet_of(file: str, found: Iterable[Found], gemeente: Gemeente, site: str) -> tuple[Sheet, list[Problem]]:
    """Return rows for new devices, and why the others have none.

    Args:
        file: that they come from, as people may type it.
        found: devices.
        gemeente: where they are to stand.
        site: slug of their site; "": the one that others near their address stand at.
    """
    rows: list[Row] = []
    problems: list[Problem] = []
    taken = names_of(gemeente)
    for place, one in enumerate(found, 1):
        where = site or site_of(one.address, gemeente)
        if one.kind == "server":
            problems.append(Problem(file, 0, "discover.is-server", {"address": one.address, "name": one.name or "-"}))
        elif not where:
            problems.append(Problem(file, 0, "discover.no-site", {"address": one.address, "name": one.name or "-"}))
        else:
            cells = {
                "gemeente": gemeente.gemeente,
                "site": where,
                "name": free_name(one, taken),
                "address": one.address,
                "kind": one.kind,
                "platform": one.platform,
                "snmp": one.credential,
            }
            rows.append(Row(place, {key: text for key, text in cells.items() if text}))
    return Sheet(file, tuple(rows), ()), problems


def names_of(gemeente: Gemeente) -> set[str]:
    """Return all names that are taken, to be compared."""
    names = [link.name for site in gemeente.sites.values() for link in site.uplinks]
    names += [server.name for server in gemeente.servers]
    names += [device.name for device in gemeente.devices]
    names += [service.name for service in gemeente.services]
    return {name.casefold() for name in names}


def free_name(found: Found, taken: set[str]) -> str:
    """Return a name for a device that no other has, and take it: its own, else one of its kind and address."""
    own = re.sub(r"[^a-z0-9_-]+", "-", host_name(found.name)).strip("-_")[:NAME_MAX].rstrip("-_")
    if own in NOBODYS:
        own = re.sub(r"[^a-z0-9]+", "-", f"{found.kind} {found.address}".lower()).strip("-")
    name, number = own, 1
    while name in taken:
        number += 1
        name = f"{own[: NAME_MAX - 4]}-{number}"
    taken.add(name)
    return name


def site_of(address: str, gemeente: Gemeente) -> str:
    """Return the slug of the only site, or of the one at which all neighbours of an address stand; "" for none."""
    if len(gemeente.sites) == 1:
        return next(iter(gemeente.sites))
    near = ipaddress.ip_network(f"{address}/{64 if ':' in address else 24}", strict=False)
    declared: list[Device | Server] = [*gemeente.devices, *gemeente.servers]
    sites = {one.site for one in declared if _is_in(one.address, near)}
    return sites.pop() if len(sites) == 1 else ""


def _is_in(address: str | None, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        return ipaddress.ip_address(address or "") in network
    except ValueError:
        return False
