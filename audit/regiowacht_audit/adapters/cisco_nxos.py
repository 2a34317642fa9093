"""Facts of Cisco NX-OS, by the NX-OS security and system management configuration guides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import minutes, say_aaa, say_level, say_lockout, say_names, say_time
from regiowacht_audit.adapters.cisco_secrets import cisco_secrets
from regiowacht_audit.adapters.cisco_snmp import trap_community
from regiowacht_audit.adapters.cisco_switch import is_shut, ports_of, say_ports, say_vlan_1
from regiowacht_audit.adapters.secret import Secret, community, is_cut, say_secrets
from regiowacht_audit.adapters.words import addresses, banners, hosts, number
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

API = {"netconf": "feature netconf", "restconf": "feature restconf", "grpc": "feature grpc", "https": "nxapi https"}
SERVICES = {
    "auto-install": "boot poap enable",
    "source-route": "ip source-route",
    "tftp": "feature tftp",
    "ftp": "feature ftp",
}
SESSIONS_DEFAULT = 32


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that NX-OS tells."""
    _access(document, sheet)
    _web(document, sheet)
    say_aaa(document, sheet)
    _snmp(document, sheet)
    say_time(document, sheet)
    _log(document, sheet)
    _lan(document, sheet)
    say_names(sheet, [*document.find("hostname"), *document.find("switchname")], document.find("snmp-server location"))


def _access(document: Document, sheet: Sheet) -> None:
    telnet = [*document.find("feature telnet"), *document.find("telnet server enable")]
    sheet.flag("telnet.enabled", telnet, document.find("no feature telnet"), default=False)
    sheet.flag("ssh.enabled", document.find("feature ssh"), document.find("no feature ssh"), default=True)
    sheet.default("ssh.v1_allowed", False)  # the server has spoken version 2 alone since its first release
    kinds = ("ssh ciphers", "ssh macs", "ssh kexalgos", "ssh keytypes", "ssh cipher-mode")
    found = [item(word, line) for kind in kinds for line in document.find(kind) for word in line.words[2:]]
    sheet.items("ssh.algorithms", found, is_known=False)
    vtys = document.find("line vty")
    sheet.items("management.access", map(_way_in, vtys), is_known=False)
    idle = [one for line in document.find("line") for one in minutes(line.find("exec-timeout"), line.rest(1), 1)]
    sheet.items("idle.timeouts", idle, is_known=False)
    _limits(document, vtys, sheet)


def _way_in(vty: Line) -> Item:
    lists = [line for line in vty.find("access-class") if "in" in line.words]
    return item("vty", lists or vty, restricted=bool(lists))


def _limits(document: Document, vtys: Sequence[Line], sheet: Sheet) -> None:
    limits = [line for vty in vtys for line in vty.find("session-limit")]
    if limits:
        sheet.say("login.session_limit", number(limits[-1].words, 1), limits)
    else:
        sheet.default("login.session_limit", SESSIONS_DEFAULT)
    rejected = document.find("aaa authentication rejected")
    say_lockout(sheet, [*document.find("login block-for"), *rejected], "rejected" if rejected else "attempts")


def _web(document: Document, sheet: Sheet) -> None:
    nxapi = document.find("feature nxapi")
    on = [line for line in document.find("nxapi http") if "port" in line.words] if nxapi else []
    on += document.find("feature http-server")
    off = [*document.find("no nxapi http"), *document.find("no feature nxapi")]
    sheet.flag("http.plain", on, off, default=None if nxapi else False)
    found = [item(name, line, encrypted=True) for name, begin in API.items() for line in document.find(begin)[:1]]
    sheet.items("api.services", found, is_known=not nxapi)
    sheet.items("banner.texts", banners(document.find("banner motd")))
    sheet.items(
        "services.running", [item(name, line) for name, begin in SERVICES.items() for line in document.find(begin)]
    )


def _snmp(document: Document, sheet: Sheet) -> None:
    lines, users = document.find("snmp-server community"), document.find("snmp-server user")
    shown = document.find("snmp-server")
    off = document.find("no snmp-server protocol enable")
    sheet.flag("snmp_server.enabled", [] if off else [*lines, *users], off, default=False)
    acls = {line.word(2) for line in lines if any(word.startswith("use-") for word in line.words)}
    granted = [line for line in lines if len(line.words) <= 3 or not line.words[3].startswith("use-")]
    alone = acls - {line.word(2) for line in granted}
    named = [line for line in lines if line in granted or line.word(2) in alone]
    found = [community(line.word(2), line, _right(line), restricted=line.word(2) in acls) for line in named]
    traps = [
        line
        for line in document.find("snmp-server host")
        if line.after("version") != "3" and "use-vrf" not in line.words
    ]
    sheet.items("snmp_server.communities", [*found, *(one for line in traps for one in trap_community(line))], shown)
    sheet.items("snmp_server.users", _users(users), shown)
    communities = [Secret("community", line, "plain", line.word(2)) for line in named]
    say_secrets(sheet, [*_secrets(document), *_user_secrets(users)], communities)


def _right(line: Line) -> str | None:
    if is_cut(line, line.word(2)):
        return None
    if {"network-admin", "rw", "vdc-admin"} & {line.after("group"), line.word(3)}:
        return "rw"
    return "ro" if line.word(3) in {"", "ro", "group"} or line.word(3).startswith("use-") else None


def _users(lines: Sequence[Line]) -> Iterator[Item]:
    """Yield every user once: what his lines say together; a line of its own may limit him to addresses."""
    for name in dict.fromkeys(line.word(2) for line in lines):
        own = [line for line in lines if line.word(2) == name]
        words = {word for line in own for word in line.words}
        level = "priv" if "priv" in words else "auth" if "auth" in words else "noauth"
        yield item(name, own, level=level, restricted=any(word.startswith("use-") for word in words))


def _secrets(document: Document) -> Iterator[Secret]:
    return (secret for secret in cisco_secrets(document) if list(secret.line.words[:2]) != ["snmp-server", "user"])


def _user_secrets(users: Sequence[Line]) -> Iterator[Secret]:
    for line in users:
        if "auth" in line.words:
            is_hashed = "localizedkey" in line.words or "localizedV2key" in line.words
            place = list(line.words).index("auth")
            yield Secret(f"snmp user {line.word(2)}", line, "hashed" if is_hashed else "plain", line.word(place + 2))


def _log(document: Document, sheet: Sheet) -> None:
    servers = document.find("logging server")
    sheet.items("syslog.hosts", hosts(servers, 2))
    levels = [level for line in servers if (level := number(line.words, 3)) is not None]
    if levels:
        sheet.say("log.level", min(levels), servers)
    else:
        say_level((), sheet, None)
    contexts = [line for context in document.find("vrf context") for line in context.find("ip name-server")]
    top = addresses(document.find("ip name-server"), 2)
    sheet.items("dns.servers", [*top, *addresses(contexts, 2)])


def _lan(document: Document, sheet: Sheet) -> None:
    ports = [port for port in ports_of(document) if not port.has("no switchport") or is_shut(port)]
    guards = [line for line in document.find("spanning-tree port type") if "bpduguard" in line.words]
    say_ports(sheet, ports, guarded_by_default=bool(guards), negotiates=False)
    say_vlan_1(sheet, document)
    snooping = [line for line in document.find("ip dhcp snooping") if len(line.words) == 3]
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("no ip dhcp snooping"), default=False)
