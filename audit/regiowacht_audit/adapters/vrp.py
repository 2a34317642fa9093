"""What HPE Comware and Huawei VRP, which come from one house, write alike: lines, ports, SNMP, secrets, log, time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.secret import Secret, community, is_cut
from regiowacht_audit.adapters.words import host_of, hosts, number, severity
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

IDLE_DEFAULT_S = 600
NO_PORT = (
    "vlan",
    "loopback",
    "null",
    "bridge-aggregation",
    "route-aggregation",
    "eth-trunk",
    "meth",
    "m-gigabit",
    "tunnel",
)
FORMS = {
    "simple": "plain", "plain": "plain", "cipher": "encrypted", "hash": "hashed", "irreversible-cipher": "hashed",
}  # fmt: skip
SECRET_AFTER = frozenset(
    {"password", "key", "pre-shared-key", "shared-key", "authentication-mode", "privacy-mode", "md5", "super"}
)
LEVELS = {"privacy": "priv", "authentication": "auth"}


def lines_of(document: Document) -> list[Line]:
    """Return the blocks of terminal lines: ``user-interface`` of older releases, ``line`` of newer ones."""
    return [*document.find("user-interface"), *document.find("line")]


def say_lines(document: Document, sheet: Sheet, acls: Sequence[Line]) -> None:
    """Fill who gets in and how long an idle session stays; ``acls`` limit SSH for all lines."""
    blocks = lines_of(document)
    vtys = [
        block for block in blocks if block.word(1) == "vty" or (block.word(1) == "class" and block.word(2) == "vty")
    ]
    sheet.items("management.access", [_way_in(block, acls) for block in vtys if block.word(1) == "vty"], is_known=False)
    sheet.items("idle.timeouts", [_idle(block) for block in blocks if block.word(1) != "class"], is_known=False)


def _way_in(block: Line, acls: Sequence[Line]) -> Item:
    found = [line for line in block.find("acl") if "inbound" in line.words] or list(acls)
    return item(block.rest(1), found or block, restricted=bool(found))


def _idle(block: Line) -> Item:
    times = block.find("idle-timeout")
    if not times:
        return item(block.rest(1), block, seconds=IDLE_DEFAULT_S)
    words = times[-1].words
    return item(block.rest(1), times[-1:], seconds=60 * (number(words, 1) or 0) + (number(words, 2) or 0))


def inputs_of(document: Document) -> list[Line]:
    """Return the ``protocol inbound`` lines of the terminal lines."""
    return [line for block in lines_of(document) for line in block.find("protocol inbound")]


def say_banner(document: Document, sheet: Sheet) -> None:
    """Fill the texts that are shown before login."""
    found = [line for kind in ("motd", "login", "legal") for line in document.find(f"header {kind}")]
    texts = [(line, "\n".join(line.texts).strip()) for line in found]
    sheet.items("banner.texts", [item(line.word(1), line, text=text) for line, text in texts if text])


def secrets_of(document: Document) -> Iterator[Secret]:
    """Yield passwords and keys, whose form a word in front of them tells; communities have facts of their own."""
    for line in document.walk():
        words = line.words
        if words[:2] == ["snmp-agent", "community"] or SECRET_AFTER.isdisjoint(words):
            continue
        for place, word in enumerate(words[:-1]):
            if word in FORMS and words[place + 1] not in FORMS:
                yield Secret(" ".join(words[: min(place, 2)]) or word, line, FORMS[word], words[place + 1])
                break


def say_snmp(document: Document, sheet: Sheet) -> list[Secret]:
    """Fill the facts about SNMP; return its communities as secrets."""
    lines = document.find("snmp-agent community")
    groups = document.find("snmp-agent group v3")
    users = document.find("snmp-agent usm-user v3")
    shown = document.find("snmp-agent")
    on = [*lines, *users] or [line for line in shown if len(line.words) == 1]
    sheet.flag("snmp_server.enabled", on, document.find("undo snmp-agent"), default=False)
    traps = [
        line for line in document.find("snmp-agent target-host") if "securityname" in line.words and not _is_v3(line)
    ]
    found = [*map(_community, lines), *(_trap(line) for line in traps)]
    sheet.items("snmp_server.communities", found, shown)
    sheet.items("snmp_server.users", [*map(_group, groups), *_lone_users(users, groups)], shown)
    return [Secret("community", line, "plain", name) for line in lines if (name := _name(line)[0]) and _name(line)[1]]


def _is_v3(line: Line) -> bool:
    return "v3" in line.words


def _name(line: Line) -> tuple[str, bool]:
    """Return a community's name, and whether it stands there in the clear."""
    if line.word(3) == "cipher":
        return line.word(4), False
    return (
        (line.word(4), True) if line.word(3) == "simple" else (line.word(3), not line.word(3).startswith(("%", "$c$")))
    )


def _community(line: Line) -> Item:
    if is_cut(line, line.word(2)):
        return community(line.word(2), line, None, restricted=None)
    name, is_readable = _name(line)
    access = "rw" if line.word(2) == "write" else "ro"
    return community(name, line, access, restricted="acl" in line.words, is_readable=is_readable)


def _trap(line: Line) -> Item:
    after = [word for word in line.words[line.words.index("securityname") + 1 :] if word not in {"cipher", "simple"}]
    return community(after[0] if after else "", line, "trap", restricted=True, is_readable="cipher" not in line.words)


