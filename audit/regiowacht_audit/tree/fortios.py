"""Reads FortiOS configurations: ``config`` sections, ``edit`` entries and ``set`` values, nested to any depth."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

WORD = re.compile(r'"((?:[^"\\]|\\.)*)"?|\'((?:[^\'\\]|\\.)*)\'|([^\s"\']+)', re.DOTALL)
DEPTH_MAX = 32
CLOSERS = {"end": "config", "next": "edit"}


def read_fortios(rows: Sequence[str]) -> list[Line]:
    """Return the top sections; a quoted text over several rows (a certificate, a message) is one word of one line."""
    top = Line(0, [])
    stack = [top]
    index = 0
    while index < len(rows):
        text = rows[index].strip()
        if text and text[0] != "#":
            number = index + 1
            if text.startswith("set "):
                text, index = _whole(rows, index, text)
            _take(stack, number, text)
        index += 1
    return top.children


def _take(stack: list[Line], number: int, text: str) -> None:
    opener = CLOSERS.get(text)
    if opener:
        _close(stack, opener)
        return
    line = Line(number, _words(text))
    stack[-1].children.append(line)
    if line.word(0) in {"config", "edit"} and len(stack) < DEPTH_MAX:
        stack.append(line)


def _close(stack: list[Line], opener: str) -> None:
    """Leave the innermost block of that kind; a closer without its opener is no reason to lose the rest."""
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].words[0] == opener:
            del stack[depth:]
            return


def _whole(rows: Sequence[str], index: int, text: str) -> tuple[str, int]:
    if text.replace('\\"', "").count('"') % 2 == 0:
        return text, index
    for last in range(index + 1, len(rows)):
        if rows[last].replace('\\"', "").count('"') % 2:
            return "\n".join([text, *rows[index + 1 : last + 1]]), last
    return text, index


def _words(text: str) -> list[str]:
    if '"' not in text and "'" not in text:
        return text.split()
    return [double or single or plain for double, single, plain in WORD.findall(text)]
