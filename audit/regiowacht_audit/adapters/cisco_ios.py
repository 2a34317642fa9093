"""Facts of Cisco IOS and IOS XE, by the Cisco IOS command references.

What depends on the release and is not written down (telnet on a vty without ``transport input``, the HTTP server, SSH
version 1) stays unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import say_aaa, say_level, say_names, say_time
from regiowacht_audit.adapters.cisco_secrets import cisco_secrets
from regiowacht_audit.adapters.cisco_snmp import say_snmp
from regiowacht_audit.adapters.cisco_switch import bare_ports, ports_of, say_ports, say_vlan_1
from regiowacht_audit.adapters.words import banners, hosts, is_address, number
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

IDLE_DEFAULT_S = 600
"""IOS ends an idle session after 10 minutes where no line says otherwise (command ``exec-timeout``)."""

TERMINALS = frozenset({"con", "console", "aux", "vty", "tty"})
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
    say_aaa(document, sheet)
    secrets = list(cisco_secrets(document))
    say_snmp(document, sheet, secrets)
    say_time(document, sheet)
    _log(document, sheet)
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
    lines = [line for line in document.find("line") if line.word(1) in TERMINALS or _is_timed(line)]
    sheet.items("idle.timeouts", [one for line in lines for one in _idle(line)], is_known=False)
    if used:
        sheet.say("login.session_limit", sum(map(_sessions, used)), used)


def _way_in(vty: Line) -> Item:
    lists = [line for line in vty.find("access-class") if "in" in line.words]
    return item(vty.rest(1), lists or vty, restricted=bool(lists))


def _is_timed(line: Line) -> bool:
    """Tell whether a line that has a number alone (those of a terminal server) has a session and a time-out."""
    return line.has("exec-timeout") and not line.has("no exec")


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
    off = document.find("no ip http secure-server")
    sheet.items("api.services", found, off, is_known=bool(off))
    sheet.items("banner.texts", banners([*document.find("banner login"), *document.find("banner motd")]))
    blocks = document.find("login block-for")
    fails = document.find("aaa local authentication attempts max-fail")
    if blocks or fails:
        attempts = number(blocks[0].words, 4) if blocks else number(fails[0].words, 5)
        sheet.say("login.lockout_attempts", attempts, [*blocks, *fails])
    else:
        sheet.default("login.lockout_attempts", 0)


def _log(document: Document, sheet: Sheet) -> None:
    logs = [line for line in document.find("logging") if is_address(line.word(1)) or _is_name(line)]
    sheet.items("syslog.hosts", [*hosts(document.find("logging host"), 2), *hosts(logs, 1)])
    stamps = document.find("service timestamps log")
    zoned = [line for line in stamps if "show-timezone" in line.words]
    sheet.flag("log.zoned_timestamps", zoned, [*stamps, *document.find("no service timestamps log")])
    say_level(document.find("logging trap"), sheet, 6)


def _is_name(line: Line) -> bool:
    """Tell whether ``logging`` is followed by a server's full name: no other word of the command has a dot."""
    return len(line.words) == 2 and "." in line.word(1).strip(".")


def _lan(document: Document, sheet: Sheet) -> None:
    ports = ports_of(document)
    guards = [line for line in document.find("spanning-tree portfast") if "bpduguard" in line.words]
    is_switch = document.has("spanning-tree mode") or document.has("spanning-tree extend")  # in every switch's
    say_ports(sheet, ports, guarded_by_default=bool(guards), bare=bare_ports(ports) if is_switch else ())
    say_vlan_1(sheet, document)
    snooping = [line for line in document.find("ip dhcp snooping") if len(line.words) == 3]
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("no ip dhcp snooping"), default=False)


def _rest(document: Document, sheet: Sheet) -> None:
    found = [item(name, line) for begin, name in SERVICES.items() for line in document.find(begin)]
    sheet.items("services.running", found, [*document.find("no vstack"), *document.find("no service pad")])
    say_names(sheet, document.find("hostname"), document.find("snmp-server location"))
