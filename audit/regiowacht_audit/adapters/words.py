"""What several platforms write in the same words: addresses after a command, severities, ranges of lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from regiowacht_audit.facts.fact import Item
    from regiowacht_audit.tree.line import Line

SKIP_WITH_VALUE = frozenset(
    {"vrf", "use-vrf", "vpn-instance", "source", "source-interface", "priority", "routing-instance"}
)
SKIP = frozenset(
    {"ip", "ipv4", "ipv6", "host", "server", "prefer", "server-address", "address", "unicast-server", "ipv6-address"}
)
SEVERITIES = {
    "emergencies": 0, "emergency": 0, "alerts": 1, "alert": 1, "critical": 2, "critics": 2, "errors": 3, "error": 3,
    "warnings": 4, "warning": 4, "notifications": 5, "notice": 5, "notification": 5, "notifications(5)": 5,
    "informational": 6, "information": 6, "info": 6, "debugging": 7, "debug": 7, "any": 7,
}  # fmt: skip
ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+")


def host_of(line: Line, start: int) -> str:
    """Return the address or name that a command gives from its word ``start`` on, past ``vrf X`` and the like."""
    index = start
    while index < len(line.words):
        word = line.words[index]
        if word in SKIP_WITH_VALUE:
            index += 2
        elif word in SKIP:
            index += 1
        else:
            return word.strip("\"'")
    return ""


def hosts(lines: Iterable[Line], start: int) -> list[Item]:
    """Return one item per line that names a host."""
    return [item(host, line) for line in lines if (host := host_of(line, start))]


def addresses(lines: Iterable[Line], start: int) -> list[Item]:
    """Return one item per address in the lines, of which each may hold several."""
    return [item(word, line) for line in lines for word in line.words[start:] if ADDRESS.fullmatch(word)]


def is_address(word: str) -> bool:
    """Tell whether a word is an IPv4 or IPv6 address."""
    return ADDRESS.fullmatch(word) is not None


def severity(word: str) -> int | None:
    """Return the number of a severity, by name or digit; None where it is neither."""
    return int(word) if word.isdigit() and int(word) <= 7 else SEVERITIES.get(word.casefold())


def named(lines: Iterable[Line], at: int) -> list[Item]:
    """Return one item per line, named by its word at ``at``; a name that stands in several lines is one item."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.word(at):
            found.setdefault(line.word(at).strip("\"'"), []).append(line)
    return [item(name, at_lines) for name, at_lines in found.items()]


def banners(lines: Iterable[Line]) -> list[Item]:
    """Return one item per banner that has a text."""
    return [
        item(line.word(1) or line.word(0), line, text=text) for line in lines if (text := "\n".join(line.texts).strip())
    ]


def pick(lines: Iterable[Line], *wanted: str) -> Iterator[Line]:
    """Yield the lines that have one of these words."""
    words = frozenset(wanted)
    for line in lines:
        if not words.isdisjoint(line.words):
            yield line


def number(words: Sequence[str], index: int) -> int | None:
    """Return the word at ``index`` as a number, or None."""
    return int(words[index]) if index < len(words) and words[index].isdigit() else None
