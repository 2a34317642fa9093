"""Holds what answers in a network against what a gemeente declares: matched, new, moved, gone."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regiowacht_inventory.discovered.answer import Answer, Found
    from regiowacht_inventory.schema import Device, Gemeente, Server

SERIAL_MIN = 5
"""Characters of a serial number that tells one device from another; shorter ones are fillers such as ``N/A``."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A device that answers, and what it is held to be.

    Attributes:
        found: as it answers.
        name: of the declared device or server; for a further address of a new device, the address of that one.
        declared: the address that is declared.
        differs: keys of which the file says something else: what it says, and what the device is.
    """

    found: Found
    name: str
    declared: str
    differs: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Matches:
    """What a search means for a gemeente.

    Attributes:
        matched: answers at the address that is declared.
        moved: answers under the name that is declared, at another address, while the declared one is silent.
        also: answers at one more address of a device that is matched, moved or new.
        new: answers, and nobody declared it.
        refused: answers to none of the credentials, and nobody declared it.
        gone: declared with a credential for SNMP, within the networks, and silent: name and address.
    """

    matched: list[Pair] = field(default_factory=list)
    moved: list[Pair] = field(default_factory=list)
    also: list[Pair] = field(default_factory=list)
    new: list[Found] = field(default_factory=list)
    refused: list[Found] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)


def match(answer: Answer, gemeente: Gemeente) -> Matches:
    """Return what a search means for a gemeente: by address, then by name, then by serial number and MAC address."""
    matches = Matches()
    declared: list[Device | Server] = [*gemeente.devices, *gemeente.servers]
    by_address = {_plain(one.address): one for one in declared if one.address}
    by_name = {one.name.casefold(): one for one in declared}
    answering = {one.address for one in answer.devices}
    left: list[Found] = []
    for found in answer.devices:
        here, named = by_address.get(found.address), by_name.get(host_name(found.name))
        if named is not None and named is not here and _has_left(named, answer, answering):
            matches.moved.append(Pair(found, named.name, named.address or ""))
        elif here is not None:
            matches.matched.append(Pair(found, here.name, here.address or "", _differing(found, here)))
        elif named is not None and named.address and not _is_address(named.address):
            matches.matched.append(Pair(found, named.name, named.address, _differing(found, named)))
        elif found.is_known:
            left.append(found)
        else:
            matches.refused.append(found)
    _sort_out(left, matches)
    _tell_gone(answer, gemeente.devices, answering, matches)
    return matches


def host_name(name: str) -> str:
    """Return the first label of a sysName, to be compared."""
    return name.strip().partition(".")[0].casefold()


def _sort_out(left: Iterable[Found], matches: Matches) -> None:
    """Tell new devices from further addresses of those that are known."""
    known = [(pair.found, pair.name) for pair in (*matches.matched, *matches.moved)]
    for found in left:
        same = next((name for one, name in known if _is_same(found, one)), None)
        if same is not None:
            matches.also.append(Pair(found, same, ""))
        else:
            matches.new.append(found)
            known.append((found, found.address))


def _is_same(one: Found, other: Found) -> bool:
    serial = one.serial.strip()
    if serial and serial == other.serial.strip() and one.vendor == other.vendor:
        return len(serial) >= SERIAL_MIN and len(set(serial)) > 2
    return not (one.serial and other.serial) and not {*one.macs}.isdisjoint(other.macs)


def _tell_gone(answer: Answer, devices: Sequence[Device], answering: set[str], matches: Matches) -> None:
    moved = {pair.name for pair in matches.moved}
    matches.gone += [
        (device.name, device.address)
        for device in devices
        if device.snmp and device.name not in moved and _has_left(device, answer, answering)
    ]


def _has_left(declared: Device | Server, answer: Answer, answering: set[str]) -> bool:
    address = declared.address or ""
    return answer.covers(address) and _plain(address) not in answering


def _differing(found: Found, declared: Device | Server) -> dict[str, tuple[str, str]]:
    """Return what the file says otherwise, of what the device knows better: nothing for a server."""
    told = {"kind": found.kind if found.family not in {"", "unknown"} else "", "snmp": found.credential}
    told["platform"] = found.platform
    says = {key: getattr(declared, key, None) for key in told} if hasattr(declared, "kind") else {}
    return {key: (value or "", told[key]) for key, value in says.items() if told[key] and value != told[key]}


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _plain(address: str | None) -> str:
    """Return an address as it is compared: IPv6 in its one short form."""
    return str(ipaddress.ip_address(address)) if address and _is_address(address) else (address or "")
