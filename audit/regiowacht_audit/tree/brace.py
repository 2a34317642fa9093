"""Reads configurations in braces (Junos, PAN-OS) as statements: one line a leaf, its words the whole path to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TOKEN = re.compile(r'/\*.*?\*/|#[^\n]*|"((?:[^"\\]|\\.)*)"|([{};\[\]])|([^\s{};\[\]"]+)', re.DOTALL)
PATH_WORDS_MAX = 64
"""No system nests deeper; noise that does must not grow with the square of its length."""

INACTIVE = frozenset({"inactive:", "delete:"})
MARKERS = frozenset({"protect:", "replace:"})


def read_brace(rows: Sequence[str]) -> list[Line]:
    """Return every statement; a list in brackets becomes one statement a member, what is inactive none."""
    reader = _Reader()
    for number, kind, word in _tokens(rows):
        reader.take(number, kind, word)
    return reader.found


def _tokens(rows: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Yield (line number, the sign or nothing, the word) for every token; a quoted text may go on over several rows."""
    text = "\n".join(rows)
    number, seen = 1, 0
    for found in TOKEN.finditer(text):
        number, seen = number + text.count("\n", seen, found.start()), found.start()
        quoted, sign, word = found.groups()
        if sign or word is not None or quoted is not None:
            yield number, sign or "", quoted if quoted is not None else word or ""


class _Reader:
    def __init__(self) -> None:
        self.found: list[Line] = []
        self.path: list[str] = []
        self.depths: list[int] = []
        self.words: list[str] = []
        self.members: list[str] | None = None
        self.number = 0
        self.skip_depth: int | None = None

    def take(self, number: int, sign: str, word: str) -> None:
        if sign in {"[", "]"}:
            self.members = [] if sign == "[" else self.members
        elif sign == "{":
            self._open()
        elif sign:
            self._end(sign)
        elif self.members is not None:
            self.members.append(word)
        else:
            self.number = number if not self.words else self.number
            self.words.append(word)

    def _open(self) -> None:
        if self.words and self.words[0] in INACTIVE and self.skip_depth is None:
            self.skip_depth = len(self.depths)
        self._statement_of_block()
        self.depths.append(len(self.path))
        self.path += self._take_words()[: max(0, PATH_WORDS_MAX - len(self.path))]

    def _statement_of_block(self) -> None:
        words = [word for word in self.words if word not in MARKERS]
        if self.skip_depth is None and words:
            self.found.append(Line(self.number, [*self.path, *words]))

    def _end(self, sign: str) -> None:
        if sign == ";" or self.words:
            self._leaf()
        if sign == "}" and self.depths:
            del self.path[self.depths.pop() :]
            if self.skip_depth is not None and len(self.depths) <= self.skip_depth:
                self.skip_depth = None

    def _leaf(self) -> None:
        is_inactive = self.skip_depth is not None or (bool(self.words) and self.words[0] in INACTIVE)
        members, self.members = self.members, None
        words = self._take_words()
        if not words or is_inactive:
            return
        for member in [[member] for member in members] if members else [[]]:
            self.found.append(Line(self.number, [*self.path, *words, *member]))

    def _take_words(self) -> list[str]:
        words, self.words = self.words, []
        return [word for word in words if word not in MARKERS]
