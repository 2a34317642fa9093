"""Facts of Ruckus FastIron (ICX), by the FastIron security, management and Layer 2 guides.

Telnet is on unless ``no telnet server`` stands there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import minutes, say_aaa, say_names
from regiowacht_audit.adapters.cisco_secrets import cisco_secrets
from regiowacht_audit.adapters.cisco_snmp import say_snmp
from regiowacht_audit.adapters.secret import Secret
from regiowacht_audit.adapters.words import addresses, banners, hosts
from regiowacht_audit.facts.sheet import item
from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet

PORTS = re.compile(r"ethe(?:rnet)? (\S+)(?: to (\S+))?")
PORTS_MAX = 2_000


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that FastIron tells."""
    _access(document, sheet)
    _web(document, sheet)
    say_aaa(document, sheet)
    secrets = [*map(_by_table, cisco_secrets(document)), *_passwords(document)]
    say_snmp(_readable(document), sheet, secrets)
    _time_and_log(document, sheet)
    _lan(document, sheet)
    say_names(sheet, document.find("hostname"), document.find("snmp-server location"))


def _readable(document: Document) -> Line:
    """Return the SNMP lines without the digit that says in which form a community stands: ``0`` is the clear."""
    top = Line(0, [])
    for line in document.find("snmp-server"):
        words = list(line.words)
        at = words.index("version") + 2 if words[1:2] == ["host"] and "version" in words else len(words)
        if words[at : at + 1] and words[at] in {"0", "1", "2"} and len(words) > at + 1:
            words[at : at + 2] = [words[at + 1] if words[at] == "0" else "<encrypted>"]
        if words[1:2] == ["community"] and words[2:3] and words[2] in {"0", "1", "2"} and len(words) > 3:
            words = [*words[:2], words[3] if words[2] == "0" else "<encrypted>", *words[4:]]
        top.children.append(Line(line.number, words))
    top.children += document.find("no")
    return top


def _passwords(document: Document) -> Iterator[Secret]:
    """Yield the passwords of the three levels of ``enable``, and the accounts that need none."""
    for kind in ("super-user-password", "port-config-password", "read-only-password"):
        for line in document.find(f"enable {kind}"):
            form = {"8": "hashed", "1": "reversible", "2": "reversible"}.get(
                line.word(2) if line.word(3) else "", "plain"
            )
            is_md5 = line.word(-1).startswith("$1$")  # older releases write the hash behind digit 1
            yield Secret(f"enable {kind}", line, "hashed" if is_md5 else form, line.word(-1))
    for line in document.find("username"):
        if "nopassword" in line.words:
            yield Secret(f"username {line.word(1)}", line, "plain", "")


def _by_table(secret: Secret) -> Secret:
    """Return a secret by FastIron's own forms: keys of form 1 and 2 turn back, on every switch in the same way."""
    is_key = secret.form == "hashed" and not secret.name.startswith(("username", "enable", "password"))
    return secret._replace(form="reversible") if is_key and not secret.value.startswith("$1$") else secret


def _access(document: Document, sheet: Sheet) -> None:
    sheet.flag("telnet.enabled", document.find("telnet server"), document.find("no telnet server"), default=True)
    sheet.flag("ssh.enabled", document.find("ip ssh"), document.find("no ip ssh"))
    sheet.default("ssh.v1_allowed", False)  # the server speaks version 2 alone
    off = document.find("ip ssh encryption disable-aes-cbc")
    found = [item(line.rest(2), line) for line in document.find("ip ssh encryption 3des")]  # aes-only leaves CBC in
    found += [item("aes-ctr", line) for line in off]
    found += [
        item("diffie-hellman-group1-sha1", line) for line in document.find("ip ssh key-exchange-method dh-group1-sha1")
    ]
    sheet.items("ssh.algorithms", found, is_known=False)
    lists = [
        *document.find("ssh access-group"),
        *document.find("ip ssh client"),
        *document.find("ssh ipv6 access-group"),
    ]
    if lists or sheet.is_whole:
        sheet.items("management.access", [item("ssh", lists, restricted=bool(lists))])
    idle = [
        *minutes(document.find("console timeout"), "console", 2),
        *minutes(document.find("ip ssh idle-time"), "ssh", 3),
    ]
    idle += [*minutes(document.find("telnet timeout"), "telnet", 2), *minutes(document.find("cli timeout"), "cli", 2)]
    default = [item("console", (), seconds=0)] if sheet.is_whole else []
    sheet.items("idle.timeouts", idle or default, is_known=False)
    sheet.items("banner.texts", banners(document.find("banner motd")))
    locks = document.find("enable user disable-on-login-failure")
    digits = [word for line in locks for word in line.words if word.isdigit()]
    if locks:
        sheet.say("login.lockout_attempts", int(digits[0]) if digits else 3, locks)


