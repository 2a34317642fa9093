"""Facts of TP-Link JetStream switches, by the JetStream CLI reference guides.

HTTP, HTTPS and telnet are on by themselves, SSH and SNMP are off; a configuration that says nothing leaves them so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import login_servers, minutes, say_names
from regiowacht_audit.adapters.cisco_switch import ports_of
from regiowacht_audit.adapters.secret import Secret, community, say_secrets
from regiowacht_audit.adapters.words import banners, host_of, is_address, named
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

IDLE_DEFAULT_S = 600
LEVELS = {"authPriv": "priv", "authNoPriv": "auth", "noAuthNoPriv": "noauth"}


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that JetStream switches tell."""
    _access(document, sheet)
    _aaa(document, sheet)
    _snmp(document, sheet)
    _time_and_log(document, sheet)
    _lan(document, sheet)


def _access(document: Document, sheet: Sheet) -> None:
    off = [*document.find("telnet disable"), *document.find("no telnet")]
    sheet.flag("telnet.enabled", document.find("telnet enable"), off, default=True)
    servers = [line for line in document.find("ip ssh server") if len(line.words) == 3]
    sheet.flag("ssh.enabled", servers, document.find("no ip ssh server"), default=False)
    sheet.flag(
        "ssh.v1_allowed",
        document.find("ip ssh version v1"),
        [*document.find("no ip ssh version v1"), *document.find("ip ssh version v2")],
    )
    kinds = document.find("ip ssh algorithm")
    sheet.items("ssh.algorithms", [item(line.word(3).casefold(), line) for line in kinds], is_known=False)
    sheet.flag("http.plain", document.find("ip http server"), document.find("no ip http server"), default=True)
    no_tls = document.find("no ip http secure-server")
    sheet.items("api.services", [item("https", (), encrypted=True)] if not no_tls and sheet.is_whole else [], no_tls)
    lists = document.find("user access-control ip-based")
    if lists or sheet.is_whole:
        sheet.items("management.access", [item("access-control", lists, restricted=bool(lists))])
    times = [
        *minutes(document.find("serial_port timeout"), "console", 2),
        *minutes(document.find("ip http session timeout"), "http", 4),
    ]
    times += minutes(document.find("ip ssh timeout"), "ssh", 3, 1)
    default = [item("session", (), seconds=IDLE_DEFAULT_S)] if sheet.is_whole else []
    sheet.items("idle.timeouts", times or default, is_known=False)
    sheet.items("banner.texts", banners([*document.find("banner motd"), *document.find("banner login")]))
    limits = document.find("ip ssh max-client")
    if limits and limits[-1].word(3).isdigit():
        sheet.say("login.session_limit", int(limits[-1].word(3)), limits)
    else:
        sheet.default("login.session_limit", 5)


def _aaa(document: Document, sheet: Sheet) -> None:
    sheet.items("aaa.servers", login_servers(document))
    sheet.flag("aaa.accounting", document.find("aaa accounting"), default=False)
    sheet.items("users.local", named(document.find("user name"), 2))


def _secrets(document: Document) -> Iterator[Secret]:
    for line in document.find("line"):
        yield from (_of_terminal(below) for below in line.find("password") if below.word(1))
    yield from (_of_terminal(line) for line in document.find("password") if line.word(1))
    for line in document.children:
        words = line.words
        for word in ("password", "secret", "key"):
            if line.after(word) and words[0] in {"user", "enable", "radius-server", "tacacs-server"}:
                kind = line.after(word)
                value = words[words.index(word) + 2] if kind.isdigit() and len(words) > words.index(word) + 2 else kind
                form = {"5": "hashed", "7": "reversible"}.get(kind if value != kind else "", "plain")
                yield Secret(" ".join(words[:3]), line, form, value)


def _of_terminal(line: Line) -> Secret:
    """Return the password of a terminal line, which some releases write below it and others behind it."""
    kind = line.word(1) if line.word(2) else "0"
    return Secret("line password", line, {"5": "hashed", "7": "reversible"}.get(kind, "plain"), line.word(-1))


