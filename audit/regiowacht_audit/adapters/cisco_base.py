"""Facts that many platforms write in the very words of Cisco IOS: time, logs, login servers, accounts, name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.words import addresses, hosts, is_address, named, number, severity
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line


def say_aaa(document: Line, sheet: Sheet, *, accounting: str = "aaa accounting") -> None:
    """Fill login servers, accounting and accounts."""
    sheet.items("aaa.servers", login_servers(document))
    sheet.flag("aaa.accounting", document.find(accounting), default=False)
    sheet.items("users.local", named(document.find("username"), 1))


def login_servers(document: Line) -> Iterator[Item]:
    """Yield the TACACS+ and RADIUS servers, whether named in one line, in a block, or in a group."""
    for kind in ("tacacs", "radius"):
        yield from hosts(document.find(f"{kind}-server host"), 2)
        for server in document.find(f"{kind} server"):
            yield from hosts(server.find("address"), 2)
    for group in document.find("aaa group server"):
        yield from hosts(group.find("server-private"), 1)
        yield from (one for one in hosts(group.find("server"), 1) if is_address(one.name))


def say_time(document: Line, sheet: Sheet) -> None:
    """Fill time servers and name servers."""
    servers = [*document.find("ntp server"), *document.find("sntp server"), *document.find("sntp unicast-server")]
    sheet.items("ntp.servers", hosts(servers, 2))
    found = [*document.find("ntp authenticate"), *document.find("sntp authenticate")]
    sheet.flag("ntp.authenticated", found, default=False)
    sheet.items("dns.servers", addresses([*document.find("ip name-server"), *document.find("ip name server")], 2))


def say_level(traps: Sequence[Line], sheet: Sheet, default: int | None, at: int = 2) -> None:
    """Fill the level that is sent to log servers, by the word at ``at``, or the documented default."""
    level = severity(traps[-1].word(at)) if traps else None
    if level is not None:
        sheet.say("log.level", level, traps[-1:])
    else:
        sheet.default("log.level", default)


def say_names(sheet: Sheet, names: Sequence[Line], places: Sequence[Line], at: int = 2) -> None:
    """Fill the device's name (second word of its line) and place (from the word ``at`` on)."""
    if names:
        sheet.say("identity.hostname", names[0].word(1), names[:1])
    if places:
        sheet.say("identity.location", places[0].rest(at), places[:1])
    else:
        sheet.default("identity.location", "")


def say_lockout(sheet: Sheet, lines: Sequence[Line], word: str) -> None:
    """Fill after how many failures a login is shut out: the number after ``word``; never where no line says so."""
    for line in lines:
        attempts = line.after(word)
        if attempts.isdigit():
            sheet.say("login.lockout_attempts", int(attempts), [line])
            return
    sheet.default("login.lockout_attempts", 0)


def minutes(lines: Iterable[Line], name: str, at: int, unit_s: int = 60) -> list[Item]:
    """Return the idle time-out of the last of these lines: its word at ``at``, in units of ``unit_s`` seconds."""
    found = [(line, number(line.words, at)) for line in lines]
    return [item(name, line, seconds=value * unit_s) for line, value in found[-1:] if value is not None]
