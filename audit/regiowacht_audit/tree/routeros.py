r"""Reads RouterOS exports: one line a path (``/ip service``), the commands given there below it.

An export writes the path once before its commands, or (``terse``) in front of each; both become the same tree. A
command that goes on over several rows (``\\`` at the end) is one line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORD = re.compile(r'\[[^\]]*\]|(?:[^\s"\[]|"(?:[^"\\]|\\.)*"?)+', re.DOTALL)
VERBS = frozenset({"add", "set", "remove", "unset", "disable", "enable", "move", "export", "print"})


def read_routeros(rows: Sequence[str]) -> list[Line]:
    """Return one line per path, in the order in which the paths first appear."""
    paths: dict[str, Line] = {}
    current = Line(0, ["/"])
    for number, text in _commands(rows):
        words = [word.replace('"', "") if '"' in word else word for word in WORD.findall(text)]
        if words and words[0].startswith("/"):
            path, words = _split_path(words)
            current = paths.setdefault(path, Line(number, [path]))
        if words:
            current.children.append(Line(number, words))
    return list(paths.values())


def values(line: Line) -> dict[str, str]:
    """Return the ``key=value`` words of a command."""
    return dict(word.split("=", 1) for word in line.words if "=" in word and word[0] != "[")


def _split_path(words: list[str]) -> tuple[str, list[str]]:
    for index, word in enumerate(words):
        if word in VERBS:
            return " ".join(words[:index]), words[index:]
    return " ".join(words), []


def _commands(rows: Sequence[str]) -> Iterator[tuple[int, str]]:
    index = 0
    while index < len(rows):
        text, number = rows[index].strip(), index + 1
        while text.endswith("\\") and index + 1 < len(rows):
            index += 1
            text = text[:-1] + rows[index].strip()
        if text and text[0] != "#":
            yield number, text
        index += 1
