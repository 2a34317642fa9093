"""Facts of FRRouting on Linux: its running configuration as ``vtysh`` shows it, and the files of its host.

The first tells what the routing daemons do: their terminal lines, passwords and logs. How the host itself is reached
(SSH, SNMP), its clock and its logs stand in its files; without them they stay unknown. The daemons take telnet on their
own ports unless none has a password.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import minutes, say_names
from regiowacht_audit.adapters.linux_files import Files
from regiowacht_audit.adapters.linux_host import (
    say_log,
    say_snmp,
    say_ssh,
    say_time,
    snmp_readable,
    snmp_secrets,
    ssh_banners,
    ssh_idle,
    ssh_ways,
)
from regiowacht_audit.adapters.secret import Secret, community, say_secrets
from regiowacht_audit.adapters.words import is_address, severity
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

IDLE_DEFAULT_S = 600


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that FRRouting tells."""
    passwords = [line for line in document.find("password") if line.word(1)]
    sheet.flag("telnet.enabled", passwords, default=None)
    vtys = document.find("line vty")
    ways = [item("vty", vty.find("access-class") or vty, restricted=vty.has("access-class")) for vty in vtys]
    sheet.items("management.access", [*ways, *ssh_ways(Files(document))], is_known=False)
    files = Files(document)
    times = [one for vty in vtys for one in minutes(vty.find("exec-timeout"), "vty", 1)]
    default = [item("vty", vty, seconds=IDLE_DEFAULT_S) for vty in vtys]
    sheet.items("idle.timeouts", [*(times or default), *ssh_idle(files)], is_known=False)
    texts = [line for line in document.find("banner motd") if line.word(2) != "default"]
    motd = [item("motd", line, text=" ".join([*line.words[2:], *line.texts])) for line in texts]
    sheet.items("banner.texts", [*motd, *ssh_banners(files)])
    hosts = [line for line in document.find("log syslog") if is_address(line.word(2))]
    sheet.items("syslog.hosts", [item(line.word(2), line) for line in hosts], is_known=False)
    levels = document.find("log syslog")
    level = severity(levels[-1].word(2)) if levels else None
    if level is not None:
        sheet.say("log.level", level, levels)
    elif levels:
        sheet.say("log.level", 7, levels)
    say_log(files, sheet, 7 if levels and level is None else level, levels)
    say_ssh(files, sheet)
    say_time(files, sheet)
    communities = document.find("agentx community")
    say_secrets(sheet, [*_secrets(document), *snmp_secrets(files)], snmp_readable(files))
    sheet.items(
        "snmp_server.communities",
        [community(line.word(2), line, "ro", restricted=None) for line in communities],
        is_known=False,
    )
    say_names(sheet, document.find("hostname"), ())
    say_snmp(files, sheet)


def _secrets(document: Document) -> Iterator[Secret]:
    for line in document.walk():
        words = line.words
        if words[0] in {"password", "enable"} and len(words) > 1:
            place = words.index("password") if "password" in words else -1
            kind = words[place + 1] if 0 <= place < len(words) - 2 else ""
            yield Secret(
                " ".join(words[: place + 1]) or words[0], line, "hashed" if kind == "8" else "plain", words[-1]
            )
        elif _is_key(line):
            yield Secret(" ".join(words[:3]), line, "plain", words[-1])


def _is_key(line: Line) -> bool:
    words = line.words
    is_peer = words[0] == "neighbor" and "password" in words
    is_ospf = words[:2] == ["ip", "ospf"] and bool({"md5", "authentication-key"} & set(words[2:]))
    return is_peer or is_ospf or words[0] in {"key-string", "domain-password", "area-password"}
