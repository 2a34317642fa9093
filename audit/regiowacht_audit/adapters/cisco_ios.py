"""Facts of Cisco IOS and IOS XE, by the Cisco IOS command references.

What depends on the release and is not written down (telnet on a vty without ``transport input``, the HTTP server, SSH
version 1) stays unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_secrets import cisco_secrets
from regiowacht_audit.adapters.cisco_switch import ports_of, say_ports, say_vlan_1
from regiowacht_audit.adapters.secret import Secret, community, say_secrets
from regiowacht_audit.adapters.words import addresses, banners, hosts, is_address, named, number, severity
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

IDLE_DEFAULT_S = 600
"""IOS ends an idle session after 10 minutes where no line says otherwise (command ``exec-timeout``)."""

SERVICES = {
    "service tcp-small-servers": "small-servers", "service udp-small-servers": "small-servers",
    "service finger": "finger", "ip finger": "finger", "service pad": "pad", "service config": "config",
    "ip bootp server": "bootp", "vstack": "smart-install", "tftp-server": "tftp", "ftp-server enable": "ftp",
    "ip rcmd rsh-enable": "rsh", "ip rcmd rcp-enable": "rcp", "ip source-route": "source-route",
    "boot network": "config",
}  # fmt: skip


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that IOS tells."""
    _access(document, sheet)
    _web(document, sheet)
    _aaa(document, sheet)
    _snmp(document, sheet)
    _time_and_log(document, sheet)
    _lan(document, sheet)
    _rest(document, sheet)


def _access(document: Document, sheet: Sheet) -> None:
    vtys = document.find("line vty")
    inputs = [line for vty in vtys for line in vty.find("transport input")]
    is_told = bool(vtys) and all(vty.has("transport input") for vty in vtys)
    telnet = [line for line in inputs if {"telnet", "all"} & set(line.words)]
    sheet.flag("telnet.enabled", telnet, inputs if is_told else ())
    ssh = [line for line in inputs if {"ssh", "all"} & set(line.words)]
    sheet.flag("ssh.enabled", ssh, inputs if is_told else ())
    sheet.flag("ssh.v1_allowed", document.find("ip ssh version 1"), document.find("ip ssh version 2"))
    algorithms = [item(word, line) for line in document.find("ip ssh server algorithm") for word in line.words[5:]]
    sheet.items("ssh.algorithms", algorithms, is_known=False)
    used = [vty for vty in vtys if not vty.has("transport input none")]
    sheet.items("management.access", [_way_in(vty) for vty in used], vtys, is_known=False)
    lines = [line for line in document.find("line") if line.word(1) in {"con", "console", "aux", "vty", "tty"}]
    sheet.items("idle.timeouts", [one for line in lines for one in _idle(line)], is_known=False)
    if used:
        sheet.say("login.session_limit", sum(map(_sessions, used)), used)


def _way_in(vty: Line) -> Item:
    lists = [line for line in vty.find("access-class") if "in" in line.words]
    return item(vty.rest(1), lists or vty, restricted=bool(lists))


def _idle(line: Line) -> list[Item]:
    times = [*line.find("exec-timeout"), *line.find("no exec-timeout")]
    if not times:
        return [item(line.rest(1), line, seconds=IDLE_DEFAULT_S)]
    words = times[-1].words
    seconds = 0 if words[0] == "no" else 60 * (number(words, 1) or 0) + (number(words, 2) or 0)
    return [item(line.rest(1), times[-1:], seconds=seconds)]


def _sessions(vty: Line) -> int:
    first, last = number(vty.words, 2), number(vty.words, 3)
    return 1 if first is None or last is None else last - first + 1


def _web(document: Document, sheet: Sheet) -> None:
    sheet.flag("http.plain", document.find("ip http server"), document.find("no ip http server"))
    services = {
        "https": "ip http secure-server",
        "restconf": "restconf",
        "netconf": "netconf-yang",
        "netconf-ssh": "netconf ssh",
    }
    found = [item(name, line, encrypted=True) for name, begin in services.items() for line in document.find(begin)[:1]]
    sheet.items("api.services", found, document.find("no ip http secure-server"), is_known=False)
    sheet.items("banner.texts", banners([*document.find("banner login"), *document.find("banner motd")]))
    blocks = document.find("login block-for")
    fails = document.find("aaa local authentication attempts max-fail")
    if blocks or fails:
        attempts = number(blocks[0].words, 4) if blocks else number(fails[0].words, 5)
        sheet.say("login.lockout_attempts", attempts, [*blocks, *fails])
    else:
        sheet.default("login.lockout_attempts", 0)


