"""Facts of MikroTik RouterOS, by the RouterOS manual. An export leaves defaults out, so that many rest on absences.

The SNMP community ``public`` is there in every device; an export shows it only where somebody changed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.secret import MASKED, Secret, community, say_secrets
from regiowacht_audit.adapters.words import is_address
from regiowacht_audit.facts.fact import Item
from regiowacht_audit.facts.sheet import item, numbers
from regiowacht_audit.tree.routeros import values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.facts.fact import Value
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line

NOBODY = "0.0.0.0"  # noqa: S104  # what an export writes where no host is named
OPEN = frozenset({"", "0.0.0.0/0", "::/0", "0.0.0.0/0,::/0", "::/0,0.0.0.0/0"})
SERVICES = ("telnet", "ftp", "www", "ssh", "api", "winbox", "api-ssl", "www-ssl")
SECRET_WORDS = frozenset(
    {"password", "secret", "pre-shared-key", "wpa-pre-shared-key", "wpa2-pre-shared-key", "authentication-password",
     "encryption-password", "private-key", "passphrase", "auth-key", "tcp-md5-key", "ipsec-secret",
     "authentication-key"}
)  # fmt: skip
COMMUNITY = "public"


def fill(document: Document, sheet: Sheet) -> None:
    """Fill every fact that RouterOS tells."""
    paths = {line.words[0]: line.children for line in document.children}
    _access(paths, sheet)
    _rest(paths, sheet)
    _aaa(paths, sheet)
    _snmp(document, paths, sheet)
    _time(paths, sheet)
    _log(paths, sheet)
    sheet.default("lan.has_access_ports", False)


def _given(lines: list[Line], key: str, *wanted: str) -> list[Line]:
    """Return the commands that set ``key`` to one of the values, or to anything at all where none is wanted."""
    return [line for line in lines if key in values(line) and (not wanted or values(line)[key] in wanted)]


def _access(paths: dict[str, list[Line]], sheet: Sheet) -> None:
    services = {name: [line for line in paths.get("/ip service", []) if name in line.words[1:2]] for name in SERVICES}
    off = {name: _given(lines, "disabled", "yes") for name, lines in services.items()}
    for fact, name in (("telnet.enabled", "telnet"), ("http.plain", "www"), ("ssh.enabled", "ssh")):
        sheet.flag(fact, () if off[name] else services[name], off[name], default=True)
    sheet.default("ssh.v1_allowed", False)  # the server speaks version 2 alone
    strong = _given(paths.get("/ip ssh", []), "strong-crypto", "yes")
    weak = _given(paths.get("/ip ssh", []), "strong-crypto", "no")
    sheet.items(
        "ssh.algorithms",
        [*(item("strong-crypto", line) for line in strong), *(item("low", line) for line in weak)],
        is_known=False,
    )
    ways = [
        _way_in(name, services[name])
        for name in ("ssh", "winbox")
        if not off[name] and (services[name] or sheet.is_whole)
    ]
    sheet.items("management.access", ways, [line for lines in off.values() for line in lines], is_known=False)
    apis = {"api": False, "api-ssl": True, "winbox": True}
    found = [
        item(name, services[name], encrypted=safe)
        for name, safe in apis.items()
        if not off[name] and (services[name] or sheet.is_whole)
    ]
    tls = _given(services["www-ssl"], "disabled", "no")
    sheet.items("api.services", [*found, *([item("https", tls, encrypted=True)] if tls else [])], off["api"])
    _services(paths, off["ftp"], sheet)


def _way_in(name: str, lines: list[Line]) -> Item:
    limits = [line for line in _given(lines, "address") if values(line)["address"] not in OPEN]
    return item(name, limits or lines, restricted=bool(limits))


def _services(paths: dict[str, list[Line]], no_ftp: list[Line], sheet: Sheet) -> None:
    found: list[Item] = []
    for name, path in (("upnp", "/ip upnp"), ("proxy", "/ip proxy"), ("socks", "/ip socks")):
        found += [item(name, line) for line in _given(paths.get(path, []), "enabled", "yes")]
    found += [item("dns-open", line) for line in _given(paths.get("/ip dns", []), "allow-remote-requests", "yes")]
    macs = _given(paths.get("/tool mac-server", []), "allowed-interface-list")
    tests = _given(paths.get("/tool bandwidth-server", []), "enabled", "no")
    if sheet.is_whole:
        found += [] if no_ftp else [item("ftp", ())]
        found += [] if tests else [item("bandwidth-test", ())]
        found += [] if macs else [item("mac-telnet", ())]
    found += [item("mac-telnet", line) for line in macs if values(line)["allowed-interface-list"] == "all"]
    sheet.items("services.running", found, [*no_ftp, *tests, *macs])


def _rest(paths: dict[str, list[Line]], sheet: Sheet) -> None:
    notes = paths.get("/system note", [])
    shown = _given(notes, "show-at-login", "no")
    texts = [(line, values(line)["note"]) for line in _given(notes, "note") if not shown]
    sheet.items("banner.texts", [item("note", line, text=text) for line, text in texts if text.strip()], notes)
    times = _given(paths.get("/user", []), "inactivity-timeout")
    sheet.items(
        "idle.timeouts",
        [
            item(values(line).get("name", "user"), line, seconds=_seconds(values(line)["inactivity-timeout"]))
            for line in times
        ],
        is_known=False,
    )
    names = _given(paths.get("/system identity", []), "name")
    if names:
        sheet.say("identity.hostname", values(names[-1])["name"], names)
    else:
        sheet.default("identity.hostname", "MikroTik")
    places = _given(paths.get("/snmp", []), "location")
    if places:
        sheet.say("identity.location", values(places[-1])["location"], places)
    else:
        sheet.default("identity.location", "")


def _seconds(text: str) -> int | None:
    """Return the seconds of ``10m``, ``1h30m`` or ``00:10:00``; ``none`` is never."""
    if text in {"none", "0s"}:
        return 0
    if ":" in text:
        hours, minutes, seconds = (["0", "0", *text.split(":")])[-3:]
        return 3600 * int(hours) + 60 * int(minutes) + int(seconds)
    total, digits = 0, ""
    for char in text:
        digits = digits + char if char.isdigit() else digits
        total += int(digits or 0) * {"d": 86400, "h": 3600, "m": 60, "s": 1}.get(char, 0)
        digits = digits if char.isdigit() else ""
    return total or None


def _aaa(paths: dict[str, list[Line]], sheet: Sheet) -> None:
    uses = _given(paths.get("/user aaa", []), "use-radius", "yes")
    servers = [
        line
        for line in _given(paths.get("/radius", []), "address")
        if uses or "login" in values(line).get("service", "").split(",")
    ]
    on = [line for line in servers if values(line).get("disabled") != "yes"]
    sheet.items("aaa.servers", [item(values(line)["address"], line) for line in on])
    silent = _given(paths.get("/user aaa", []), "accounting", "no")
    sheet.flag("aaa.accounting", () if silent else uses, silent, default=False)
    users = [line for line in _given(paths.get("/user", []), "name") if line.words[0] in {"add", "set"}]
    sheet.items("users.local", [item(values(line)["name"], line) for line in users], is_known=False)


def _secrets(document: Line) -> Iterator[Secret]:
    for path in document.children:
        for line in path.children:
            for key, value in values(line).items():
                if key in SECRET_WORDS and value and not (key == "auth-key" and value.isdigit()):
                    yield Secret(f"{path.words[0]} {key}", line, "" if MASKED.fullmatch(value) else "plain", value)


def _snmp(document: Line, paths: dict[str, list[Line]], sheet: Sheet) -> None:
    lines = paths.get("/snmp", [])
    on, off = _given(lines, "enabled", "yes"), _given(lines, "enabled", "no")
    sheet.flag("snmp_server.enabled", on, off, default=False)
    given = [line for line in paths.get("/snmp community", []) if values(line).get("disabled") != "yes"]
    private = [line for line in given if values(line).get("security") == "private"]
    named = [line for line in given if line not in private and "name" in values(line)]
    changed = [line for line in paths.get("/snmp community", []) if line.words[0] == "set"]
    found = [_community(values(line)["name"], line) for line in named]
    found += [
        _community(COMMUNITY, line)
        for line in changed
        if "name" not in values(line) and line in given and line not in private
    ]
    if not changed and on:
        # where no community is named at all, the line that turns SNMP on is what says that it answers to this one
        traits: dict[str, Value] = {"access": "ro", "restricted": False, "well_known": True, "written": not given}
        found.append(Item(COMMUNITY, () if given else numbers(on), traits))
    sheet.items("snmp_server.communities", found, on)
    sheet.items("snmp_server.users", map(_user, private), on)
    readable = [Secret("community", line, "plain", values(line)["name"]) for line in named]
    say_secrets(sheet, _secrets(document), readable)


def _community(name: str, line: Line) -> Item:
    said = values(line)
    access = "rw" if said.get("write-access") == "yes" else "ro"
    return community(name, line, access, restricted=said.get("addresses", "") not in OPEN)


def _user(line: Line) -> Item:
    said = values(line)
    access = "rw" if said.get("write-access") == "yes" else "ro"
    return item("v3", line, level="priv", access=access, restricted=said.get("addresses", "") not in OPEN)


def _time(paths: dict[str, list[Line]], sheet: Sheet) -> None:
    client = paths.get("/system ntp client", [])
    off = [] if _given(client, "enabled", "yes") else client
    lines = [*client, *paths.get("/system ntp client servers", [])]
    keys = ("primary-ntp", "secondary-ntp", "servers", "server-dns-names", "address")
    found = [
        item(host, line)
        for line in lines
        for key in keys
        for host in values(line).get(key, "").split(",")
        if host not in {"", NOBODY}
    ]
    sheet.items("ntp.servers", [] if off or not client else found, client)
    sheet.flag("ntp.authenticated", _given(paths.get("/system ntp client servers", []), "auth-key"), default=False)
    dns = _given(paths.get("/ip dns", []), "servers")
    sheet.items(
        "dns.servers",
        [item(host, line) for line in dns for host in values(line)["servers"].split(",") if is_address(host)],
    )


def _log(paths: dict[str, list[Line]], sheet: Sheet) -> None:
    actions = [
        line
        for line in _given(paths.get("/system logging action", []), "remote")
        if values(line)["remote"] not in {"", NOBODY}
    ]
    sheet.items("syslog.hosts", [item(values(line)["remote"], line) for line in actions])
    names = {values(line).get("name", "remote") for line in actions}
    used = [line for line in _given(paths.get("/system logging", []), "action") if values(line)["action"] in names]
    topics = {topic for line in used for topic in values(line).get("topics", "info").split(",")}
    level = max(
        (
            level
            for topic, level in (("debug", 7), ("info", 6), ("warning", 4), ("error", 3), ("critical", 2))
            if topic in topics
        ),
        default=None,
    )
    if level is not None:
        sheet.say("log.level", level, used)
    iso = _given(actions, "syslog-time-format", "iso8601")
    sheet.flag("log.zoned_timestamps", iso, actions)
