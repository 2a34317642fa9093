"""Ports as Cisco IOS, and those who write like it, configure them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

NO_PORT = (
    "vlan",
    "loopback",
    "lo",
    "port-channel",
    "tunnel",
    "management",
    "mgmt",
    "nve",
    "null",
    "bdi",
    "vxlan",
    "dialer",
)
WORK = (
    "description",
    "ip address",
    "ipv6",
    "switchport mode trunk",
    "switchport access vlan",
    "channel-group",
    "switchport trunk",
)
SPOKEN_FOR = ("switchport mode", "no switchport", "ip address", "no ip address", "channel-group", "bridge-group")
"""What says that a port is a trunk, routed, or part of a bundle; a routed port always has a line on its address."""


def ports_of(document: Line) -> list[Line]:
    """Return the interfaces that are ports one can plug a cable into."""
    return [line for line in document.find("interface") if not line.word(1).casefold().startswith(NO_PORT)]


def access_ports(ports: Iterable[Line]) -> list[Line]:
    """Return the ports that are declared to serve end devices."""
    found = [port for port in ports if port.has("switchport mode access") or port.has("switchport access vlan")]
    return [port for port in found if not port.has("switchport mode trunk")]


def bare_ports(ports: Iterable[Line]) -> list[Line]:
    """Return the ports of a switch of which no line says what they are: they take what is plugged in, in VLAN 1."""
    return [port for port in ports if not any(port.has(word) for word in SPOKEN_FOR)]


def say_ports(
    sheet: Sheet,
    ports: Sequence[Line],
    *,
    guarded_by_default: bool = False,
    negotiates: bool = True,
    bare: Sequence[Line] = (),
) -> None:
    """Fill the facts about access ports, unused ports and trunks.

    Args:
        sheet: what is filled.
        ports: the ports (``ports_of``).
        guarded_by_default: a global line puts BPDU guard on every edge port.
        negotiates: a trunk negotiates (DTP) where no line says otherwise.
        bare: ports that serve end devices though no line says so (``bare_ports``).
    """
    serving = {*access_ports(ports), *bare}
    access = [port for port in ports if port in serving]
    sheet.flag("lan.has_access_ports", access, default=False)
    is_open = [port for port in access if not is_shut(port)]
    sheet.items("stp.open_edge_ports", [_edge(port, guarded_by_default) for port in is_open])
    sheet.items("ports.unused", [item(name_of(port), port, shut=is_shut(port)) for port in ports if _is_unused(port)])
    in_vlan_1 = [port for port in is_open if _vlan(port) == "1"]
    sheet.items("vlan1.access_ports", [item(name_of(port), port) for port in in_vlan_1])
    sheet.items("trunks.ports", [_trunk(port, negotiates) for port in ports if port.has("switchport mode trunk")])


def say_vlan_1(sheet: Sheet, document: Line) -> None:
    """Fill the fact about the address of VLAN 1."""
    sheet.items("vlan1.addresses", [one for line in document.find("interface") for one in _vlan_1(line)])


def is_shut(port: Line) -> bool:
    """Tell whether a port is shut."""
    return port.has("shutdown")


def name_of(port: Line) -> str:
    """Return what an interface is called."""
    return port.rest(1)


def _vlan_1(line: Line) -> list[Item]:
    if line.rest(1).casefold() not in {"vlan1", "vlan 1"}:
        return []
    found = line.find("ip address")
    return [item("Vlan1", [line, *found], up=not is_shut(line))] if found else []


def _edge(port: Line, guarded_by_default: bool) -> Item:
    guards = [*port.find("spanning-tree bpduguard"), *port.find("spanning-tree guard root")]
    guards += port.find("spanning-tree bpdu-guard")
    is_off = any("disable" in guard.words for guard in guards)
    is_guarded = bool(guards) and not is_off
    by_default = guarded_by_default and not is_off and _is_fast(port)
    return item(name_of(port), guards if is_guarded else port, guarded=is_guarded or by_default)


def _is_fast(port: Line) -> bool:
    return not port.has("spanning-tree portfast disable") and not port.has("no spanning-tree portfast")


def _is_unused(port: Line) -> bool:
    return is_shut(port) or not any(port.has(word) for word in WORK)


def _vlan(port: Line) -> str:
    found = port.first("switchport access vlan")
    return found.word(3) if found else "1"


def _trunk(port: Line, negotiates: bool) -> Item:
    lists = [line for line in port.find("switchport trunk allowed") if line.word(-1) not in {"all", "1-4094"}]
    fixed = port.find("switchport nonegotiate")
    return item(name_of(port), [*lists, *fixed] or port, listed=bool(lists), fixed=bool(fixed) or not negotiates)
