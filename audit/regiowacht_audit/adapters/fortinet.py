"""Facts of Fortinet FortiOS, by the FortiOS CLI reference. What is about switch ports does not apply to a firewall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.secret import MASKED, Secret, community, say_secrets
from regiowacht_audit.adapters.words import number, severity
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

IDLE_DEFAULT_S, TRIES_DEFAULT, SESSIONS_DEFAULT = 300, 3, 100
OPEN = frozenset({"0.0.0.0/0", "0.0.0.0 0.0.0.0", "::/0", "0.0.0.0"})  # noqa: S104  # what a trusthost without limit says
SECRET_WORDS = frozenset(
    {"password", "passwd", "psksecret", "secret", "key", "auth-pwd", "priv-pwd", "secondary-key", "tertiary-key"}
)
LEVELS = {"auth-priv": "priv", "auth-no-priv": "auth", "no-auth-no-priv": "noauth"}
ALGORITHMS = ("ssh-enc-algo", "ssh-kex-algo", "ssh-mac-algo", "ssh-hostkey-algo")


class Sections:
    """The sections of a configuration by path, those inside ``config vdom`` and ``config global`` too."""

    def __init__(self, document: Line) -> None:
        self.by_path: dict[str, list[Line]] = {}
        self._collect(document)

    def _collect(self, top: Line) -> None:
        for line in top.children:
            if line.word(0) == "config":
                path = line.rest(1)
                self.by_path.setdefault(path, []).append(line)
                if path in {"vdom", "global"}:
                    self._collect(line)
            elif line.word(0) == "edit" and top.rest(1) == "vdom":
                self._collect(line)

    def lines(self, path: str, key: str) -> list[Line]:
        """Return the ``set KEY`` lines that stand directly in the sections of that path."""
        return [line for section in self.by_path.get(path, []) for line in section.find(f"set {key}")]

    def edits(self, path: str) -> list[Line]:
        """Return the entries of the sections of that path."""
        return [line for section in self.by_path.get(path, []) for line in section.find("edit")]

    def shown(self, path: str) -> list[Line]:
        """Return the sections of that path."""
        return self.by_path.get(path, [])


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that FortiOS tells."""
    sections = Sections(document)
    _access(sections, sheet)
    _admins(sections, sheet)
    _limits(sections, sheet)
    _aaa(sections, sheet)
    _snmp(document, sections, sheet)
    _time(sections, sheet)
    _log(sections, sheet)
    sheet.default("lan.has_access_ports", False)


def _access(sections: Sections, sheet: Sheet) -> None:
    allows = [line for port in sections.edits("system interface") for line in port.find("set allowaccess")]
    by_word = {word: [line for line in allows if word in line.words] for word in ("telnet", "http", "https", "ssh")}
    off = [line for line in sections.lines("system global", "admin-telnet") if line.word(2) == "disable"]
    seen = allows or sections.shown("system interface")
    sheet.flag("telnet.enabled", () if off else by_word["telnet"], off or seen)
    sheet.flag("http.plain", by_word["http"], seen)
    sheet.flag("ssh.enabled", by_word["ssh"], seen)
    old = sections.lines("system global", "admin-ssh-v1")
    sheet.flag("ssh.v1_allowed", [line for line in old if line.word(2) == "enable"], old, default=False)
    kinds = [line for kind in ALGORITHMS for line in sections.lines("system global", kind)]
    kinds += [line for kind in ALGORITHMS for line in sections.lines("system ssh-config", kind)]
    found = [item(word, line) for line in kinds for word in line.words[2:]]
    sheet.items("ssh.algorithms", found, is_known=False)
    web = by_word["https"]
    sheet.items("api.services", [item("https", web[:4], encrypted=True)] if web else [], seen)


def _admins(sections: Sections, sheet: Sheet) -> None:
    admins = sections.edits("system admin")
    sheet.items("management.access", map(_way_in, admins), is_known=False)
    sheet.items("users.local", [item(admin.word(1), admin) for admin in admins], is_known=False)


def _way_in(admin: Line) -> Item:
    hosts = [line for line in admin.children if line.word(1).startswith(("trusthost", "ip6-trusthost"))]
    limits = [line for line in hosts if line.rest(2) not in OPEN and line.word(0) == "set"]
    return item(admin.word(1), limits or admin, restricted=bool(limits))


def _limits(sections: Sections, sheet: Sheet) -> None:
    times = sections.lines("system global", "admintimeout")
    seconds = 60 * (number(times[-1].words, 2) or 0) if times else IDLE_DEFAULT_S
    if times or sheet.is_whole:
        sheet.items("idle.timeouts", [item("admin", times, seconds=seconds)])
    for name, key, default in (
        ("login.lockout_attempts", "admin-lockout-threshold", TRIES_DEFAULT),
        ("login.session_limit", "admin-login-max", SESSIONS_DEFAULT),
    ):
        lines = sections.lines("system global", key)
        value = number(lines[-1].words, 2) if lines else None
        if value is not None:
            sheet.say(name, value, lines)
        else:
            sheet.default(name, default)
    banners = [
        line for key in ("pre-login-banner", "post-login-banner") for line in sections.lines("system global", key)
    ]
    on = [line for line in banners if line.word(2) == "enable"]
    sheet.items("banner.texts", [item(line.word(1), line, text="") for line in on], banners)


