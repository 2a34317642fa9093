"""Facts of Extreme EXOS, by the EXOS command reference. A configuration lists ``configure``, ``enable``, ``disable``.

Telnet is on and SSH is off by themselves; the web server speaks plain HTTP once it is on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.secret import Secret, community, say_secrets
from regiowacht_audit.adapters.words import addresses, is_address, named, number, severity
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

IDLE_DEFAULT_S, SESSIONS_DEFAULT = 1200, 8


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that EXOS tells."""
    _access(document, sheet)
    _limits(document, sheet)
    _aaa(document, sheet)
    _snmp(document, sheet)
    _time_and_log(document, sheet)
    _lan(document, sheet)


def _access(document: Document, sheet: Sheet) -> None:
    sheet.flag("telnet.enabled", document.find("enable telnet"), document.find("disable telnet"), default=True)
    sheet.flag("ssh.enabled", document.find("enable ssh2"), document.find("disable ssh2"), default=False)
    sheet.default("ssh.v1_allowed", False)  # the server speaks version 2 alone
    kinds = [
        line for line in document.find("configure ssh2") if {"cipher", "mac", "dh-group", "minimum"} & set(line.words)
    ]
    off = document.find("configure ssh2 disable")
    found = [item(line.word(-1), line) for line in kinds if line not in off and "enable" in line.words]
    sheet.items("ssh.algorithms", found, kinds, is_known=False)
    sheet.flag("http.plain", document.find("enable web http"), document.find("disable web http"), default=None)
    tls = document.find("enable web https")
    sheet.items("api.services", [item("https", line, encrypted=True) for line in tls])
    lists = [
        line
        for kind in ("ssh2", "telnet")
        for line in document.find(f"configure {kind} access-profile")
        if line.word(3) != "none"
    ]
    if lists or sheet.is_whole:
        sheet.items("management.access", [item("ssh2", lists, restricted=bool(lists))])


def _limits(document: Document, sheet: Sheet) -> None:
    times, off = document.find("configure idletimeout"), document.find("disable idletimeout")
    minutes = number(times[-1].words, 2) if times else IDLE_DEFAULT_S // 60
    if off or times or sheet.is_whole:
        sheet.items("idle.timeouts", [item("cli", [*off, *times], seconds=0 if off else 60 * (minutes or 0))])
    texts = [line for line in document.find("configure banner") if line.rest(2).strip()]
    sheet.items("banner.texts", [item("banner", line, text=line.rest(2)) for line in texts])
    limits = document.find("configure cli max-sessions")
    value = number(limits[-1].words, 3) if limits else None
    if value is not None:
        sheet.say("login.session_limit", value, limits)
    else:
        sheet.default("login.session_limit", SESSIONS_DEFAULT)
    locks = [line for line in document.find("configure account") if "lockout-on-login-failures" in line.words]
    on = [line for line in locks if line.word(-1) == "on"]
    if on:
        sheet.say("login.lockout_attempts", 3, on)
    else:
        sheet.default("login.lockout_attempts", 0)


def _aaa(document: Document, sheet: Sheet) -> None:
    kinds = [*document.find("configure radius"), *document.find("configure tacacs")]
    servers = [line for line in kinds if "server" in line.words and is_address(line.after("server"))]
    sheet.items("aaa.servers", [item(line.after("server"), line) for line in servers])
    told = [*document.find("enable radius-accounting"), *document.find("enable tacacs-accounting")]
    sheet.flag("aaa.accounting", told, default=False)
    accounts = document.find("create account")
    changed = [line for line in document.find("configure account") if "encrypted" in line.words]
    sheet.items("users.local", [*named(accounts, 3), *named(changed, 2)])


def _secrets(document: Document) -> Iterator[Secret]:
    for line in document.children:
        words = line.words
        if words[:2] in (["create", "account"], ["configure", "account"]) and len(words) > 4:
            form = "hashed" if "encrypted" in words else "plain"
            if form == "hashed" or words[:2] == ["create", "account"]:
                yield Secret(" ".join(words[:4]), line, form, words[-1])
        elif "shared-secret" in words:
            form = "reversible" if "encrypted" in words else "plain"
            yield Secret(" ".join(words[1:3]), line, form, words[-1])


