"""Facts of a Linux host by its files: sshd_config(5), snmpd.conf(5), chrony.conf(5), timesyncd.conf(5), rsyslog.

What was not read, or may not be read, stays unknown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.adapters.linux_files import Files, settings
from regiowacht_audit.adapters.secret import Secret, community
from regiowacht_audit.adapters.words import severity
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

SSH = ("/etc/ssh/sshd_config.d/*.conf", "/etc/ssh/sshd_config")
SNMP = ("/etc/snmp/snmpd.conf", "/etc/snmp/snmpd.conf.d/*.conf")
CHRONY = ("/etc/chrony/chrony.conf", "/etc/chrony/*.d/*", "/etc/chrony.conf")
TIMESYNCD = ("/etc/systemd/timesyncd.conf",)
LOG = ("/etc/rsyslog.conf", "/etc/rsyslog.d/*.conf")
ALGORITHMS = ("Ciphers", "MACs", "KexAlgorithms", "HostKeyAlgorithms", "PubkeyAcceptedAlgorithms")
ZONED = ("RSYSLOG_ForwardFormat", "RSYSLOG_SyslogProtocol23Format")
EVERYBODY = frozenset({"", "default", "0.0.0.0/0", "::/0"})
FORWARD = re.compile(r"^(?P<selector>\S+)\s+@@?(?:\([^)]*\))?\[?(?P<host>[\w.-]+|[0-9a-fA-F:]+(?=\]))")
OMFWD = re.compile(r'\btype="omfwd"')
TARGET = re.compile(r'\btarget="([^"]+)"', re.IGNORECASE)


def say_ssh(files: Files, sheet: Sheet) -> None:
    """Fill what sshd_config tells of SSH itself; version 1 is off by itself since OpenSSH 5.4."""
    lines, known = files.lines(*SSH), files.are_known(*SSH)
    if not known:
        return
    sheet.say("ssh.enabled", True, files.heads(*SSH))
    old = [line for line in settings(lines, "Protocol") if "1" in line.rest(1)]
    sheet.flag("ssh.v1_allowed", old, list(settings(lines, "Protocol")), default=False)
    found = [
        item(name.lstrip("^+"), line)
        for kind in ALGORITHMS
        for line in settings(lines, kind)
        for name in line.rest(1).replace(" ", "").split(",")
        if name and not line.word(1).startswith("-")
    ]
    sheet.items("ssh.algorithms", found, is_known=False)


def ssh_ways(files: Files) -> list[Item]:
    """Return the way in over SSH: restricted where every allowed user is bound to an address, unknown elsewhere."""
    heads = files.heads(*SSH)
    if not heads:
        return []
    allowed = list(settings(files.lines(*SSH), "AllowUsers"))
    words = [word for line in allowed for word in line.words[1:]]
    is_bound = bool(words) and all("@" in word and not word.endswith(("@*", "@0.0.0.0/0")) for word in words)
    return [item("ssh", allowed or heads, restricted=is_bound or None)]


def ssh_idle(files: Files) -> list[Item]:
    """Return after how long sshd ends a silent session; what a shell or PAM do beside it is unknown."""
    heads = files.heads(*SSH)
    if not heads:
        return []
    lines = list(settings(files.lines(*SSH), "ChannelTimeout"))
    found = [(line, re.search(r"session(?::\S+?)?=(\d+)([smh]?)", line.rest(1))) for line in lines]
    units = {"": 1, "s": 1, "m": 60, "h": 3600}
    times = [item("ssh", line, seconds=int(hit[1]) * units[hit[2]]) for line, hit in found if hit]
    return times[:1] or [item("ssh", heads, seconds=None)]


def ssh_banners(files: Files) -> list[Item]:
    """Return the text that sshd shows before login, where its file was read."""
    lines = [line for line in settings(files.lines(*SSH), "Banner") if line.word(1).casefold() != "none"]
    texts = [(line, files.lines(line.word(1))) for line in lines[:1]]
    return [item("sshd", [line, *rows], text="\n".join(row.rest(0) for row in rows)) for line, rows in texts if rows]


def say_time(files: Files, sheet: Sheet) -> None:
    """Fill time servers: those of chrony where it is there, else those of timesyncd."""
    chrony, plain = files.lines(*CHRONY), files.lines(*TIMESYNCD)
    servers = [line for line in chrony if line.word(0).casefold() in {"server", "pool", "peer"} and line.word(1)]
    named = [line for line in plain if line.rest(0).startswith("NTP=")]
    if files.are_known(*CHRONY):
        sheet.items("ntp.servers", [item(line.word(1), line) for line in servers], files.heads(*CHRONY))
        proven = [line for line in servers if {"key", "nts"} & set(line.words)]
        sheet.flag("ntp.authenticated", proven if len(proven) == len(servers) else (), servers, default=False)
    elif named and files.missing(*CHRONY):
        names = [(line, word) for line in named for word in line.rest(0).removeprefix("NTP=").split()]
        sheet.items("ntp.servers", [item(word, line) for line, word in names], is_known=False)
        sheet.say("ntp.authenticated", False, named)


def say_log(files: Files, sheet: Sheet, own: int | None, shown: list[Line]) -> None:
    """Fill log servers, how their lines are dated and which are sent.

    Args:
        files: the host's.
        sheet: what is filled.
        own: the least severe level that the routing daemons tell syslog; None where that is not said.
        shown: the lines that say so.
    """
    if not files.are_known(*LOG):
        return
    sent = list(_forwards(files.lines(*LOG)))
    sheet.items("syslog.hosts", [item(host, line) for line, host, _level in sent], files.heads(*LOG))
    zoned = [line for line, _host, _level in sent if any(name in line.rest(0) for name in ZONED)]
    lines = [line for line, _host, _level in sent]
    sheet.flag("log.zoned_timestamps", zoned if len(zoned) == len(sent) else (), lines)
    levels = [level for _line, _host, level in sent]
    if levels and None not in levels:
        least = min([level for level in levels if level is not None] + ([own] if own is not None else []))
        sheet.say("log.level", least, [*lines, *shown])


def _forwards(lines: list[Line]) -> Iterator[tuple[Line, str, int | None]]:
    """Yield (row, log server, least severe level) for each way to another host; level None cannot be told."""
    for line in lines:
        text = line.rest(0)
        old, target = FORWARD.match(text), TARGET.search(text)
        if OMFWD.search(text) and target:
            selector = text.split(" ", 1)[0]
            yield line, target[1], 7 if selector.startswith("action(") else _level(selector)
        elif old:
            yield line, old["host"], _level(old["selector"])


def _level(selector: str) -> int | None:
    """Return the least severe level of a selector that takes every facility; None for others."""
    facility, _, word = selector.partition(";")[0].partition(".")
    return 7 if facility == "*" and word == "*" else severity(word) if facility == "*" else None


def snmp_lines(files: Files) -> list[Line]:
    """Return the rows of snmpd.conf that let somebody in."""
    words = {"rocommunity", "rwcommunity", "rocommunity6", "rwcommunity6", "com2sec", "com2sec6", "rouser", "rwuser"}
    return [line for line in files.lines(*SNMP) if line.word(0).casefold() in words]


def say_snmp(files: Files, sheet: Sheet) -> None:
    """Fill the facts about SNMP by snmpd.conf; where there is none, nobody is answered by it."""
    gone = files.missing(*SNMP)
    if gone:
        sheet.say("snmp_server.enabled", False, gone)
    if not files.are_known(*SNMP):
        return
    lines, heads = snmp_lines(files), files.heads(*SNMP)
    sheet.flag("snmp_server.enabled", lines, heads)
    found = [line for line in lines if "community" in line.word(0).casefold() or line.word(0).startswith("com2sec")]
    users = [line for line in lines if line.word(0).casefold() in {"rouser", "rwuser"}]
    sheet.items("snmp_server.communities", map(_community, found), heads)
    sheet.items("snmp_server.users", map(_user, users), heads)
    places = [line for line in files.lines(*SNMP) if line.word(0).casefold() == "syslocation"]
    if places:
        sheet.say("identity.location", places[0].rest(1), places[:1])


def snmp_secrets(files: Files) -> Iterator[Secret]:
    """Yield the passwords of SNMP v3 users that stand in snmpd.conf in the clear."""
    for line in files.lines(*SNMP):
        if line.word(0).casefold() == "createuser":
            at = next((index for index, word in enumerate(line.words) if word.upper().startswith(("MD5", "SHA"))), -1)
            if at >= 0 and line.word(at + 1):
                yield Secret(f"createUser {line.word(1)}", line, "plain", line.word(at + 1))


def snmp_readable(files: Files) -> Iterator[Secret]:
    """Yield the communities."""
    for line in snmp_lines(files):
        if name := _name(line):
            yield Secret("community", line, "plain", name)


def _name(line: Line) -> str:
    if line.word(0).casefold().startswith("com2sec"):
        return line.word(-1)
    return line.word(1) if "community" in line.word(0).casefold() else ""


def _community(line: Line) -> Item:
    is_mapped = line.word(0).casefold().startswith("com2sec")
    at = 4 if line.word(1) == "-Cn" else 2
    source = line.word(at).casefold()
    access = None if is_mapped else "rw" if line.word(0).casefold().startswith("rw") else "ro"
    return community(_name(line), line, access, restricted=source not in EVERYBODY)


def _user(line: Line) -> Item:
    words = [word for word in line.words[1:] if word != "-s"]
    level = {"noauth": "noauth", "auth": "auth", "priv": "priv"}.get(words[1] if len(words) > 1 else "", "auth")
    access = "rw" if line.word(0).casefold() == "rwuser" else "ro"
    return item(words[0] if words else "", line, level=level, access=access, restricted=None)
