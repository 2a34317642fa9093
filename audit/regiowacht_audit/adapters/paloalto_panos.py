"""Facts of Palo Alto PAN-OS, by the PAN-OS references. Switch ports do not apply to a firewall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.secret import MASKED, Secret, community, say_secrets
from regiowacht_audit.adapters.words import named, number
from regiowacht_audit.facts.sheet import item
from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet

ROOTS = ("deviceconfig", "mgt-config", "network", "shared", "log-settings", "server-profile")
IDLE_DEFAULT_S = 3600
SECRET_WORDS = frozenset(
    {"secret", "key", "password", "phash", "authpwd", "privpwd", "bind-password", "pre-shared-key", "private-key"}
)


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that PAN-OS tells."""
    top = relative(document)
    _access(top, sheet)
    _limits(top, sheet)
    _aaa(top, sheet)
    _snmp(top, sheet)
    _time_and_log(top, sheet)
    sheet.default("lan.has_access_ports", False)


def relative(document: Document) -> Line:
    """Return the statements from the section on that they belong to, without the device, template or vsys before it."""
    top = Line(0, [])
    for line in document.children:
        place = next((index for index, word in enumerate(line.words) if word in ROOTS), None)
        if place is not None:
            top.children.append(Line(line.number, list(line.words[place:])))
    return top


def _access(top: Line, sheet: Sheet) -> None:
    profiles = [line for line in top.find("network profiles") if "interface-management-profile" in line.words]
    for fact, word in (("telnet.enabled", "telnet"), ("http.plain", "http"), ("ssh.enabled", "ssh")):
        told = top.find(f"deviceconfig system service disable-{word}")
        on = [line for line in told if line.word(-1) == "no"]
        on += [line for line in profiles if line.words[-2:] == [word, "yes"]]
        default = True if word == "ssh" else None
        sheet.flag(fact, on, [line for line in told if line.word(-1) == "yes"], default=default)
    sheet.default("ssh.v1_allowed", False)  # the server speaks version 2 alone
    kinds = [line for line in top.find("deviceconfig system ssh") if {"ciphers", "mac", "kex"} & set(line.words)]
    sheet.items("ssh.algorithms", [item(line.word(-1), line) for line in kinds], is_known=False)
    no_web = [line for line in top.find("deviceconfig system service disable-https") if line.word(-1) == "yes"]
    web = [] if no_web or not sheet.is_whole else [item("https", (), encrypted=True)]
    sheet.items("api.services", web, no_web)
    hosts = top.find("deviceconfig system permitted-ip")
    limits = [line for line in hosts if line.word(3) not in {"0.0.0.0/0", "::/0"}]
    if sheet.is_whole or hosts:
        sheet.items("management.access", [item("management", limits or hosts, restricted=bool(limits))])


def _limits(top: Line, sheet: Sheet) -> None:
    times = top.find("deviceconfig setting management idle-timeout")
    seconds = 60 * (number(times[-1].words, 4) or 0) if times else IDLE_DEFAULT_S
    if times or sheet.is_whole:
        sheet.items("idle.timeouts", [item("management", times, seconds=seconds)])
    banners = top.find("deviceconfig system login-banner")
    sheet.items(
        "banner.texts", [item("login-banner", line, text=line.rest(3)) for line in banners if line.rest(3).strip()]
    )
    _number(sheet, "login.lockout_attempts", top.find("deviceconfig setting management admin-lockout failed-attempts"))
    _number(sheet, "login.session_limit", top.find("deviceconfig setting management admin-session max-session-count"))


def _number(sheet: Sheet, name: str, lines: Sequence[Line]) -> None:
    value = number(lines[-1].words, len(lines[-1].words) - 1) if lines else None
    if value is not None:
        sheet.say(name, value, lines)
    else:
        sheet.default(name, 0)


def _aaa(top: Line, sheet: Sheet) -> None:
    profiles = [
        line for line in top.children if {"tacplus", "radius"} & set(line.words) and "server-profile" in line.words
    ]
    hosts = [line for line in profiles if line.words[-2:-1] in (["address"], ["ip-address"])]
    sheet.items("aaa.servers", [item(line.word(-1), line) for line in hosts])
    told = [line for line in top.children if "accounting-server-profile" in line.words]
    sheet.flag("aaa.accounting", told, default=False)
    sheet.items("users.local", named(top.find("mgt-config users"), 2))


def _secrets(top: Line) -> Iterator[Secret]:
    for line in top.children:
        words = line.words
        if len(words) > 2 and words[-2] in SECRET_WORDS:
            value = words[-1]
            form = "hashed" if words[-2] == "phash" else "encrypted" if value.startswith("-A") else "plain"
            yield Secret(words[-2], line, "" if MASKED.fullmatch(value) and form == "plain" else form, value)


def _snmp(top: Line, sheet: Sheet) -> None:
    lines = top.find("deviceconfig system snmp-setting access-setting")
    told = top.find("deviceconfig system service disable-snmp")
    strings = [line for line in lines if "snmp-community-string" in line.words]
    users = [line for line in lines if "users" in line.words]
    on = [line for line in told if line.word(-1) == "no"] or [*strings, *users]
    off = [line for line in told if line.word(-1) == "yes"]
    sheet.flag("snmp_server.enabled", () if off else on, off, default=False)
    is_limited = bool(top.find("deviceconfig system permitted-ip"))
    found = [community(line.word(-1), line, "ro", restricted=is_limited) for line in strings]
    sheet.items("snmp_server.communities", found, lines)
    sheet.items("snmp_server.users", _users(users, is_limited), lines)
    say_secrets(sheet, _secrets(top), [Secret("community", line, "plain", line.word(-1)) for line in strings])


def _users(lines: Sequence[Line], is_limited: bool) -> Iterator[Item]:
    names = dict.fromkeys(line.after("users") for line in lines if line.after("users"))
    for name in names:
        own = [line for line in lines if line.after("users") == name]
        yield item(name, own[:2], level="priv", access="ro", restricted=is_limited)


def _time_and_log(top: Line, sheet: Sheet) -> None:
    ntp = top.find("deviceconfig system ntp-servers")
    sheet.items(
        "ntp.servers", [item(line.word(-1), line) for line in ntp if line.words[-2:-1] == ["ntp-server-address"]]
    )
    keys = [line for line in ntp if {"symmetric-key", "autokey"} & set(line.words)]
    sheet.flag("ntp.authenticated", keys[:2], default=False)
    dns = [
        line
        for line in top.find("deviceconfig system dns-setting")
        if line.words[-2:-1] in (["primary"], ["secondary"])
    ]
    sheet.items("dns.servers", [item(line.word(-1), line) for line in dns])
    logs = [
        line
        for line in top.children
        if "syslog" in line.words and line.words[-2:-1] == ["server"] and "log-settings" in line.words
    ]
    sheet.items("syslog.hosts", [item(line.word(-1), line) for line in logs])
    formats = [line for line in top.find("deviceconfig setting management") if "log-forwarding" in " ".join(line.words)]
    sheet.flag("log.zoned_timestamps", [line for line in formats if "zone" in line.word(-1)], formats)
    names = top.find("deviceconfig system hostname")
    if names:
        sheet.say("identity.hostname", names[-1].word(3), names)
    places = top.find("deviceconfig system snmp-setting snmp-system location")
    if places:
        sheet.say("identity.location", places[-1].rest(5), places)
    else:
        sheet.default("identity.location", "")
