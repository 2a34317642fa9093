"""Facts of HPE Comware (5 and 7), by the Comware command references.

What is on by itself differs between the releases; where the configuration does not name its release it stays unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import say_lockout
from regiowacht_audit.adapters.secret import say_secrets
from regiowacht_audit.adapters.vrp import say_banner, say_lines, say_ports, say_snmp, say_time_and_log, secrets_of
from regiowacht_audit.adapters.words import host_of, named, number
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet

SESSIONS_DEFAULT = 32
BRIDGED = ("stp edged-port", "port link-mode bridge", "poe enable", "broadcast-suppression")
ALGORITHMS = ("ssh2 algorithm cipher", "ssh2 algorithm mac", "ssh2 algorithm key-exchange", "ssh2 algorithm public-key")


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that Comware tells."""
    _access(document, sheet)
    _web(document, sheet)
    _aaa(document, sheet)
    communities = say_snmp(document, sheet)
    say_secrets(sheet, secrets_of(document), communities)
    say_time_and_log(document, sheet)
    say_ports(document, sheet, "port access vlan", "port trunk permit vlan", "vlan-interface1", BRIDGED)
    snooping = [
        *document.find("dhcp snooping enable"),
        *(line for line in document.find("dhcp-snooping") if len(line.words) == 1),
    ]
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("undo dhcp snooping"), default=False)


def _is_7(document: Document) -> bool | None:
    """Tell whether this is Comware 7, of which telnet and HTTP are off by themselves; None where no line says."""
    versions = document.find("version")
    return versions[0].word(1).startswith("7.") if versions else None


def _access(document: Document, sheet: Sheet) -> None:
    off = False if _is_7(document) else None
    sheet.flag(
        "telnet.enabled", document.find("telnet server enable"), document.find("undo telnet server"), default=off
    )
    sheet.flag(
        "ssh.enabled", document.find("ssh server enable"), document.find("undo ssh server enable"), default=False
    )
    old, none = document.find("ssh server compatible-ssh1x"), document.find("undo ssh server compatible-ssh1x")
    sheet.flag("ssh.v1_allowed", old, none, default=off)
    found = [item(word, line) for kind in ALGORITHMS for line in document.find(kind) for word in line.words[3:]]
    sheet.items("ssh.algorithms", found, is_known=False)
    say_lines(document, sheet, [line for line in document.find("ssh server acl") if line.word(3)])
    say_banner(document, sheet)
    limits = document.find("aaa session-limit ssh")
    value = number(limits[-1].words, 3) if limits else None
    if value is not None:
        sheet.say("login.session_limit", value, limits)
    else:
        sheet.default("login.session_limit", SESSIONS_DEFAULT)


def _web(document: Document, sheet: Sheet) -> None:
    off = False if _is_7(document) else None
    sheet.flag("http.plain", document.find("ip http enable"), document.find("undo ip http enable"), default=off)
    apis = {
        "https": ("ip https enable", True), "netconf-ssh": ("netconf ssh server enable", True),
        "netconf-http": ("netconf soap http enable", False), "netconf": ("netconf soap https enable", True),
    }  # fmt: skip
    found = [item(name, line, encrypted=safe) for name, (begin, safe) in apis.items() for line in document.find(begin)]
    sheet.items("api.services", found)
    services = [("ftp", "ftp server enable"), ("auto-install", "autodeploy"), ("dns-open", "dns proxy enable")]
    sheet.items("services.running", [item(name, line) for name, begin in services for line in document.find(begin)])


def _aaa(document: Document, sheet: Sheet) -> None:
    sheet.items("aaa.servers", _servers(document))
    domains = document.find("domain")
    schemes = document.find("hwtacacs scheme")
    told = [line for domain in domains for line in domain.find("accounting") if line.word(-1) != "none"]
    told += [line for scheme in schemes for line in scheme.find("primary accounting")]
    sheet.flag("aaa.accounting", told, default=False)
    sheet.items("users.local", named(document.find("local-user"), 1))
    say_lockout(sheet, document.find("password-control login-attempt"), "login-attempt")


def _servers(document: Document) -> Iterator[Item]:
    """Yield the servers of every scheme; the scheme ``system`` that some releases make points at the device itself."""
    for kind in ("radius scheme", "hwtacacs scheme"):
        for scheme in document.find(kind):
            for line in [*scheme.find("primary authentication"), *scheme.find("secondary authentication")]:
                host = host_of(line, 2)
                if host and not host.startswith("127."):
                    yield item(host, line)
