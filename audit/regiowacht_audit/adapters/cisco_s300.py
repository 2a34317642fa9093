"""Facts of Cisco Small Business switches (300, 350, 500, CBS), by their CLI guides.

Telnet and SSH are off by themselves, HTTP and HTTPS are on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import minutes, say_aaa, say_level, say_lockout, say_names, say_time
from regiowacht_audit.adapters.cisco_secrets import cisco_secrets
from regiowacht_audit.adapters.cisco_snmp import say_snmp
from regiowacht_audit.adapters.cisco_switch import ports_of, say_ports, say_vlan_1
from regiowacht_audit.adapters.words import banners, hosts
from regiowacht_audit.facts.sheet import item
from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet

IDLE_DEFAULT_S = 600
MASK = "<encrypted>"


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that these switches tell."""
    _access(document, sheet)
    plain = _without_encrypted(document)
    say_aaa(plain, sheet)
    say_lockout(sheet, document.find("aaa login-lockout"), "attempts")
    say_snmp(plain, sheet, cisco_secrets(document))
    say_time(document, sheet)
    sheet.items("syslog.hosts", hosts(document.find("logging host"), 2))
    levels = [line for line in document.find("logging host") if "severity" in line.words]
    say_level([type(line)(line.number, ["", "", line.after("severity")]) for line in levels], sheet, 6)
    say_ports(sheet, ports_of(document), negotiates=False)
    say_vlan_1(sheet, document)
    snooping = [line for line in document.find("ip dhcp snooping") if len(line.words) == 3]
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("no ip dhcp snooping"), default=False)
    say_names(sheet, document.find("hostname"), document.find("snmp-server location"))


def _without_encrypted(document: Document) -> Line:
    """Return the lines as if none held an encrypted value: ``encrypted`` stands before the command of one that does."""
    top = Line(0, [])
    for line in document.children:
        words = list(line.words)
        if words[0] == "encrypted" and words[2:3] == ["community"]:
            top.children.append(_with(line, ["snmp-server", "community", MASK, *words[4:]]))
        else:
            top.children.append(_with(line, words[1:]) if words[0] == "encrypted" and words[1:] else line)
    return top


def _with(line: Line, words: list[str]) -> Line:
    other = Line(line.number, words, line.texts)
    other.children = line.children
    return other


def _access(document: Document, sheet: Sheet) -> None:
    sheet.flag("telnet.enabled", document.find("ip telnet server"), document.find("no ip telnet server"), default=False)
    sheet.flag("ssh.enabled", document.find("ip ssh server"), document.find("no ip ssh server"), default=False)
    sheet.default("ssh.v1_allowed", False)  # the server speaks version 2 alone
    sheet.flag("http.plain", document.find("ip http server"), document.find("no ip http server"), default=True)
    off = document.find("no ip http secure-server")
    web = document.find("ip http secure-server")
    is_on = not off and (bool(web) or sheet.is_whole)
    sheet.items("api.services", [item("https", web, encrypted=True)] if is_on else [], off)
    lists = document.find("management access-class")
    if lists or sheet.is_whole:
        sheet.items("management.access", [item("management", lists, restricted=bool(lists))])
    lines = document.find("line")
    default = (
        [item(kind, (), seconds=IDLE_DEFAULT_S) for kind in ("console", "ssh")] if sheet.is_whole and not lines else []
    )
    sheet.items("idle.timeouts", [_idle(line) for line in lines] or default, is_known=False)
    sheet.items("banner.texts", banners([*document.find("banner login"), *document.find("banner motd")]))
    config = document.find("boot host auto-config")
    sheet.items(
        "services.running", [item("auto-install", line) for line in config], document.find("no boot host auto-config")
    )


def _idle(line: Line) -> Item:
    found = minutes(line.find("exec-timeout"), line.rest(1), 1)
    return found[0] if found else item(line.rest(1), line, seconds=IDLE_DEFAULT_S)