def _group(line: Line) -> Item:
    level = next((LEVELS[word] for word in line.words[4:] if word in LEVELS), "noauth")
    access = "rw" if "write-view" in line.words else "ro"
    return item(line.word(3), line, level=level, access=access, restricted="acl" in line.words)


def _lone_users(users: Sequence[Line], groups: Sequence[Line]) -> list[Item]:
    """Return the users of whose group the configuration shows nothing."""
    names = {group.word(3) for group in groups}
    return (
        []
        if names
        else [item(user.word(3), user, level=_user_level(user), restricted="acl" in user.words) for user in users]
    )


def _user_level(user: Line) -> str:
    return "priv" if "privacy-mode" in user.words else "auth" if "authentication-mode" in user.words else "noauth"


def say_time_and_log(document: Document, sheet: Sheet) -> None:
    """Fill time servers, name servers and log servers."""
    kinds = ("ntp-service unicast-server", "ntp unicast-server", "sntp unicast-server")
    sheet.items("ntp.servers", hosts([line for kind in kinds for line in document.find(kind)], 2))
    sheet.flag("ntp.authenticated", document.find("ntp-service authentication enable"), default=False)
    loghosts = document.find("info-center loghost")
    sheet.items(
        "syslog.hosts",
        [
            item(host, line)
            for line in loghosts
            if (host := host_of(line, 2)) and line.word(2) != "source" and not host.startswith("127.")
        ],
    )
    levels = [
        line for line in document.find("info-center source") if "loghost" in line.words or "channel" in line.words
    ]
    level = next(
        (level for line in levels if (level := severity(line.after("level") or line.after("log"))) is not None), None
    )
    if level is not None:
        sheet.say("log.level", level, levels[:1])
    else:
        sheet.default("log.level", 6)
    stamps = document.find("info-center timestamp")
    zoned = [line for line in stamps if {"with-timezone", "iso"} <= set(line.words) or "format-date" in line.words]
    sheet.flag("log.zoned_timestamps", [line for line in zoned if "with-timezone" in line.words], stamps, default=False)
    sheet.items("dns.servers", [one for one in hosts(document.find("dns server"), 2) if one.name[:1].isdigit()])
    names, places = document.find("sysname"), document.find("snmp-agent sys-info location")
    if names:
        sheet.say("identity.hostname", names[0].word(1), names)
    if places:
        sheet.say("identity.location", places[0].rest(3), places)
    else:
        sheet.default("identity.location", "")


def say_ports(
    document: Document, sheet: Sheet, vlan_port: str, permit: str, svi: str, bridged: Sequence[str] = ()
) -> None:
    """Fill the facts about ports.

    Args:
        document: the configuration.
        sheet: what is filled.
        vlan_port: how a port is put into a VLAN: ``port access vlan`` or ``port default vlan``.
        permit: how a trunk lists its VLANs: ``port trunk permit vlan`` or ``port trunk allow-pass vlan``.
        svi: the interface of VLAN 1, in lower case.
        bridged: what only a switched port has, where that is an access port unless its link type says otherwise.
    """
    ports = [line for line in document.find("interface") if not line.word(1).casefold().startswith(NO_PORT)]
    access = [
        port for port in ports if port.has("port link-type access") or port.has(vlan_port) or _is_plain(port, bridged)
    ]
    sheet.flag("lan.has_access_ports", access, default=False)
    used = [port for port in access if not port.has("shutdown")]
    guards = document.find("stp bpdu-protection")
    sheet.items("stp.open_edge_ports", [_edge(port, guards) for port in used])
    idle = [port for port in ports if port.has("shutdown") or not _works(port, vlan_port)]
    sheet.items("ports.unused", [item(port.rest(1), port, shut=port.has("shutdown")) for port in idle])
    in_vlan_1 = [port for port in used if not port.has(vlan_port) or port.has(f"{vlan_port} 1")]
    sheet.items("vlan1.access_ports", [item(port.rest(1), port) for port in in_vlan_1])
    sheet.items("trunks.ports", [_trunk(port, permit) for port in ports if port.has("port link-type trunk")])
    blocks = [line for line in document.find("interface") if line.rest(1).casefold() == svi]
    found = [(block, line) for block in blocks for line in block.find("ip address")]
    sheet.items(
        "vlan1.addresses", [item(block.rest(1), [block, line], up=not block.has("shutdown")) for block, line in found]
    )


def _is_plain(port: Line, bridged: Sequence[str]) -> bool:
    """Tell whether a switched port says nothing of its link type."""
    return not port.has("port link-type") and any(port.has(word) for word in bridged)


def _works(port: Line, vlan_port: str) -> bool:
    return any(
        port.has(word)
        for word in ("description", "port link-type", vlan_port, "ip address", "eth-trunk", "port link-aggregation")
    )


def _edge(port: Line, guards: Sequence[Line]) -> Item:
    edges = [*port.find("stp edged-port"), *port.find("stp root-protection")]
    is_guarded = bool(port.find("stp root-protection")) or (bool(guards) and bool(edges))
    return item(port.rest(1), [*edges, *guards] if is_guarded else port, guarded=is_guarded)


def _trunk(port: Line, permit: str) -> Item:
    lists = port.find(permit)
    is_listed = bool(lists) and not any(line.word(-1) == "all" or "2 to 4094" in line.rest(4) for line in lists)
    return item(port.rest(1), lists if is_listed else port, listed=is_listed, fixed=True)
