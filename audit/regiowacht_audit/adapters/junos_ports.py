"""Ports of Junos switches: which serve end devices, which are trunks, and what guards them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

NO_PORT = frozenset({"lo0", "irb", "vlan", "me0", "fxp0", "em0", "vme", "st0"})
TREES = ("rstp", "mstp", "stp", "vstp")


@dataclass(slots=True)
class _Port:
    lines: list[Line] = field(default_factory=list)
    switching: list[Line] = field(default_factory=list)
    members: list[Line] = field(default_factory=list)
    is_trunk: bool = False
    is_shut: bool = False
    has_description: bool = False


def say_ports(top: Line, sheet: Sheet) -> None:
    """Fill the facts about access ports, trunks, loops, VLAN 1 and DHCP snooping."""
    ports = _ports(top)
    access = {name: port for name, port in ports.items() if port.switching and not port.is_trunk}
    trunks = {name: port for name, port in ports.items() if port.is_trunk}
    sheet.flag("lan.has_access_ports", [port.switching[0] for port in access.values()], default=False)
    guards = _guards(top)
    used = {name: port for name, port in access.items() if not port.is_shut}
    sheet.items("stp.open_edge_ports", [_edge(name, port, guards) for name, port in used.items()])
    idle = {
        name: port
        for name, port in ports.items()
        if port.is_shut or (port.switching and not port.members and not port.has_description)
    }
    sheet.items(
        "ports.unused",
        [item(name, port.lines[:1], shut=port.is_shut) for name, port in idle.items() if not port.is_trunk],
    )
    sheet.items("trunks.ports", [_trunk(name, port) for name, port in trunks.items()])
    in_default = {
        name: port for name, port in used.items() if any(line.word(-1) in {"default", "1"} for line in port.members)
    }
    sheet.items("vlan1.access_ports", [item(name, port.members) for name, port in in_default.items()])
    _vlan_1(top, sheet)
    snooping = [line for line in top.children if {"dhcp-security", "examine-dhcp"} & set(line.words)]
    off = [line for line in snooping if "no-examine-dhcp" in line.words]
    sheet.flag("dhcp_snooping.enabled", snooping[:4], off, default=False)


def _ports(top: Line) -> dict[str, _Port]:
    """Return the ports by name; an interface range stands for its members."""
    ports: dict[str, _Port] = {}
    for line in top.find("interfaces"):
        words = line.words[2:] if line.word(1) == "interface-range" else line.words[1:]
        if len(words) > 1 and words[0] not in NO_PORT:
            _take(ports.setdefault(words[0], _Port()), line, words[1])
    return ports


def _take(port: _Port, line: Line, word: str) -> None:
    words = line.words
    port.lines.append(line)
    port.is_shut = port.is_shut or word == "disable"
    port.has_description = port.has_description or "description" in words
    if "ethernet-switching" in words:
        port.switching.append(line)
        port.is_trunk = port.is_trunk or words[-1] == "trunk"
        if "members" in words:
            port.members.append(line)


def _guards(top: Line) -> dict[str, Line]:
    """Return the interfaces on which a BPDU shuts the port, or cannot move the root; ``all`` is every one."""
    found: dict[str, Line] = {}
    for line in [*top.find("ethernet-switching-options bpdu-block"), *top.find("protocols layer2-control bpdu-block")]:
        found.setdefault(line.after("interface").split(".")[0], line)
    for tree in TREES:
        lines = top.find(f"protocols {tree}")
        on_edge = [line for line in lines if "bpdu-block-on-edge" in line.words]
        edges = [line for line in lines if "edge" in line.words] if on_edge else []
        for line in [*edges, *(line for line in lines if "no-root-port" in line.words)]:
            found.setdefault(line.after("interface").split(".")[0], line)
    return found


def _edge(name: str, port: _Port, guards: dict[str, Line]) -> Item:
    guard = guards.get(name) or guards.get("all")
    return item(name, guard or port.switching[:1], guarded=guard is not None)


def _trunk(name: str, port: _Port) -> Item:
    lists = [line for line in port.members if line.word(-1) != "all"]
    is_listed = bool(lists) and len(lists) == len(port.members)
    return item(name, lists if is_listed else port.members or port.switching[:1], listed=is_listed, fixed=True)


def _vlan_1(top: Line, sheet: Sheet) -> None:
    """Fill the address of VLAN 1: that of the interface that the VLAN ``default`` leads to."""
    leads = [line.word(-1) for line in top.find("vlans default") if "l3-interface" in line.words]
    found = []
    for lead in leads:
        name, _, unit = lead.partition(".")
        found += [line for line in top.find(f"interfaces {name} unit {unit or '0'}") if "address" in line.words]
    sheet.items("vlan1.addresses", [item("default", line, up=True) for line in found])
