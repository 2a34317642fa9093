"""Facts of Arista EOS, by the EOS user manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import minutes, say_aaa, say_level, say_lockout, say_names, say_time
from regiowacht_audit.adapters.cisco_secrets import cisco_secrets
from regiowacht_audit.adapters.cisco_snmp import say_snmp
from regiowacht_audit.adapters.cisco_switch import ports_of, say_ports, say_vlan_1
from regiowacht_audit.adapters.secret import Secret
from regiowacht_audit.adapters.words import banners, host_of, number
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

SESSIONS_DEFAULT = 50
ALGORITHMS = ("cipher", "mac", "key-exchange", "hostkey server")


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that EOS tells."""
    _access(document, sheet)
    _web(document, sheet)
    say_aaa(document, sheet)
    say_lockout(sheet, document.find("aaa authentication policy lockout"), "failure")
    say_snmp(document, sheet, [*cisco_secrets(document), *_without_password(document)], _snmp_lists(document))
    say_time(document, sheet)
    _log(document, sheet)
    _lan(document, sheet)
    say_names(sheet, document.find("hostname"), document.find("snmp-server location"))


def _snmp_lists(document: Document) -> list[Line]:
    """Return the lists of addresses in front of SNMP; one of a single VRF says nothing of the others."""
    lines = [*document.find("snmp-server ipv4 access-list"), *document.find("snmp-server ipv6 access-list")]
    return [line for line in lines if "vrf" not in line.words]


def _without_password(document: Document) -> Iterator[Secret]:
    """Yield the accounts that need no password at all."""
    for line in document.find("username"):
        if "nopassword" in line.words:
            yield Secret(f"username {line.word(1)}", line, "plain", "")


def _access(document: Document, sheet: Sheet) -> None:
    blocks = document.find("management telnet")
    telnet = [line for block in blocks if _running(block) for line in (block, *_running(block))]
    sheet.flag("telnet.enabled", telnet, blocks, default=False)
    blocks = document.find("management ssh")
    shut = [line for block in blocks for line in block.find("shutdown")]
    sheet.flag("ssh.enabled", () if shut else blocks, shut, default=True)
    sheet.default("ssh.v1_allowed", False)  # the server speaks version 2 alone
    words = [
        item(word, line) for ssh in blocks for kind in ALGORITHMS for line in ssh.find(kind) for word in line.words
    ]
    sheet.items(
        "ssh.algorithms", [one for one in words if one.name not in {"hostkey", "server", *ALGORITHMS}], is_known=False
    )
    lists = [line for ssh in blocks for line in ssh.walk() if line.word(1) == "access-group" and "in" in line.words]
    sheet.items(
        "management.access", [item("ssh", lists or blocks, restricted=bool(lists))] if sheet.is_whole or blocks else ()
    )
    sheet.items("idle.timeouts", [_idle(document, kind) for kind in ("console", "ssh")] if sheet.is_whole else ())
    limits = [line for ssh in blocks for line in ssh.find("connection limit")]
    if limits:
        sheet.say("login.session_limit", number(limits[-1].words, 2), limits)
    else:
        sheet.default("login.session_limit", SESSIONS_DEFAULT)


def _idle(document: Document, kind: str) -> Item:
    """Return the time-out of a way in; EOS has none unless a line sets it."""
    lines = [line for block in document.find(f"management {kind}") for line in block.find("idle-timeout")]
    found = minutes(lines, kind, 1)
    return found[0] if found else item(kind, (), seconds=0)


def _running(block: Line) -> list[Line]:
    """Return the lines by which a service of ``management`` runs, in any VRF; none where it is shut."""
    return [line for line in block.walk() if list(line.words) == ["no", "shutdown"]]


def _web(document: Document, sheet: Sheet) -> None:
    blocks = document.find("management api http-commands")
    running = [block for block in blocks if _running(block)]
    plain = [line for block in running for line in block.find("protocol http") if "localhost" not in line.words]
    shown = [*running, *plain, *(line for block in running for line in _running(block))] if plain else []
    sheet.flag("http.plain", shown, blocks, default=False)
    open_http = [item("http", line, encrypted=False) for line in plain]
    apis = [*running, *document.find("management api gnmi"), *document.find("management api netconf")]
    names = {"http-commands": "https", "gnmi": "gnmi", "netconf": "netconf"}
    found = [item(names[line.word(2)], line, encrypted=True) for line in apis]
    sheet.items("api.services", [*found, *open_http], blocks)
    sheet.items("banner.texts", banners([*document.find("banner login"), *document.find("banner motd")]))


def _log(document: Document, sheet: Sheet) -> None:
    lines = [*document.find("logging host"), *(line for line in document.find("logging vrf") if line.word(3) == "host")]
    sheet.items("syslog.hosts", [item(host_of(line, 1), line) for line in lines])
    say_level(document.find("logging trap"), sheet, 6)
    stamps = document.find("logging format timestamp")
    zoned = [line for line in stamps if {"timezone", "rfc3339"} & set(line.words)]
    sheet.flag("log.zoned_timestamps", zoned, stamps, default=False)


def _lan(document: Document, sheet: Sheet) -> None:
    guards = [line for line in document.find("spanning-tree edge-port") if "bpduguard" in line.words]
    ports = [port for port in ports_of(document) if not port.has("no switchport")]
    say_ports(sheet, ports, guarded_by_default=bool(guards), negotiates=False)
    say_vlan_1(sheet, document)
    snooping = [line for line in document.find("ip dhcp snooping") if len(line.words) == 3]
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("no ip dhcp snooping"), default=False)