def _snmp(document: Document, sheet: Sheet) -> None:
    lines, users, groups = (document.find(f"snmp-server {word}") for word in ("community", "user", "group"))
    shown = document.find("snmp-server")
    on = [line for line in shown if len(line.words) == 1]
    sheet.flag("snmp_server.enabled", on, document.find("no snmp-server"), default=False)
    listed = [line for line in document.find("user access-control ip-based") if is_address(line.word(3))]
    is_restricted = bool(listed) or (False if sheet.is_whole else None)  # it stands in front of every way in
    found = [
        community(line.word(2), line, "rw" if line.word(3) == "read-write" else "ro", restricted=is_restricted)
        for line in lines
    ]
    old = [line for line in document.find("snmp-server host") if line.after("smode") in {"", "v1", "v2c"}]
    found += [community(line.word(4), line, "trap", restricted=True) for line in old if line.word(4)]
    sheet.items("snmp_server.communities", found, shown)
    levels = {group.word(2): LEVELS.get(group.after("slev")) for group in groups}
    sheet.items("snmp_server.users", [_user(user, levels, is_restricted) for user in users], shown)
    say_secrets(sheet, _secrets(document), [Secret("community", line, "plain", line.word(2)) for line in lines])


def _user(user: Line, levels: dict[str, str | None], is_restricted: bool | None) -> Item:
    level = LEVELS.get(user.after("slev")) or levels.get(user.word(4))
    return item(user.word(2), user, level=level, restricted=is_restricted)


def _time_and_log(document: Document, sheet: Sheet) -> None:
    lines = [*document.find("system-time ntp"), *document.find("ntp server")]
    found = [item(word, line) for line in lines for word in line.words[2:] if is_address(word) and word != "0.0.0.0"]  # noqa: S104
    sheet.items("ntp.servers", found)
    logs = document.find("logging host index")
    sheet.items("syslog.hosts", [item(host_of(line, 4), line) for line in logs])
    levels = [line for line in logs if line.word(-1).isdigit()]
    if levels:
        sheet.say("log.level", int(levels[0].word(-1)), levels)
    else:
        sheet.default("log.level", 6)
    say_names(sheet, document.find("hostname"), [*document.find("location"), *document.find("snmp-server location")], 1)


def _lan(document: Document, sheet: Sheet) -> None:
    ports = ports_of(document)
    access = [port for port in ports if _is_access(port)]
    sheet.flag("lan.has_access_ports", access, default=False)
    snooping = [line for line in document.find("ip dhcp snooping") if len(line.words) == 3]
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("no ip dhcp snooping"), default=False)
    used = [port for port in access if not port.has("shutdown")]
    sheet.items("stp.open_edge_ports", [_edge(port) for port in used])
    idle = [port for port in ports if port.has("shutdown") or not port.children]
    sheet.items("ports.unused", [item(port.rest(1), port, shut=port.has("shutdown")) for port in idle])
    svis = [line for line in document.find("interface vlan") if line.word(2) == "1"]
    found = [(svi, line) for svi in svis for line in svi.find("ip address")]
    sheet.items("vlan1.addresses", [item("vlan 1", line, up=not svi.has("shutdown")) for svi, line in found])
    in_vlan_1 = [port for port in used if not port.has("switchport pvid") or port.has("switchport pvid 1")]
    sheet.items("vlan1.access_ports", [item(port.rest(1), port) for port in in_vlan_1])


def _is_access(port: Line) -> bool:
    """Tell whether a port hands a VLAN out untagged and carries no tagged one."""
    general = port.find("switchport general allowed vlan")
    is_tagged = any(line.word(-1) == "tagged" for line in general)
    return not is_tagged and (bool(general) or port.has("switchport pvid") or port.has("switchport access vlan"))


def _edge(port: Line) -> Item:
    guards = [*port.find("spanning-tree bpduguard"), *port.find("spanning-tree guard root")]
    return item(port.rest(1), guards or port, guarded=bool(guards))
