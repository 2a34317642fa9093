"""Facts of Aruba and HP AOS-S (ProCurve), by the ArubaOS-Switch access security and management guides.

Telnet and the web page are on unless a line turns them off, in every release that the guides describe.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import minutes, say_lockout, say_names
from regiowacht_audit.adapters.secret import Secret, community, is_cut, say_secrets
from regiowacht_audit.adapters.words import addresses, banners, host_of, hosts, severity
from regiowacht_audit.facts.sheet import item
from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet

PORT = re.compile(r"(\D*|\d+/\D*)(\d+)")
PORTS_MAX = 1_000
NO_HOST = frozenset(
    {"facility", "severity", "notify", "system-module", "origin-id", "command", "filter", "priority-descr"}
)
FORMS = {"plaintext": "plain", "sha1": "hashed", "sha256": "hashed"}


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that AOS-S tells."""
    _access(document, sheet)
    _web(document, sheet)
    _aaa(document, sheet)
    _snmp(document, sheet)
    _time_and_log(document, sheet)
    _lan(document, sheet)
    places = [line for line in document.find("snmp-server") if line.after("location")]
    told = [Line(line.number, ["location", line.after("location")]) for line in places]
    say_names(sheet, document.find("hostname"), told, 1)


def _access(document: Document, sheet: Sheet) -> None:
    sheet.flag("telnet.enabled", document.find("telnet-server"), document.find("no telnet-server"), default=True)
    sheet.flag("ssh.enabled", document.find("ip ssh"), document.find("no ip ssh"))
    versions = document.find("ip ssh version")
    sheet.flag("ssh.v1_allowed", [line for line in versions if line.word(3).startswith("1")], versions)
    managers = [line for line in document.find("ip authorized-managers") if "0.0.0.0" not in line.words[2:4]]  # noqa: S104
    if sheet.is_whole or managers:
        sheet.items("management.access", [item("authorized-managers", managers, restricted=bool(managers))])
    seconds = minutes(document.find("console idle-timeout"), "console", 2, 1)
    found = seconds or minutes(document.find("console inactivity-timer"), "console", 2)
    default = [item("console", (), seconds=0)] if sheet.is_whole else []
    sheet.items("idle.timeouts", found or default, is_known=False)
    sheet.items("banner.texts", [*banners(document.find("banner motd")), *_quoted_banners(document)])


def _quoted_banners(document: Document) -> Iterator[Item]:
    """Yield a banner whose text stands in its own line."""
    for line in document.find("banner motd"):
        if not line.texts and line.rest(2).strip():
            yield item("motd", line, text=line.rest(2))


def _web(document: Document, sheet: Sheet) -> None:
    off = [line for line in document.find("no web-management") if line.word(2) in {"", "plaintext"}]
    on = [line for line in document.find("web-management") if line.word(1) in {"plaintext", ""}]
    sheet.flag("http.plain", () if off else on, off, default=True)
    tls = document.find("web-management ssl")
    sheet.items("api.services", [item("https", tls, encrypted=True)] if tls else [])
    tftp = [] if document.find("no tftp server") or not sheet.is_whole else [item("tftp", ())]
    sheet.items("services.running", tftp, document.find("no tftp server"))


def _aaa(document: Document, sheet: Sheet) -> None:
    servers = [*document.find("tacacs-server host"), *document.find("radius-server host")]
    sheet.items("aaa.servers", hosts(servers, 2))
    sheet.flag("aaa.accounting", document.find("aaa accounting"), default=False)
    passwords = [line for line in document.find("password") if line.word(1) in {"manager", "operator"}]
    sheet.items("users.local", [item(line.after("user-name") or line.word(1), line) for line in passwords])
    delays = document.find("aaa authentication lockout-delay")
    say_lockout(sheet, [*document.find("aaa authentication num-attempts")] if delays else [], "num-attempts")


def _secrets(document: Document) -> Iterator[Secret]:
    for line in document.find("password"):
        for word, form in FORMS.items():
            if word in line.words:
                yield Secret(f"password {line.word(1)}", line, form, line.after(word))
    for line in [*document.find("radius-server"), *document.find("tacacs-server")]:
        for word, form in {"key": "plain", "encrypted-key": "encrypted"}.items():
            if line.after(word):
                yield Secret(f"{line.word(0)} key", line, form, line.after(word))