def _snmp(document: Document, sheet: Sheet) -> None:
    old = [line for line in document.find("configure snmp add") if line.word(3) == "community"]
    v3 = [line for line in document.find("configure snmpv3 add") if line.word(3) == "community"]
    users = [line for line in document.find("configure snmpv3 add") if line.word(3) == "user"]
    off = [line for line in document.find("disable snmp access") if "snmp-v1v2c" not in line.words]
    no_v2 = [line for line in document.find("disable snmp access") if "snmp-v1v2c" in line.words]
    if any("snmp-v1v2c" in line.words for line in document.find("enable snmp access")):
        no_v2 = []  # both stand there: nobody can say that it is off
    on = [*document.find("enable snmp access"), *old, *v3, *users]
    sheet.flag("snmp_server.enabled", () if off else on, off)
    lists = [line for line in document.find("configure snmp access-profile") if line.word(3) != "none"]
    is_restricted = bool(lists) or (False if sheet.is_whole else None)
    found = [_community(line, is_restricted) for line in old] + [_community_v3(line, is_restricted) for line in v3]
    shown = [*users, *no_v2, *document.find("configure snmp")]
    sheet.items("snmp_server.communities", [] if no_v2 else found, shown)
    sheet.items("snmp_server.users", [_user(line, is_restricted) for line in users], shown)
    readable = [Secret("community", line, "plain", line.word(5)) for line in old]
    readable += [Secret("community", line, "plain", line.word(4)) for line in v3 if "encrypted" not in line.words]
    say_secrets(sheet, _secrets(document), readable)


def _community(line: Line, is_restricted: bool | None) -> Item:
    access = "rw" if line.word(4) == "readwrite" else "ro"
    return community(line.word(5), line, access, restricted=is_restricted)


def _community_v3(line: Line, is_restricted: bool | None) -> Item:
    name = line.after("name") or line.word(4)
    user = line.after("user").casefold()
    is_writable = "rw" in user if user else None
    return community(
        name, line, "rw" if is_writable else "ro", restricted=is_restricted, is_readable="encrypted" not in line.words
    )


def _user(line: Line, is_restricted: bool | None) -> Item:
    level = "priv" if "privacy" in line.words else "auth" if "authentication" in line.words else "noauth"
    return item(line.word(4), line, level=level, restricted=is_restricted)


def _time_and_log(document: Document, sheet: Sheet) -> None:
    old = [
        line
        for line in document.find("configure sntp-client")
        if "server" in line.words or line.word(2) in {"primary", "secondary"}
    ]
    lines = [*document.find("configure ntp server add"), *old]
    sheet.items("ntp.servers", [item(host, line) for line in lines for host in line.words[3:] if is_address(host)])
    sheet.flag("ntp.authenticated", document.find("enable ntp authentication"), default=False)
    logs = document.find("configure syslog add")
    sheet.items("syslog.hosts", [item(line.word(3).partition(":")[0], line) for line in logs])
    targets = [line for line in document.find("configure log target syslog") if "severity" in line.words]
    level = severity(line.after("severity")) if (line := next(iter(targets), None)) else None
    if level is not None:
        sheet.say("log.level", level, targets[:1])
    else:
        sheet.default("log.level", 7)
    sheet.items("dns.servers", addresses(document.find("configure dns-client add name-server"), 4))
    names, places = document.find("configure snmp sysName"), document.find("configure snmp sysLocation")
    if names:
        sheet.say("identity.hostname", names[-1].word(3), names)
    if places:
        sheet.say("identity.location", places[-1].rest(3), places)
    else:
        sheet.default("identity.location", "")


def _lan(document: Document, sheet: Sheet) -> None:
    untagged = [line for line in document.find("configure vlan") if "untagged" in line.words and "add" in line.words]
    sheet.flag("lan.has_access_ports", untagged, default=False)
    snooping = document.find("enable ip-security dhcp-snooping")
    sheet.flag("dhcp_snooping.enabled", snooping, document.find("disable ip-security dhcp-snooping"), default=False)
    guards = [line for line in document.find("configure stpd") if {"edge-safeguard", "bpdu-restrict"} & set(line.words)]
    guards = [line for line in guards if "enable" in line.words] + document.find("enable elrp-client")
    if untagged and (guards or sheet.is_whole):
        sheet.items("stp.open_edge_ports", [item("edge ports", guards, guarded=bool(guards))])
    default = [line for line in document.find("configure vlan") if line.word(2).casefold() == "default"]
    addressed = [line for line in default if "ipaddress" in line.words]
    sheet.items("vlan1.addresses", [item("Default", line, up=True) for line in addressed])
    in_default = [line for line in default if "untagged" in line.words and "add" in line.words]
    sheet.items("vlan1.access_ports", [item("Default", line) for line in in_default])
    shut = [line for line in document.find("disable port") if line.word(2)]
    sheet.items("ports.unused", [item(line.word(2), line, shut=True) for line in shut], is_known=False)
    trunks = [line for line in document.find("configure vlan") if "tagged" in line.words and "add" in line.words]
    sheet.items("trunks.ports", [item(line.rest(2), line, listed=True, fixed=True) for line in trunks])
