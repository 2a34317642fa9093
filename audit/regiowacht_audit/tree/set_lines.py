"""Reads configurations of ``set`` commands (Junos, PAN-OS) as statements: one line a command, its words the path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.tree.brace import read_brace
from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORD = re.compile(r'"((?:[^"\\]|\\.)*)"?|([^\s"]+)', re.DOTALL)
TEXT_LINES_MAX = 400


def read_statements(rows: Sequence[str]) -> list[Line]:
    """Return the statements of a configuration, whether it is written as ``set`` commands or in braces."""
    if any(row.startswith(("set ", "deactivate ")) for row in rows):
        return read_set(rows)
    return read_brace(rows)


def read_set(rows: Sequence[str]) -> list[Line]:
    """Return one statement per ``set`` command; what ``deactivate`` or ``delete`` names afterwards is left out."""
    found: list[Line] = []
    for number, row in _commands(rows):
        verb, *words = _words(row)
        if verb == "set" and words:
            found += [Line(number, path) for path in _spread(words)]
        elif verb in {"deactivate", "delete"} and words:
            found = [line for line in found if line.words[: len(words)] != words]
    return found


def _commands(rows: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield each command with its line number; a quoted text may go on over several rows."""
    index = 0
    while index < len(rows):
        row, number = rows[index].strip(), index + 1
        if row.startswith(("set ", "deactivate ", "delete ")):
            row, index = _whole(rows, index, row)
            yield number, row
        index += 1


def _whole(rows: Sequence[str], index: int, row: str) -> tuple[str, int]:
    """Return the command with the rows that its open quote takes in, and the index of the last of them."""
    if row.replace('\\"', "").count('"') % 2 == 0:
        return row, index
    for last in range(index + 1, min(len(rows), index + TEXT_LINES_MAX)):
        if rows[last].replace('\\"', "").count('"') % 2:
            return "\n".join([row, *rows[index + 1 : last + 1]]), last
    return row, index


def _words(row: str) -> list[str]:
    if '"' not in row:
        return row.split()
    return [plain or quoted for quoted, plain in WORD.findall(row)]


def _spread(words: list[str]) -> list[list[str]]:
    """Return one path a member where the command ends in a list in brackets (PAN-OS)."""
    if words[-1] != "]" or "[" not in words:
        return [words]
    start = words.index("[")
    return [[*words[:start], member] for member in words[start + 1 : -1]]