def _snmp(document: Document, sheet: Sheet) -> None:
    lines, users = document.find("snmp-server community"), document.find("snmpv3 user")
    shown = [*document.find("snmp-server"), *document.find("snmpv3")]
    on = [*lines, *users, *document.find("snmpv3 enable"), *document.find("snmpv3 only")]
    sheet.flag("snmp_server.enabled", on, document.find("no snmp-server enable"))
    is_limited = bool(document.find("ip authorized-managers"))
    only_v3 = document.find("snmpv3 only")
    found = [] if only_v3 else [_community(line, is_limited) for line in lines]
    sheet.items("snmp_server.communities", found, [*users, *only_v3] or shown)
    sheet.items("snmp_server.users", [_user(line, is_limited) for line in users], shown)
    say_secrets(sheet, _secrets(document), [Secret("community", line, "plain", line.word(2)) for line in lines])


def _community(line: Line, is_limited: bool) -> Item:
    if is_cut(line, line.word(2)):
        return community(line.word(2), line, None, restricted=is_limited)
    access = "rw" if "unrestricted" in [word.casefold() for word in line.words] else "ro"
    return community(line.word(2), line, access, restricted=is_limited)


def _user(line: Line, is_limited: bool) -> Item:
    level = "priv" if "priv" in line.words else "auth" if "auth" in line.words else "noauth"
    return item(line.word(2), line, level=level, restricted=is_limited)


def _time_and_log(document: Document, sheet: Sheet) -> None:
    lines = [*document.find("ntp server"), *document.find("sntp server")]
    sheet.items("ntp.servers", hosts(lines, 2))
    sheet.flag(
        "ntp.authenticated",
        [*document.find("ntp authentication"), *document.find("sntp authentication")],
        default=False,
    )
    servers = [line for line in document.find("logging") if len(line.words) > 1 and line.word(1) not in NO_HOST]
    sheet.items("syslog.hosts", [item(host_of(line, 1), line) for line in servers])
    levels = document.find("logging severity")
    level = (
        severity({"major": "critical", "error": "error"}.get(levels[0].word(2), levels[0].word(2))) if levels else None
    )
    if level is not None:
        sheet.say("log.level", level, levels)
    else:
        sheet.default("log.level", 7)
    sheet.items("dns.servers", addresses(document.find("ip dns server-address"), 3))


def _lan(document: Document, sheet: Sheet) -> None:
    vlans = document.find("vlan")
    untagged = [line for vlan in vlans for line in vlan.find("untagged")]
    sheet.flag("lan.has_access_ports", untagged, default=False)
    snooping = [line for line in document.find("dhcp-snooping") if len(line.words) == 1]
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("no dhcp-snooping"), default=False)
    guards = [line for line in document.find("spanning-tree") if {"bpdu-protection", "root-guard"} & set(line.words)]
    if untagged and (sheet.is_whole or guards):
        sheet.items("stp.open_edge_ports", [item("edge ports", guards, guarded=bool(guards))])
    first = [vlan for vlan in vlans if vlan.word(1) == "1"]
    found = [(vlan, line) for vlan in first for line in vlan.find("ip address")]
    sheet.items("vlan1.addresses", [item("vlan 1", [vlan, line], up=True) for vlan, line in found])
    sheet.items("vlan1.access_ports", [item(line.rest(1), line) for vlan in first for line in vlan.find("untagged")])
    _say_unused(document, sheet, vlans)


def _say_unused(document: Document, sheet: Sheet, vlans: list[Line]) -> None:
    """Fill the ports that are shut, and those that have neither a name nor a VLAN of their own."""
    others = [line for vlan in vlans if vlan.word(1) != "1" for line in [*vlan.find("tagged"), *vlan.find("untagged")]]
    used = {name for line in others for name in _expand(line.word(1))}
    ports = [port for port in document.find("interface") if port.has("disable") or not port.children]
    idle = [port for port in ports if port.has("disable") or port.word(1) not in used]
    sheet.items("ports.unused", [item(port.word(1), port, shut=port.has("disable")) for port in idle], is_known=False)


def _expand(text: str) -> Iterator[str]:
    """Yield the ports of a list: ``1-24,A1-A4,1/1-1/12``."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        low, high = PORT.fullmatch(first), PORT.fullmatch(last or first)
        if low and high and low[1] == high[1] and int(high[2]) - int(low[2]) < PORTS_MAX:
            yield from (f"{low[1]}{index}" for index in range(int(low[2]), int(high[2]) + 1))
