"""Finds many words in a text at once: a regular expression of thousands of words costs each of them at every place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEAD = 6
"""Characters by which words are told apart; shorter words are not looked for."""


MANY = 300
"""Words from which on looking at every place once is faster than looking for each word."""


class Occurrences:
    """Where any of some words stands.

    Args:
        words: what to look for; those shorter than ``HEAD`` are left out.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({word for word in words if len(word) >= HEAD}, key=len, reverse=True)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield begin and end of each occurrence, the longest word first where several begin; none within another."""
        words = self._words
        if len(words) < MANY:
            words = [word for word in words if word in text]
        by_head: dict[str, list[str]] = {}
        for word in words:
            by_head.setdefault(word[:HEAD], []).append(word)
        if by_head:
            yield from _by_place(by_head, text)


def _by_place(by_head: dict[str, list[str]], text: str) -> Iterator[tuple[int, int]]:
    behind = 0
    for at in range(len(text) - HEAD + 1):
        words = by_head.get(text[at : at + HEAD])
        if words is None or at < behind:
            continue
        word = next((word for word in words if text.startswith(word, at)), None)
        if word is not None:
            behind = at + len(word)
            yield at, behind
