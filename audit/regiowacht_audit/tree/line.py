"""One line of a configuration, with what stands below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Line:
    """One line, or one text over several lines, of a configuration.

    Attributes:
        number: its place in the file, from 1.
        words: its words; a quoted text is one word without its quotes where the syntax has quotes.
        children: the lines below it.
        texts: the words of a text over several lines (a banner), one string a line; empty elsewhere.
    """

    __slots__ = ("_pairs", "children", "number", "texts", "words")

    def __init__(self, number: int, words: Sequence[str], texts: Sequence[str] = ()) -> None:
        self.number = number
        self.words = words
        self.children: list[Line] = []
        self.texts = texts
        self._pairs: dict[tuple[str, str], list[Line]] | None = None

    def word(self, index: int) -> str:
        """Return the word at ``index``, or an empty one."""
        return self.words[index] if -len(self.words) <= index < len(self.words) else ""

    def after(self, word: str) -> str:
        """Return the word that follows ``word``, or an empty one."""
        words = self.words
        for index in range(len(words) - 1):
            if words[index] == word:
                return words[index + 1]
        return ""

    def rest(self, index: int) -> str:
        """Return the words from ``index`` on, as one text."""
        return " ".join(self.words[index:])

    def find(self, begin: str) -> list[Line]:
        """Return the lines below that begin with the words of ``begin``, in the file's order."""
        if not self.children:
            return []
        wanted = begin.split()
        if self._pairs is None:
            self._pairs = _pairs_of(self.children)
        found = self._pairs.get((wanted[0], wanted[1] if len(wanted) > 1 else ""), [])
        return found if len(wanted) <= 2 else [line for line in found if line.words[: len(wanted)] == wanted]

    def has(self, begin: str) -> bool:
        """Tell whether a line below begins with the words of ``begin``."""
        return bool(self.find(begin))

    def first(self, begin: str) -> Line | None:
        """Return the first line below that begins with the words of ``begin``, or None."""
        found = self.find(begin)
        return found[0] if found else None

    def walk(self) -> Iterator[Line]:
        """Yield every line below, in the file's order."""
        ahead = self.children[::-1]
        while ahead:
            line = ahead.pop()
            yield line
            ahead += line.children[::-1]


def _pairs_of(lines: Sequence[Line]) -> dict[tuple[str, str], list[Line]]:
    """Return the lines by their first word, and by their first two."""
    pairs: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        words = line.words
        if not words:
            continue
        pairs.setdefault((words[0], ""), []).append(line)
        if len(words) > 1:
            pairs.setdefault((words[0], words[1]), []).append(line)
    return pairs