def _aaa(document: Document, sheet: Sheet) -> None:
    sheet.items("aaa.servers", _servers(document))
    sheet.flag("aaa.accounting", document.find("aaa accounting"), default=False)
    sheet.items("users.local", named(document.find("username"), 1))


def _servers(document: Document) -> Iterator[Item]:
    for kind in ("tacacs", "radius"):
        yield from hosts(document.find(f"{kind}-server host"), 2)
        for server in document.find(f"{kind} server"):
            yield from hosts(server.find("address"), 2)
    for group in document.find("aaa group server"):
        yield from hosts(group.find("server-private"), 1)
        yield from (one for one in hosts(group.find("server"), 1) if is_address(one.name))


def _snmp(document: Document, sheet: Sheet) -> None:
    shown = document.find("snmp-server")
    lines = document.find("snmp-server community")
    groups = [line for line in document.find("snmp-server group") if "v3" in line.words]
    users = [line for line in document.find("snmp-server user") if "v3" in line.words]
    traps = [line for line in document.find("snmp-server host") if "3" not in (line.after("version"),)]
    sheet.flag("snmp_server.enabled", [*lines, *groups, *users], document.find("no snmp-server"), default=False)
    found = [*map(_community, lines), *(one for line in traps for one in trap_community(line))]
    sheet.items("snmp_server.communities", found, shown)
    sheet.items("snmp_server.users", [*map(_group, groups), *(item(line.word(2), line) for line in users)], shown)
    say_secrets(sheet, cisco_secrets(document), [Secret("community", line, "plain", line.word(2)) for line in lines])


def _community(line: Line) -> Item:
    words = [word.casefold() for word in line.words[3:]]
    place = next((index for index, word in enumerate(words) if word in {"ro", "rw"}), -1)
    last = words[place + 1 :] if place >= 0 else words[2:] if words[:1] == ["view"] else words
    return community(line.word(2), line, words[place] if place >= 0 else "ro", restricted=bool(last))


def trap_community(line: Line) -> list[Item]:
    """Return the community that ``snmp-server host`` sends traps with, if the line says one."""
    words = list(line.words[3:])
    for word in ("traps", "informs", "trap", "inform"):
        words = [other for other in words if other != word]
    for option in ("vrf", "version", "use-vrf"):
        if option in words:
            place = words.index(option)
            del words[place : place + 2]
    return [community(words[0], line, "trap", restricted=True)] if words else []


def _group(line: Line) -> Item:
    level = {"priv": "priv", "auth": "auth", "noauth": "noauth"}.get(line.after("v3"))
    access = "rw" if "write" in line.words else "ro"
    return item(line.word(2), line, level=level, access=access, restricted="access" in line.words)


def _time_and_log(document: Document, sheet: Sheet) -> None:
    servers = [*document.find("ntp server"), *document.find("sntp server")]
    sheet.items("ntp.servers", hosts(servers, 2))
    sheet.flag("ntp.authenticated", document.find("ntp authenticate"), default=False)
    logs = [line for line in document.find("logging") if is_address(line.word(1))]
    sheet.items("syslog.hosts", [*hosts(document.find("logging host"), 2), *hosts(logs, 1)])
    stamps = document.find("service timestamps log")
    zoned = [line for line in stamps if {"show-timezone"} & set(line.words)]
    sheet.flag("log.zoned_timestamps", zoned, [*stamps, *document.find("no service timestamps log")])
    _level(document.find("logging trap"), sheet)
    sheet.items("dns.servers", addresses([*document.find("ip name-server"), *document.find("ip name server")], 2))


def _level(traps: Sequence[Line], sheet: Sheet) -> None:
    level = severity(traps[0].word(2)) if traps else None
    if level is not None:
        sheet.say("log.level", level, traps)
    else:
        sheet.default("log.level", 6)


def _lan(document: Document, sheet: Sheet) -> None:
    ports = ports_of(document)
    guards = [line for line in document.find("spanning-tree portfast") if "bpduguard" in line.words]
    say_ports(sheet, ports, guarded_by_default=bool(guards))
    say_vlan_1(sheet, document)
    snooping = [line for line in document.find("ip dhcp snooping") if len(line.words) == 3]
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("no ip dhcp snooping"), default=False)


def _rest(document: Document, sheet: Sheet) -> None:
    found = [item(name, line) for begin, name in SERVICES.items() for line in document.find(begin)]
    sheet.items("services.running", found, [*document.find("no vstack"), *document.find("no service pad")])
    names, places = document.find("hostname"), document.find("snmp-server location")
    if names:
        sheet.say("identity.hostname", names[0].word(1), names)
    if places:
        sheet.say("identity.location", places[0].rest(2), places)
    else:
        sheet.default("identity.location", "")
