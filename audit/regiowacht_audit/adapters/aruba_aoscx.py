"""Facts of Aruba AOS-CX, by the AOS-CX security, SNMP and fundamentals guides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import login_servers, minutes, say_lockout, say_names, say_time
from regiowacht_audit.adapters.cisco_snmp import trap_community
from regiowacht_audit.adapters.secret import Secret, community, say_secrets
from regiowacht_audit.adapters.words import addresses, banners, host_of, named, number, severity
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

IDLE_DEFAULT_S = 1800
NO_HOST = frozenset({"facility", "threshold", "persistent-storage", "console", "filter", "severity", "buffer"})
ALGORITHMS = (
    "ssh ciphers",
    "ssh macs",
    "ssh key-exchange-algorithms",
    "ssh host-key-algorithms",
    "ssh public-key-algorithms",
)
NO_PORT = ("vlan", "loopback", "lag", "mgmt", "tunnel", "vxlan")


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that AOS-CX tells."""
    _access(document, sheet)
    _aaa(document, sheet)
    _snmp(document, sheet)
    say_time(document, sheet)
    _log(document, sheet)
    _lan(document, sheet)
    say_names(sheet, document.find("hostname"), document.find("snmp-server system-location"))


def _access(document: Document, sheet: Sheet) -> None:
    sheet.flag("telnet.enabled", document.find("telnet server"), document.find("no telnet server"), default=False)
    sheet.flag("ssh.enabled", document.find("ssh server vrf"), document.find("no ssh server"), default=False)
    sheet.default("ssh.v1_allowed", False)  # the server speaks version 2 alone
    found = [item(word, line) for kind in ALGORITHMS for line in document.find(kind) for word in line.words[2:]]
    sheet.items("ssh.algorithms", found, is_known=False)
    sheet.default("http.plain", False)  # plain HTTP is sent on to HTTPS
    web = document.find("https-server vrf")
    rest = [line for line in document.find("https-server rest") if "read-write" in line.words]
    sheet.items("api.services", [*_services("https", web), *_services("rest", rest)])
    lists = [line for line in document.find("apply access-list") if "control-plane" in line.words]
    lists += document.find("ssh server allow-list")
    if sheet.is_whole or lists:
        sheet.items("management.access", [item("control-plane", lists, restricted=bool(lists))])
    _idle(document, sheet)
    sheet.items("banner.texts", banners(document.find("banner motd")))


def _services(name: str, lines: list[Line]) -> list[Item]:
    return [item(name, lines, encrypted=True)] if lines else []


def _idle(document: Document, sheet: Sheet) -> None:
    blocks = document.find("cli-session")
    lines = [*document.find("session-timeout"), *(line for block in blocks for line in block.find("timeout"))]
    default = [item("session", (), seconds=IDLE_DEFAULT_S)] if sheet.is_whole else []
    sheet.items("idle.timeouts", minutes(lines, "session", 1) or default, is_known=False)
    limits = [line for block in blocks for line in block.find("max-per-user")]
    if limits:
        sheet.say("login.session_limit", number(limits[-1].words, 1), limits)


def _aaa(document: Document, sheet: Sheet) -> None:
    sheet.items("aaa.servers", login_servers(document))
    sheet.flag("aaa.accounting", document.find("aaa accounting"), default=False)
    sheet.items("users.local", named(document.find("user"), 1))
    say_lockout(sheet, document.find("aaa authentication limit-login-attempts"), "limit-login-attempts")


def _secrets(document: Document) -> Iterator[Secret]:
    for line in document.walk():
        words = line.words
        for place, word in enumerate(words[:-1]):
            if word in {"ciphertext", "plaintext"}:
                form = "plain" if word == "plaintext" else "encrypted"
                yield Secret(" ".join(words[:2]), line, form, words[place + 1])


