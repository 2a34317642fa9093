"""Facts of Cisco ASA, by the ASA command reference. It is a firewall: what is about switch ports does not apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.cisco_base import minutes, say_level, say_lockout, say_names, say_time
from regiowacht_audit.adapters.secret import MASKED, Secret, community, say_secrets
from regiowacht_audit.adapters.words import addresses, host_of, is_address, named, number
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

ANYWHERE = frozenset({"0.0.0.0", "0", "::/0"})  # noqa: S104  # an address in a configuration, nothing binds to it
FORMS = {"encrypted": "hashed", "pbkdf2": "hashed", "nt-encrypted": "hashed"}
BANNERS = ("login", "motd", "asdm")


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that the ASA tells."""
    _access(document, sheet)
    _aaa(document, sheet)
    _snmp(document, sheet)
    say_time(document, sheet)
    _log(document, sheet)
    sheet.default("lan.has_access_ports", False)
    say_names(sheet, document.find("hostname"), document.find("snmp-server location"))


def _access(document: Document, sheet: Sheet) -> None:
    doors = {kind: [line for line in document.find(kind) if _is_door(line)] for kind in ("telnet", "ssh", "http")}
    sheet.flag("telnet.enabled", doors["telnet"], default=False)
    sheet.flag("ssh.enabled", doors["ssh"], default=False)
    versions = document.find("ssh version")
    sheet.flag("ssh.v1_allowed", [line for line in versions if "1" in line.words], versions)
    kinds = ("ssh key-exchange group", "ssh cipher encryption", "ssh cipher integrity")
    found = [item(word.strip('"'), line) for kind in kinds for line in document.find(kind) for word in line.words[3:]]
    sheet.items("ssh.algorithms", [one for one in found if one.name != "custom"], is_known=False)
    sheet.default("http.plain", False)  # ASDM is served over TLS alone
    web = document.find("http server enable")
    sheet.items("api.services", [item("https", line, encrypted=True) for line in web])
    ways = [_way_in(line) for kind in ("ssh", "telnet", *(["http"] if web else [])) for line in doors[kind]]
    sheet.items("management.access", ways, is_known=False)
    kinds = ("console", "ssh", "telnet")
    idle = [one for kind in kinds for one in minutes(document.find(f"{kind} timeout"), kind, 2)]
    sheet.items("idle.timeouts", idle, is_known=False)
    sheet.items("banner.texts", [one for kind in BANNERS for one in _banner(document, kind)])


def _is_door(line: Line) -> bool:
    """Tell whether a line lets addresses in: IPv4 with its mask, where a name may stand for it, or an IPv6 prefix."""
    is_masked = len(line.words) >= 4 and (is_address(line.word(2)) or line.word(2) == "0")
    return is_masked or (len(line.words) >= 3 and "/" in line.word(1))


def _way_in(line: Line) -> Item:
    is_open = line.word(1) in ANYWHERE and line.word(2) in {*ANYWHERE, line.words[-1]}
    return item(f"{line.word(0)} {line.word(-1)}", line, restricted=not is_open)


def _banner(document: Document, kind: str) -> list[Item]:
    lines = document.find(f"banner {kind}")
    text = "\n".join(line.rest(2) for line in lines)
    return [item(kind, lines, text=text)] if text.strip() else []


def _aaa(document: Document, sheet: Sheet) -> None:
    groups = document.find("aaa-server")
    protocols = {line.word(1): line.after("protocol") for line in groups if "protocol" in line.words}
    servers = [line for line in groups if "host" in line.words]
    used = [line for line in servers if protocols.get(line.word(1), "radius") in {"tacacs+", "radius"}]
    sheet.items("aaa.servers", [item(line.after("host"), line) for line in used])
    sheet.flag("aaa.accounting", document.find("aaa accounting"), default=False)
    sheet.items("users.local", named(document.find("username"), 1))
    say_lockout(sheet, document.find("aaa local authentication attempts max-fail"), "max-fail")
    quotas = document.find("quota management-session")
    limit = next((value for line in quotas for value in [number(line.words, len(line.words) - 1)] if value), None)
    if limit is not None:
        sheet.say("login.session_limit", limit, quotas)


