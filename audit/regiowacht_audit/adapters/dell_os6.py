"""Facts of Dell Networking OS6 (N-Series), by the OS6 CLI reference.

Telnet is on and the web server too unless ``ip telnet server disable`` and ``no ip http server`` stand there. Blocks
end with ``exit`` and are not indented: the platform's file says which lines open one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import minutes, say_aaa, say_level, say_lockout, say_names, say_time
from regiowacht_audit.adapters.cisco_secrets import cisco_secrets
from regiowacht_audit.adapters.cisco_snmp import say_snmp
from regiowacht_audit.adapters.cisco_switch import ports_of, say_ports, say_vlan_1
from regiowacht_audit.adapters.secret import Secret
from regiowacht_audit.adapters.words import banners, hosts, is_address
from regiowacht_audit.facts.sheet import item
from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet

IDLE_DEFAULT_S = 600


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that OS6 tells."""
    _access(document, sheet)
    say_aaa(document, sheet)
    servers = [
        *document.find("radius server auth"),
        *document.find("radius-server host"),
        *document.find("tacacs-server host"),
    ]
    named = [*document.find("radius server"), *servers]
    found = [one for one in [*hosts(servers, 3), *hosts(servers, 2), *hosts(named, 2)] if is_address(one.name)]
    sheet.items("aaa.servers", found)
    say_lockout(sheet, document.find("passwords lock-out"), "lock-out")
    open_accounts = [
        Secret(f"username {line.word(1)}", line, "plain", "")
        for line in document.find("username")
        if "nopassword" in line.words
    ]
    say_snmp(_snmp(document), sheet, [*cisco_secrets(document), *open_accounts], _snmp_lists(document))
    say_time(document, sheet)
    _log(document, sheet)
    guards = document.find("spanning-tree bpdu-protection")
    say_ports(sheet, ports_of(document), guarded_by_default=bool(guards), negotiates=False)
    say_vlan_1(sheet, document)
    snooping = [line for line in document.find("ip dhcp snooping") if len(line.words) == 3]
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("no ip dhcp snooping"), default=False)
    say_names(sheet, document.find("hostname"), document.find("snmp-server location"))


def _snmp(document: Document) -> Line:
    """Return the SNMP lines with ``community-group NAME GROUP`` as a community whose rights its group holds."""
    top = Line(0, [])
    for line in document.find("snmp-server"):
        is_grouped = line.word(1) == "community-group"
        words = ["snmp-server", "community", line.word(2), "group", line.word(3)] if is_grouped else line.words
        top.children.append(Line(line.number, words))
    top.children += document.find("no")
    return top


def _snmp_lists(document: Document) -> list[Line]:
    """Return the management list in force where it lets SNMP in from listed addresses alone; it denies the rest."""
    used = {line.word(2).strip('"') for line in document.find("management access-class")}
    lists = [line for line in document.find("management access-list") if line.word(2).strip('"') in used]
    permits = [line for one in lists for line in one.find("permit")]
    is_open = [
        line for line in permits if "ip-source" not in line.words and line.after("service") in {"", "any", "snmp"}
    ]
    return [] if is_open or not permits else document.find("management access-class")


def _access(document: Document, sheet: Sheet) -> None:
    off = [*document.find("ip telnet server disable"), *document.find("no ip telnet server")]
    sheet.flag("telnet.enabled", () if off else document.find("ip telnet"), off, default=True)
    sheet.flag("ssh.enabled", document.find("ip ssh server"), document.find("no ip ssh server"), default=False)
    versions = document.find("ip ssh protocol")
    sheet.flag("ssh.v1_allowed", [line for line in versions if "1" in line.words], versions)
    sheet.flag("http.plain", document.find("ip http server"), document.find("no ip http server"), default=True)
    tls = [*document.find("ip http secure-server"), *document.find("ip https server")]
    sheet.items("api.services", [item("https", line, encrypted=True) for line in tls])
    lists = document.find("management access-class")
    if lists or sheet.is_whole:
        sheet.items("management.access", [item("management", lists, restricted=bool(lists))])
    lines = [line for line in document.find("line") if line.word(1) in {"console", "telnet", "ssh"}]
    default = (
        [item(kind, (), seconds=IDLE_DEFAULT_S) for kind in ("console", "ssh")] if sheet.is_whole and not lines else []
    )
    sheet.items("idle.timeouts", [_idle(line) for line in lines] or default, is_known=False)
    sheet.items("banner.texts", banners([*document.find("banner motd"), *document.find("banner login")]))
    services = [("ftp", "ip ftp server"), ("auto-install", "boot host auto-save")]
    sheet.items("services.running", [item(name, line) for name, begin in services for line in document.find(begin)])


def _idle(line: Line) -> Item:
    found = minutes(line.find("exec-timeout"), line.rest(1), 1)
    return found[0] if found else item(line.rest(1), line, seconds=IDLE_DEFAULT_S)


def _log(document: Document, sheet: Sheet) -> None:
    servers = [
        line for line in document.find("logging") if is_address(line.word(1).strip('"')) or line.word(1) == "host"
    ]
    sheet.items("syslog.hosts", hosts(servers, 1))
    levels = [child for line in servers for child in line.find("level")]
    say_level(levels, sheet, 6, at=1)