def _snmp(document: Document, sheet: Sheet) -> None:
    lines, users = document.find("snmp-server community"), document.find("snmpv3 user")
    shown = [*document.find("snmp-server"), *document.find("snmpv3")]
    sheet.flag("snmp_server.enabled", [*document.find("snmp-server vrf"), *lines, *users], default=False)
    traps = [line for line in document.find("snmp-server host") if "community" in line.words]
    sheet.items("snmp_server.communities", [*map(_community, lines), *(_trap(line) for line in traps)], shown)
    sheet.items("snmp_server.users", map(_user, users), shown)
    say_secrets(sheet, _secrets(document), [Secret("community", line, "plain", line.word(2)) for line in lines])


def _community(line: Line) -> Item:
    levels = line.find("access-level")
    is_writable = any(level.word(1) == "rw" for level in levels) or "rw" in line.words[3:]
    lists = any("access-list" in " ".join(child.words) for child in line.children)
    right = (
        "rw"
        if is_writable
        else "ro"
        if line.word(3) in {"", "ro", "view", "access-level"} or line.word(3)[0] == "<"
        else None
    )
    one = community(line.word(2), line, right, restricted=lists)
    return item(one.name, [line, *levels], **one.traits)


def _trap(line: Line) -> Item:
    one = trap_community(line)
    return community(line.after("community"), line, "trap", restricted=True) if one else item("<secret>", line)


def _user(line: Line) -> Item:
    level = "priv" if "priv" in line.words else "auth" if "auth" in line.words else "noauth"
    return item(
        line.word(2), line, level=level, access="rw" if line.after("access-level") == "rw" else "ro", restricted=None
    )


def _log(document: Document, sheet: Sheet) -> None:
    servers = [line for line in document.find("logging") if len(line.words) > 1 and line.word(1) not in NO_HOST]
    sheet.items("syslog.hosts", [item(host_of(line, 1), line) for line in servers])
    levels = [level for line in servers if (level := severity(line.after("severity"))) is not None]
    if levels:
        sheet.say("log.level", min(levels), servers)
    else:
        sheet.default("log.level", 6)
    sheet.default("log.zoned_timestamps", True)  # messages carry RFC 3339 times
    sheet.items("dns.servers", addresses(document.find("ip dns server-address"), 3))


def _lan(document: Document, sheet: Sheet) -> None:
    ports = [line for line in document.find("interface") if not line.word(1).startswith(NO_PORT)]
    access = [port for port in ports if port.has("vlan access")]
    sheet.flag("lan.has_access_ports", access, default=False)
    used = [port for port in access if not port.has("shutdown")]
    sheet.items("stp.open_edge_ports", map(_edge, used))
    idle = [port for port in ports if port.has("shutdown") or _is_unused(port)]
    sheet.items("ports.unused", [item(port.rest(1), port, shut=port.has("shutdown")) for port in idle])
    sheet.items("vlan1.access_ports", [item(port.rest(1), port) for port in used if port.has("vlan access 1")])
    sheet.items("trunks.ports", [_trunk(port) for port in ports if port.has("vlan trunk")])
    sheet.flag(
        "dhcp_snooping.enabled", document.find("dhcpv4-snooping"), document.find("no dhcpv4-snooping"), default=False
    )
    vlans = [line for line in document.find("interface") if line.rest(1) in {"vlan 1", "vlan1"}]
    sheet.items("vlan1.addresses", [one for line in vlans for one in _vlan_1(line)])


def _edge(port: Line) -> Item:
    guards = [*port.find("spanning-tree bpdu-guard"), *port.find("spanning-tree root-guard")]
    return item(port.rest(1), guards or port, guarded=bool(guards))


def _is_unused(port: Line) -> bool:
    works = any(port.has(word) for word in ("description", "vlan trunk", "ip address", "lag"))
    vlan = port.first("vlan access")
    return not works and (vlan is None or vlan.word(2) == "1")


def _trunk(port: Line) -> Item:
    lists = [line for line in port.find("vlan trunk allowed") if line.word(3) != "all"]
    return item(port.rest(1), lists or port, listed=bool(lists), fixed=True)


def _vlan_1(line: Line) -> list[Item]:
    found = [*line.find("ip address"), *line.find("ip dhcp")]
    return [item("vlan 1", [line, *found], up=not line.has("shutdown"))] if found else []