def _secrets(document: Document) -> Iterator[Secret]:
    for line in [*document.find("username"), *document.find("enable password"), *document.find("passwd")]:
        value = line.word(1) if line.word(0) == "passwd" else line.after("password")
        if value:
            yield Secret(" ".join(line.words[: 1 if line.word(0) == "passwd" else 2]), line, _form(line, value), value)
    for line in document.walk():
        words = line.words
        if words[0] in {"key", "pre-shared-key"} or (len(words) > 2 and words[-2] == "pre-shared-key"):
            kind = line.word(1) if len(words) > 2 and line.word(1) in {"0", "8"} else ""
            yield Secret(
                "pre-shared-key" if "pre-shared-key" in words else "key",
                line,
                _key_form(kind, line.word(-1)),
                words[-1],
            )


def _keys_in_place(document: Document) -> Iterator[Secret]:
    """Yield the keys that stand by their place in a line: of login servers (PIX), peers, failover and time servers."""
    for line in document.find("aaa-server"):
        value = line.after(line.after("host")) if "host" in line.words else ""
        if value not in {"", "timeout"}:
            yield Secret("aaa-server host", line, _key_form("", value), value)
    for begin, place in (
        ("crypto isakmp key", 3),
        ("isakmp key", 2),
        ("failover key", 2),
        ("ntp authentication-key", 4),
    ):
        for line in document.find(begin):
            if line.word(place):
                yield Secret(begin, line, _key_form("", line.word(place)), line.word(place))


def _form(line: Line, value: str) -> str:
    forms = [FORMS[word] for word in line.words if word in FORMS]
    return forms[0] if forms else _key_form("", value)


def _key_form(kind: str, value: str) -> str:
    """Return the form of a key: the ASA itself shows every key as stars, so that its form cannot be told."""
    if kind == "8":
        return "encrypted"
    return "" if MASKED.fullmatch(value) else "plain"


def _snmp(document: Document, sheet: Sheet) -> None:
    shown = document.find("snmp-server")
    lines = [
        line for line in shown if "community" in line.words and line.word(1) in {"community", "host", "host-group"}
    ]
    users = [line for line in document.find("snmp-server user") if "v3" in line.words]
    off = document.find("no snmp-server enable")
    sheet.flag("snmp_server.enabled", [*lines, *users], off, default=False)
    found = [_community(line) for line in lines]
    sheet.items("snmp_server.communities", found, shown)
    sheet.items("snmp_server.users", map(_user, users), shown)
    readable = [
        Secret("community", line, "encrypted" if kind == "8" else "plain", name)
        for line in lines
        for kind, name in [_name(line)]
    ]
    say_secrets(sheet, [*_secrets(document), *_keys_in_place(document)], readable)


def _name(line: Line) -> tuple[str, str]:
    """Return a community with the digit before it: 0 in the clear, 8 encrypted; none is the clear too."""
    place = list(line.words).index("community") + 1
    is_digit = line.word(place) in {"0", "8"} and line.word(place + 1) not in {"", "version", "udp-port"}
    return (line.word(place), line.word(place + 1)) if is_digit else ("", line.word(place))


def _community(line: Line) -> Item:
    kind, name = _name(line)
    is_own = line.word(1) != "community" or line.words[-1] == name  # the ASA writes no rights there: it has none
    return community(name, line, "ro" if is_own else None, restricted=True, is_readable=kind != "8")


def _user(line: Line) -> Item:
    level = "priv" if "priv" in line.words else "auth" if "auth" in line.words else "noauth"
    return item(line.word(2), line, level=level, access="ro", restricted=True)


def _log(document: Document, sheet: Sheet) -> None:
    lines = [line for line in document.find("logging host") if len(line.words) >= 4]
    sheet.items("syslog.hosts", [item(host_of(line, 3), line) for line in lines])
    say_level(document.find("logging trap"), sheet, None)
    stamps = document.find("logging timestamp")
    sheet.flag("log.zoned_timestamps", [line for line in stamps if "rfc5424" in line.words], stamps, default=False)
    groups = [line for group in document.find("dns server-group") for line in group.find("name-server")]
    sheet.items(
        "dns.servers", addresses([*groups, *document.find("dns name-server"), *document.find("name-server")], 1)
    )