def _aaa(sections: Sections, sheet: Sheet) -> None:
    keys = ("server", "secondary-server", "tertiary-server")
    edits = [*sections.edits("user tacacs+"), *sections.edits("user radius")]
    lines = [line for edit in edits for key in keys for line in edit.find(f"set {key}") if line.word(2)]
    sheet.items("aaa.servers", [item(line.word(2), line) for line in lines], edits)
    told = [line for edit in edits for block in edit.find("config accounting-server") for line in block.walk()]
    on = [line for line in told if list(line.words) == ["set", "status", "enable"]]
    on += [line for line in sections.lines("log tacacs+accounting setting", "status") if line.word(2) == "enable"]
    sheet.flag("aaa.accounting", on, default=False)


def _secrets(document: Line) -> Iterator[Secret]:
    for line in document.walk():
        words = line.words
        if len(words) > 2 and words[0] == "set" and words[1] in SECRET_WORDS:
            is_masked = MASKED.fullmatch(words[2]) is not None
            form = "encrypted" if words[2] in {"ENC", "SH2"} else "" if is_masked else "plain"
            yield Secret(words[1], line, form, words[-1])


def _snmp(document: Line, sections: Sections, sheet: Sheet) -> None:
    status = sections.lines("system snmp sysinfo", "status")
    off = [line for line in status if line.word(2) == "disable"]
    groups = [edit for edit in sections.edits("system snmp community") if _is_on(edit)]
    users = [edit for edit in sections.edits("system snmp user") if _is_on(edit)]
    on = [line for line in status if line.word(2) == "enable"] or [*groups, *users]
    sheet.flag("snmp_server.enabled", () if off else on, off, default=False)
    shown = [line for path in ("community", "user", "sysinfo") for line in sections.shown(f"system snmp {path}")]
    named = [(edit, line) for edit in groups for line in edit.find("set name")]
    sheet.items("snmp_server.communities", [_community(edit, line) for edit, line in named], shown)
    sheet.items("snmp_server.users", map(_user, users), shown)
    readable = [Secret("community", line, "plain", line.word(2)) for _, line in named]
    say_secrets(sheet, _secrets(document), readable)


def _is_on(edit: Line) -> bool:
    return not any(line.word(2) == "disable" for line in edit.find("set status"))


def _community(edit: Line, name: Line) -> Item:
    hosts = [line for line in edit.walk() if line.words[:2] in (["set", "ip"], ["set", "ipv6"])]
    is_limited = bool(hosts) and all(line.rest(2) not in OPEN for line in hosts)
    queries = [line for kind in ("query-v1-status", "query-v2c-status") for line in edit.find(f"set {kind}")]
    is_trap = len([line for line in queries if line.word(2) == "disable"]) == 2
    return community(name.word(2), name, "trap" if is_trap else "ro", restricted=is_limited)


def _user(edit: Line) -> Item:
    levels = edit.find("set security-level")
    level = LEVELS.get(levels[-1].word(2)) if levels else "noauth"
    return item(edit.word(1), [*levels, edit] if levels else edit, level=level, access="ro", restricted=None)


def _time(sections: Sections, sheet: Sheet) -> None:
    servers = [
        edit
        for ntp in sections.shown("system ntp")
        for block in ntp.find("config ntpserver")
        for edit in block.find("edit")
    ]
    lines = [line for edit in servers for line in edit.find("set server")]
    off = [line for line in sections.lines("system ntp", "ntpsync") if line.word(2) == "disable"]
    sheet.items("ntp.servers", [item(line.word(2), line) for line in lines] if not off else [], off, is_known=False)
    keys = [line for edit in servers for line in edit.find("set authentication") if line.word(2) == "enable"]
    sheet.flag("ntp.authenticated", keys, default=False)
    dns = [line for key in ("primary", "secondary") for line in sections.lines("system dns", key)]
    sheet.items("dns.servers", [item(line.word(2), line) for line in dns], is_known=False)
    names, places = sections.lines("system global", "hostname"), sections.lines("system snmp sysinfo", "location")
    if names:
        sheet.say("identity.hostname", names[-1].word(2), names)
    if places:
        sheet.say("identity.location", places[-1].rest(2), places)
    else:
        sheet.default("identity.location", "")


def _log(sections: Sections, sheet: Sheet) -> None:
    paths = [f"log syslogd{index} setting" for index in ("", "2", "3", "4")]
    shown = [section for path in paths for section in sections.shown(path)]
    on = [section for section in shown if any(line.word(2) == "enable" for line in section.find("set status"))]
    lines = [line for section in on for line in section.find("set server") if line.word(2)]
    sheet.items("syslog.hosts", [item(line.word(2), line) for line in lines], shown)
    levels = sections.lines("log syslogd filter", "severity")
    level = severity(levels[-1].word(2)) if levels else None
    if level is not None:
        sheet.say("log.level", level, levels)
    else:
        sheet.default("log.level", 6)
    sheet.default("log.zoned_timestamps", True)  # every message carries its zone in the field tz
