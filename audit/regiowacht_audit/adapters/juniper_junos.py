"""Facts of Juniper Junos, by the Junos CLI reference. ``set`` commands and braces tell the same.

Statements of a configuration group count where the group is applied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.junos_ports import say_ports
from regiowacht_audit.adapters.secret import MASKED, Secret, community, say_secrets
from regiowacht_audit.adapters.words import named, number, severity
from regiowacht_audit.facts.sheet import item
from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet

SESSIONS_DEFAULT, TRIES_DEFAULT = 75, 10
ALGORITHMS = ("ciphers", "macs", "key-exchange", "hostkey-algorithm")
API = {
    "https": ("system services web-management https", True), "netconf": ("system services netconf", True),
    "rest": ("system services rest https", True), "rest-http": ("system services rest http", False),
    "xnm-clear-text": ("system services xnm-clear-text", False), "xnm-ssl": ("system services xnm-ssl", True),
    "grpc": ("system services extension-service", True),
}  # fmt: skip
SERVICES = {"ftp": "ftp", "finger": "finger", "tftp-server": "tftp", "xnm-clear-text": "xnm-clear-text", "rsh": "rsh"}
SECRET_WORDS = frozenset(
    {"password", "secret", "key", "pre-shared-key", "ascii-text", "simple-password", "authentication-key", "md5",
     "authentication-password", "privacy-password", "plain-text-password-value", "community-name",
     "encrypted-password", "hexadecimal"}
)  # fmt: skip
LOCAL_HOSTS = frozenset({"other-routing-engine", "scc-master", "sfc0-master"})


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that Junos tells."""
    top = effective(document)
    _access(top, sheet)
    _login(top, sheet)
    _aaa(top, sheet)
    _snmp(top, sheet)
    _time(top, sheet)
    _log(top, sheet)
    say_ports(top, sheet)


def effective(document: Document) -> Line:
    """Return the statements in force: those of applied groups stand beside the others, those of other groups do not."""
    applied = {line.words[-1] for line in document.children if "apply-groups" in line.words}
    top = Line(0, [])
    for line in document.children:
        if line.words[0] != "groups":
            top.children.append(line)
        elif len(line.words) > 2 and (
            line.words[1] in applied or ("${node}" in applied and line.words[1].startswith("node"))
        ):
            top.children.append(Line(line.number, list(line.words[2:])))
    return top


def _access(top: Line, sheet: Sheet) -> None:
    sheet.flag("telnet.enabled", top.find("system services telnet"), default=False)
    ssh = top.find("system services ssh")
    sheet.flag("ssh.enabled", ssh[:1], default=False)
    versions = top.find("system services ssh protocol-version")
    sheet.flag("ssh.v1_allowed", [line for line in versions if "v1" in line.words], versions)
    found = [item(line.word(-1), line) for line in ssh if line.word(3) in ALGORITHMS and len(line.words) > 4]
    sheet.items("ssh.algorithms", found, is_known=False)
    sheet.flag("http.plain", top.find("system services web-management http"), default=False)
    apis = [(name, top.find(begin), is_safe) for name, (begin, is_safe) in API.items()]
    sheet.items("api.services", [item(name, lines[:2], encrypted=is_safe) for name, lines, is_safe in apis if lines])
    lists = [
        line
        for line in top.find("interfaces lo0")
        if "filter" in line.words and {"input", "input-list"} & set(line.words)
    ]
    if sheet.is_whole or lists:
        sheet.items("management.access", [item("lo0", lists, restricted=bool(lists))])
    services = [item(name, line) for word, name in SERVICES.items() for line in top.find(f"system services {word}")[:1]]
    sheet.items("services.running", services)


def _login(top: Line, sheet: Sheet) -> None:
    messages = [*top.find("system login message"), *top.find("system login announcement")]
    sheet.items(
        "banner.texts", [item(line.word(2), line, text=line.rest(3)) for line in messages if line.rest(3).strip()]
    )
    tries = top.find("system login retry-options tries-before-disconnect")
    _number(sheet, "login.lockout_attempts", tries, TRIES_DEFAULT)
    _number(sheet, "login.session_limit", top.find("system services ssh connection-limit"), SESSIONS_DEFAULT)
    sheet.items("users.local", named(top.find("system login user"), 3))
    times = {line.word(3): line for line in top.find("system login class") if line.word(4) == "idle-timeout"}
    every = top.find("system login idle-timeout")
    users = [line for line in top.find("system login user") if line.word(4) == "class"]
    sheet.items("idle.timeouts", _idle(times, users, every), is_known=False)


