"""Facts of Huawei VRP (S, CE and AR series), by the VRP command references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.secret import say_secrets
from regiowacht_audit.adapters.vrp import (
    inputs_of,
    lines_of,
    say_banner,
    say_lines,
    say_ports,
    say_snmp,
    say_time_and_log,
    secrets_of,
)
from regiowacht_audit.adapters.words import host_of, number
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet

ALGORITHMS = ("ssh server cipher", "ssh server hmac", "ssh server key-exchange", "ssh server publickey")
USER_KEYS = ("password", "privilege", "service-type", "level", "ftp-directory", "idle-timeout", "access-limit")


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that VRP tells."""
    _access(document, sheet)
    _web(document, sheet)
    _aaa(document, sheet)
    communities = say_snmp(document, sheet)
    say_secrets(sheet, secrets_of(document), communities)
    say_time_and_log(document, sheet)
    say_ports(document, sheet, "port default vlan", "port trunk allow-pass vlan", "vlanif1")
    snooping = [line for line in document.find("dhcp snooping enable") if len(line.words) == 3]
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("undo dhcp snooping"), default=False)


def _access(document: Document, sheet: Sheet) -> None:
    inputs = inputs_of(document)
    servers = [line for kind in ("", "ipv4 ", "ipv6 ") for line in document.find(f"telnet {kind}server enable")]
    through = [line for line in inputs if {"telnet", "all"} & set(line.words)]
    off = [*document.find("undo telnet server enable"), *document.find("undo telnet ipv4 server enable")]
    vtys = [block for block in lines_of(document) if block.word(1) == "vty"]
    silent = [block for block in vtys if not block.has("protocol inbound")]  # what holds there depends on the release
    only_ssh = inputs if inputs and not through and not silent else []
    sheet.flag("telnet.enabled", [] if off or only_ssh else [*servers, *through] if servers else [], [*off, *only_ssh])
    ssh = [*document.find("stelnet server enable"), *document.find("stelnet ipv4 server enable")]
    sheet.flag("ssh.enabled", ssh, document.find("undo stelnet server enable"), default=False)
    old, none = document.find("ssh server compatible-ssh1x"), document.find("undo ssh server compatible-ssh1x")
    sheet.flag("ssh.v1_allowed", old, none)
    found = [item(word, line) for kind in ALGORITHMS for line in document.find(kind) for word in line.words[3:]]
    sheet.items("ssh.algorithms", found, is_known=False)
    say_lines(document, sheet, [*document.find("ssh server acl"), *document.find("acl ssh")])
    say_banner(document, sheet)
    limits = document.find("user-interface maximum-vty")
    if limits:
        sheet.say("login.session_limit", number(limits[-1].words, 2), limits)
    else:
        sheet.default("login.session_limit", 5)


def _web(document: Document, sheet: Sheet) -> None:
    off = document.find("undo http server enable")
    sheet.flag("http.plain", document.find("http server enable"), off)
    web = [line for line in document.find("http secure-server") if line.word(2) == "enable"]
    apis = [item("https", web, encrypted=True)] if web else []
    apis += [item("netconf-ssh", line, encrypted=True) for line in document.find("snetconf server enable")]
    sheet.items("api.services", apis)
    services = [("ftp", "ftp server enable"), ("tftp", "tftp server enable"), ("dns-open", "dns proxy enable")]
    sheet.items("services.running", [item(name, line) for name, begin in services for line in document.find(begin)])


def _aaa(document: Document, sheet: Sheet) -> None:
    sheet.items("aaa.servers", _servers(document))
    blocks = document.find("aaa")
    told = [
        line for block in blocks for line in block.walk() if line.words[0] in {"accounting-mode", "recording-scheme"}
    ]
    sheet.flag("aaa.accounting", [line for line in told if line.word(1) != "none"], default=False)
    users = [line for block in blocks for line in block.find("local-user") if line.word(2) in USER_KEYS]
    names = dict.fromkeys(line.word(1) for line in users)
    sheet.items("users.local", [item(name, [line for line in users if line.word(1) == name][:1]) for name in names])
    locks = [line for block in blocks for line in block.find("local-aaa-user wrong-password")]
    attempts = next((value for line in locks if (value := number([line.after("retry-time")], 0)) is not None), None)
    if attempts is not None:
        sheet.say("login.lockout_attempts", attempts, locks)
    else:
        sheet.default("login.lockout_attempts", 3)


def _servers(document: Document) -> Iterator[Item]:
    for kind in ("radius-server", "hwtacacs-server"):
        for template in document.find(f"{kind} template"):
            for line in template.find(f"{kind} authentication"):
                if host := host_of(line, 2):
                    yield item(host, line)
