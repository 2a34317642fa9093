"""A configuration that was read: its lines as a tree, and whether it is a whole one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.masked import with_one_mask
from regiowacht_audit.pasted import refused_at, without_session
from regiowacht_audit.platform import platforms
from regiowacht_audit.remnants import without_remnants
from regiowacht_audit.tells import count_tells, wrongly_declared
from regiowacht_audit.tree.fortios import read_fortios
from regiowacht_audit.tree.indent import read_indent
from regiowacht_audit.tree.line import Line
from regiowacht_audit.tree.routeros import read_routeros
from regiowacht_audit.tree.set_lines import read_statements
from regiowacht_contract.errors import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from regiowacht_audit.platform import Platform

SIZE_MAX_BYTES = 32 * 1024 * 1024
LIKELY_MAX = 3
"""Platforms that are named to who declared another, the likeliest first."""
READERS: dict[str, Callable[[Sequence[str]], list[Line]]] = {
    "fortios": read_fortios,
    "routeros": read_routeros,
    "statements": read_statements,
}


class Document(Line):
    """The top of a configuration's tree.

    Attributes:
        platform: what wrote it.
        rows: its text, row by row.
        is_whole: it holds all that a whole configuration of its platform holds; otherwise it is an excerpt, of which
            nothing can be said that rests on an absence.
        refused_at: row in which the device refused a command that was pasted along; 0 where it refused none.
    """

    __slots__ = ("is_whole", "platform", "refused_at", "rows")

    def __init__(self, rows: Sequence[str], platform: Platform) -> None:
        super().__init__(0, [])
        self.rows = rows
        self.platform = platform
        self.children = read_rows(rows, platform)
        self.is_whole = is_whole(rows, platform)
        self.refused_at = 0


def read_text(text: str, platform: Platform) -> Document:
    """Return the configuration in ``text``; rows end in LF, CR LF, or the CR CR LF of some terminals.

    Raises:
        Found: it is no configuration: too large, binary, of another system than was said, refused by the device, or
            without a single line that its platform can have.
    """
    if len(text) > SIZE_MAX_BYTES:
        raise Found("audit.too-large", megabytes=SIZE_MAX_BYTES // 1024 // 1024)
    if "\0" in text:
        raise Found("audit.binary")
    told = without_remnants(text.expandtabs(8).split("\n"))
    rows, refused = without_session(told), refused_at(told)
    if refused and not any(rows):
        raise refusal(refused, platform)
    _refuse_other("\n".join(rows), platform)
    document = Document(with_one_mask(rows), platform)
    document.refused_at = refused
    if not document.children:
        raise Found("audit.empty", platform=platform.name)
    return document


def refusal(row: int, platform: Platform) -> Found:
    """Return the error of a text in which a device refused a command and told no configuration."""
    return Found("audit.refused", row=row, platform=platform.name)


def _refuse_other(text: str, platform: Platform) -> None:
    """Refuse a configuration that shows nothing of its own platform, but does of another."""
    if _has_mark(text, platform):
        other = wrongly_declared(text, platform.name)
        if other is not None:
            raise Found("audit.other-platform", platform=platform.name, other=other)
        return
    others = [other.name for other in sorted(platforms(), key=lambda one: -_marks(text, one)) if _has_mark(text, other)]
    if others:
        raise Found("audit.other-platform", platform=platform.name, other=", ".join(others[:LIKELY_MAX]))


def _marks(text: str, platform: Platform) -> int:
    """Return how many marks of a platform stand in a text, and rows that it alone writes, which say more."""
    return 10 * count_tells(text, platform.name) + sum(bool(re.search(mark, text, re.M)) for mark in platform.marks)


def _has_mark(text: str, platform: Platform) -> bool:
    return any(re.search(mark, text, re.MULTILINE) for mark in platform.marks)


def read_rows(rows: Sequence[str], platform: Platform) -> list[Line]:
    """Return the top lines, read in the way of the platform's syntax family."""
    reader = READERS.get(platform.syntax)
    return reader(rows) if reader else read_indent(rows, platform)


def is_whole(rows: Sequence[str], platform: Platform) -> bool:
    """Tell whether every mark of a whole configuration of that platform stands in it."""
    text = "\n".join(rows)
    if platform.syntax == "statements" and text.count("{") != text.count("}"):
        return False
    return all(re.search(mark, text, re.MULTILINE) for mark in platform.whole)