def _web(document: Document, sheet: Sheet) -> None:
    on = [line for line in document.find("web-management") if line.word(1) in {"http", "enable"}]
    off = [line for line in document.find("no web-management") if line.word(2) in {"", "http", "enable"}]
    sheet.flag("http.plain", on, off)
    tls = document.find("web-management https")
    no_tls = [line for line in document.find("no web-management") if line.word(2) in {"", "https", "enable"}]
    found = [item("https", line, encrypted=True) for line in tls]
    sheet.items("api.services", found, [] if found else no_tls, is_known=bool(no_tls))


def _time_and_log(document: Document, sheet: Sheet) -> None:
    blocks = document.find("ntp")
    servers = [line for block in blocks for line in block.find("server")]
    sheet.items("ntp.servers", [*hosts(servers, 1), *hosts(document.find("sntp server"), 2)])
    sheet.flag("ntp.authenticated", [line for block in blocks for line in block.find("authenticate")], default=False)
    sheet.items("syslog.hosts", hosts(document.find("logging host"), 2))
    sheet.items("dns.servers", addresses(document.find("ip dns server-address"), 3))


def _lan(document: Document, sheet: Sheet) -> None:
    vlans = document.find("vlan")
    untagged = [line for vlan in vlans for line in vlan.find("untagged")]
    sheet.flag("lan.has_access_ports", untagged, default=False)
    snooping = document.find("ip dhcp snooping vlan") or document.find("ip dhcp-snooping vlan")
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("no ip dhcp snooping"), default=False)
    ports = {port.word(2): port for port in document.find("interface ethernet")}
    access = list(_expand(untagged))
    tagged = set(_expand([line for vlan in vlans for line in vlan.find("tagged")]))
    edges = [(name, ports.get(name)) for name in access if name not in tagged]
    sheet.items(
        "stp.open_edge_ports", [_edge(name, port) for name, port in edges if port is None or not port.has("disable")]
    )
    shut = [port for port in ports.values() if port.has("disable")]
    idle = [port for name, port in ports.items() if not port.children and name not in {*access, *tagged}]
    sheet.items(
        "ports.unused", [item(port.rest(1), port, shut=port in shut) for port in [*shut, *idle]], is_known=False
    )
    svis = [line for line in document.find("interface ve") if line.word(2) == "1"]
    found = [(svi, line) for svi in svis for line in svi.find("ip address")]
    addresses_1 = [item("ve 1", line, up=not svi.has("disable")) for svi, line in found]
    if not any(vlan.has("management-vlan") for vlan in vlans):  # the address of a switch image is in every VLAN then
        addresses_1 += [item("ip address", line, up=None) for line in document.find("ip address")]
    sheet.items("vlan1.addresses", addresses_1)
    first = [line for vlan in vlans if vlan.word(1) == "1" for line in vlan.find("untagged")]
    sheet.items("vlan1.access_ports", [item("vlan 1", line) for line in first])


def _edge(name: str, port: Line | None) -> Item:
    guards: Sequence[Line] = [*port.find("stp-bpdu-guard"), *port.find("spanning-tree root-protect")] if port else []
    return item(name, guards or ([port] if port else ()), guarded=bool(guards))


def _expand(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the names of the ports that lines list: ``ethe 1/1/1 ethe 1/1/3 to 1/1/5``."""
    for line in lines:
        for first, last in PORTS.findall(line.rest(1)):
            unit, _, low = first.rpartition("/")
            high = last.rpartition("/")[2] or low
            if low.isdigit() and high.isdigit() and int(high) - int(low) < PORTS_MAX:
                yield from (f"{unit}/{index}" if unit else str(index) for index in range(int(low), int(high) + 1))
