"""Facts of Dell SmartFabric OS10, by the OS10 user guide: telnet is off and SSH on by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import minutes, say_aaa, say_level, say_lockout, say_names, say_time
from regiowacht_audit.adapters.cisco_secrets import cisco_secrets
from regiowacht_audit.adapters.cisco_snmp import say_snmp
from regiowacht_audit.adapters.cisco_switch import ports_of, say_ports, say_vlan_1
from regiowacht_audit.adapters.words import banners, hosts, number
from regiowacht_audit.facts.sheet import item
from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.sheet import Sheet

SESSIONS_DEFAULT = 10
ALGORITHMS = ("ip ssh server cipher", "ip ssh server mac", "ip ssh server kex")


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that OS10 tells."""
    _access(document, sheet)
    say_aaa(document, sheet)
    say_lockout(sheet, document.find("password-attributes"), "max-retry")
    say_snmp(_snmp(document), sheet, cisco_secrets(document))
    say_time(document, sheet)
    _log(document, sheet)
    guards = [line for line in document.find("spanning-tree") if "bpduguard" in line.words]
    say_ports(sheet, ports_of(document), guarded_by_default=bool(guards), negotiates=False)
    say_vlan_1(sheet, document)
    snooping = [line for line in document.find("ip dhcp snooping") if len(line.words) == 3]
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("no ip dhcp snooping"), default=False)
    say_names(sheet, document.find("hostname"), document.find("snmp-server location"))


def _snmp(document: Document) -> Line:
    """Return the SNMP lines in Cisco's words: OS10 names version 3 ``3``, and a community's list after ``acl``."""
    top = Line(0, [])
    for line in document.find("snmp-server"):
        is_model = line.word(1) in {"group", "user"}
        words = [
            "v3" if is_model and index in {3, 4} and word == "3" else word for index, word in enumerate(line.words)
        ]
        top.children.append(Line(line.number, words))
    top.children += document.find("no")
    return top


def _access(document: Document, sheet: Sheet) -> None:
    telnet = document.find("ip telnet server enable")
    sheet.flag("telnet.enabled", telnet, document.find("no ip telnet server"), default=False)
    sheet.flag(
        "ssh.enabled", document.find("ip ssh server enable"), document.find("no ip ssh server enable"), default=True
    )
    sheet.default("ssh.v1_allowed", False)  # the server speaks version 2 alone
    found = [item(word, line) for kind in ALGORITHMS for line in document.find(kind) for word in line.words[4:]]
    sheet.items("ssh.algorithms", found, is_known=False)
    sheet.default("http.plain", False)  # OS10 has no page; its REST interface speaks TLS alone
    sheet.items("api.services", [item("rest", line, encrypted=True) for line in document.find("rest api restconf")])
    vtys = document.find("line vty")
    lists = [line for vty in vtys for line in [*vty.find("ip access-class"), *vty.find("ipv6 access-class")]]
    if lists or sheet.is_whole:
        sheet.items("management.access", [item("vty", lists or vtys, restricted=bool(lists))])
    times = minutes(document.find("exec-timeout"), "session", 1, 1)
    default = [item("session", (), seconds=0)] if sheet.is_whole else []
    sheet.items("idle.timeouts", times or default, is_known=False)
    sheet.items("banner.texts", banners([*document.find("banner motd"), *document.find("banner login")]))
    limits = document.find("login concurrent-session limit")
    value = number(limits[-1].words, 3) if limits else None
    if value is not None:
        sheet.say("login.session_limit", value, limits)
    else:
        sheet.default("login.session_limit", SESSIONS_DEFAULT)


def _log(document: Document, sheet: Sheet) -> None:
    servers = document.find("logging server")
    sheet.items("syslog.hosts", hosts(servers, 2))
    with_level = [line for line in servers if "severity" in line.words]
    level = {"log-info": "6", "log-notice": "5", "log-warning": "4", "log-err": "3", "log-debug": "7", "log-crit": "2"}
    if with_level:
        word = with_level[0].after("severity")
        sheet.say("log.level", int(level.get(word, "6")), with_level)
    else:
        say_level((), sheet, 6)
