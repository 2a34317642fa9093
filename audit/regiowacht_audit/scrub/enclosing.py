"""The lines that enclose each row: what a row is about where it does not tell by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.scrub.leaves import HEAD, IS_JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROW_LOOKED_AT = 200
"""Characters of an enclosing line that are looked at."""

DEPTH_MAX = 64
"""No system nests deeper; noise that does must not grow with the square of its length."""

ROW_READ = 20_000
"""Characters of a row in which braces are looked for."""

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|##? .*|/\*.*?\*/')
BRACE = re.compile(r"[{};]")
MARKERS = ("inactive: ", "protect: ", "replace: ", "delete: ")


def enclosing(rows: Sequence[str], syntax: str) -> Iterator[str]:
    """Yield for each row its enclosing lines, outermost first, in one line."""
    return _WAYS.get(syntax, _by_indentation)(rows)


def _by_indentation(rows: Sequence[str]) -> Iterator[str]:
    stack: list[tuple[int, str]] = []
    for row in rows:
        bare = row.lstrip()
        if not bare:
            yield ""
            continue
        depth = len(row) - len(bare)
        while stack and stack[-1][0] >= depth:
            stack.pop()
        yield " ".join(line for _depth, line in stack)
        stack.append((depth, bare[:ROW_LOOKED_AT]))


def _by_config_and_edit(rows: Sequence[str]) -> Iterator[str]:
    stack: list[str] = []
    for row in rows:
        yield " ".join(stack)
        bare = row.strip()
        if bare.startswith(("config ", "edit ", "config\t", "edit\t")):
            stack.append(bare[:ROW_LOOKED_AT])
        elif bare in {"end", "next"} and stack:
            is_edit = stack[-1].startswith(("edit ", "edit\t"))
            if bare == "end" and is_edit:  # an entry that nobody closed
                stack.pop()
            if stack and (bare == "end" or is_edit):
                stack.pop()


def _by_menu(rows: Sequence[str]) -> Iterator[str]:
    menu = ""
    for row in rows:
        if row.startswith("/"):
            menu = row[:ROW_LOOKED_AT]
        yield menu


def _by_braces(rows: Sequence[str]) -> Iterator[str]:
    """Enclose as Junos does; elements of PAN-OS in tags stand under each other by their indentation."""
    if any(row.lstrip().startswith("<") for row in rows[:20]):
        yield from _by_indentation(rows)
        return
    if IS_JSON.search("\n".join(rows[:50])[:HEAD]):  # whose values were looked at behind their names already
        yield from ("" for _row in rows)
        return
    stack: list[str] = []
    for row in rows:
        yield " ".join(stack)
        if len(row) > ROW_READ:
            continue
        if "{" not in row and "}" not in row:
            continue
        bare = QUOTED.sub(lambda found: " " * len(found.group()), row)
        begin = 0
        for sign in BRACE.finditer(bare):
            if sign.group() == "{" and len(stack) < DEPTH_MAX:
                stack.append(_without_marker(row[begin : sign.start()].strip()[:ROW_LOOKED_AT]))
            elif sign.group() == "}" and stack:
                stack.pop()
            begin = sign.end()


def _without_marker(words: str) -> str:
    while words.startswith(MARKERS):
        words = words.partition(" ")[2].lstrip()
    return words


_WAYS: dict[str, Callable[[Sequence[str]], Iterator[str]]] = {
    "fortios": _by_config_and_edit,
    "routeros": _by_menu,
    "statements": _by_braces,
}