def _idle(times: dict[str, Line], users: Sequence[Line], every: Sequence[Line]) -> Iterator[Item]:
    """Yield the time-out of every login class that a user has; the classes of Junos itself have none."""
    for name, line in times.items():
        yield item(name, line, seconds=60 * (number(line.words, 5) or 0))
    for line in users:
        if line.word(5) not in times:
            seconds = 60 * (number(every[-1].words, 3) or 0) if every else 0
            yield item(line.word(5), [*every[-1:], line], seconds=seconds)


def _number(sheet: Sheet, name: str, lines: Sequence[Line], default: int) -> None:
    value = number(lines[-1].words, len(lines[-1].words) - 1) if lines else None
    if value is not None:
        sheet.say(name, value, lines)
    else:
        sheet.default(name, default)


def _aaa(top: Line, sheet: Sheet) -> None:
    sheet.items(
        "aaa.servers", [*named(top.find("system radius-server"), 2), *named(top.find("system tacplus-server"), 2)]
    )
    sheet.flag("aaa.accounting", top.find("system accounting")[:2], default=False)


def _secrets(top: Line) -> Iterator[Secret]:
    for line in top.children:
        words = line.words
        value = words[-1]
        if value[:3] in {"$9$", "$8$"}:
            yield Secret(
                words[-2] if len(words) > 1 else "secret", line, "reversible" if value[1] == "9" else "encrypted", value
            )
        elif len(words) > 2 and words[-2] in SECRET_WORDS and not value.isdigit() and words[0] != "policy-options":
            yield Secret(words[-2], line, _form(words[-2], value), value)
        elif "://" in value and "@" in value and ":" in value.split("://")[1].split("@")[0]:
            yield Secret("url", line, "plain", value.split("://")[1].split("@")[0].partition(":")[2])


def _form(word: str, value: str) -> str:
    if word == "encrypted-password" or value.startswith("$"):
        return "hashed"
    return "" if MASKED.fullmatch(value) else "plain"


def _snmp(top: Line, sheet: Sheet) -> None:
    lines, v3 = top.find("snmp community"), top.find("snmp v3")
    sheet.flag("snmp_server.enabled", [*lines, *v3][:1], default=False)
    by_name: dict[str, list[Line]] = {}
    for line in lines:
        by_name.setdefault(line.word(2), []).append(line)
    mapped = [line for line in v3 if "community-name" in line.words]
    found = [_community(name, at) for name, at in by_name.items()]
    found += [community(line.word(-1), line, "ro", restricted=None, is_readable=False) for line in mapped]
    sheet.items("snmp_server.communities", found, top.find("snmp"))
    users = [line for line in v3 if "user" in line.words and "usm" in line.words]
    sheet.items("snmp_server.users", _users(users), top.find("snmp"))
    say_secrets(sheet, _secrets(top), [Secret("community", at[0], "plain", name) for name, at in by_name.items()])


def _community(name: str, lines: list[Line]) -> Item:
    writes = [line for line in lines if line.word(-1) == "read-write"]
    lists = [
        line
        for line in lines
        if {"clients", "client-list-name"} & set(line.words) and not line.word(-1).startswith("0.0.0.0/0")
    ]
    one = community(name, lines[0], "rw" if writes else "ro", restricted=bool(lists))
    return item(one.name, [lines[0], *writes], **one.traits)


def _users(lines: Sequence[Line]) -> Iterator[Item]:
    for user in named([Line(line.number, [line.after("user")]) for line in lines], 0):
        texts = [" ".join(line.words) for line in lines if line.after("user") == user.name]
        has = {
            kind: any(f" {kind}-" in text and f" {kind}-none" not in text for text in texts)
            for kind in ("privacy", "authentication")
        }
        level = "priv" if has["privacy"] else "auth" if has["authentication"] else "noauth"
        yield item(
            user.name, [line for line in lines if line.after("user") == user.name][:2], level=level, restricted=None
        )


def _time(top: Line, sheet: Sheet) -> None:
    servers = top.find("system ntp server")
    sheet.items("ntp.servers", named(servers, 3))
    sheet.flag("ntp.authenticated", [line for line in servers if "key" in line.words], default=False)
    sheet.items("dns.servers", named(top.find("system name-server"), 2))
    names, places = top.find("system host-name"), top.find("snmp location")
    if names:
        sheet.say("identity.hostname", names[-1].word(2), names)
    if places:
        sheet.say("identity.location", places[-1].rest(2), places)
    else:
        sheet.default("identity.location", "")


def _log(top: Line, sheet: Sheet) -> None:
    lines = [line for line in top.find("system syslog host") if line.word(3) not in LOCAL_HOSTS]
    sheet.items("syslog.hosts", named(lines, 3))
    levels = [(level, line) for line in lines if (level := severity(line.word(5))) is not None and len(line.words) == 6]
    if levels:
        sheet.say("log.level", max(level for level, _ in levels), [line for _, line in levels])
    structured = [line for line in lines if "structured-data" in line.words]
    sheet.flag("log.zoned_timestamps", structured, lines[:1])
