"""Texts over several lines inside a configuration: banners, whose words are no commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES_MAX = 400
"""A banner of more lines than these is a delimiter that was never closed: then only its first line is the banner."""


def end_of_banner(rows: Sequence[str], start: int, rest: str) -> tuple[int, list[str]]:
    """Return the index of a banner's last row, and its text.

    Args:
        rows: the whole configuration.
        start: index of the row that opens the banner.
        rest: what follows the command in that row: the delimiter (``^C``, ``#``, ``"``) with the text's begin. Nothing
            means that the text runs up to a row ``EOF`` (Arista EOS).
    """
    rest = rest.strip()
    if not rest:
        return _until(rows, start, "EOF", [])
    mark = rest[:2] if rest[0] == "^" and len(rest) > 1 else rest[0]
    if mark.isalnum():
        return start, [rest]
    text = rest[len(mark) :]
    if mark in text:
        return start, [text.split(mark)[0]]
    return _until(rows, start, mark, [text] if text.strip() else [])


def _until(rows: Sequence[str], start: int, mark: str, texts: list[str]) -> tuple[int, list[str]]:
    for index in range(start + 1, min(len(rows), start + LINES_MAX)):
        row = rows[index]
        if mark in row:
            before = row.split(mark)[0]
            return index, [*texts, before] if before.strip() else texts
        texts.append(row)
    return start, texts[:1]
