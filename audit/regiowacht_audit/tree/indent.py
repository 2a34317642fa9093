"""Reads configurations whose blocks are told by indentation (Cisco IOS and its many relatives).

Three things break plain indentation and are taken care of: banners over several rows, platforms that close a block
with a word of its own (``exit``) and do not indent what stands inside, and comments.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.tree.banner import end_of_banner
from regiowacht_audit.tree.line import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_audit.platform import Platform

QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


def read_indent(rows: Sequence[str], platform: Platform) -> list[Line]:
    """Return the top lines of a configuration, each with what stands below it."""
    return _Reader(rows, platform).read()


class _Reader:
    def __init__(self, rows: Sequence[str], platform: Platform) -> None:
        self.rows = rows
        self.comments = tuple(platform.comments)
        self.banner = re.compile(platform.banner) if platform.banner else None
        self.openers = re.compile("|".join(platform.openers)) if platform.openers else None
        self.closer = platform.closer
        self.separator = platform.separator
        self.top = Line(0, [])
        self.stack: list[tuple[int, Line]] = [(-1, self.top)]
        self.is_open = False

    def read(self) -> list[Line]:
        index, rows = 0, self.rows
        while index < len(rows):
            text = rows[index].strip()
            if text and not text.startswith(self.comments):
                index = self._take(index, text)
            elif self.separator and rows[index].rstrip() == self.separator:
                del self.stack[1:]
            index += 1
        return self.top.children

    def _take(self, index: int, text: str) -> int:
        """Take in the row at ``index``; return the index of the last row that was read."""
        row = self.rows[index]
        indent = len(row) - len(row.lstrip())
        if text == self.closer and self.closer:
            self._close()
            return index
        if self.openers:
            indent = self._indent_by_words(indent, text)
        found = self.banner.match(text) if self.banner else None
        if found is None:
            self._put(indent, Line(index + 1, split_words(text)))
            return index
        last, texts = end_of_banner(self.rows, index, text[found.end() :])
        self._put(indent, Line(index + 1, split_words(found[0]), texts))
        return last

    def _indent_by_words(self, indent: int, text: str) -> int:
        """Return the depth of a row where blocks are told by words: below the open block, whatever its indentation."""
        if indent == 0 and self.openers is not None and self.openers.match(text):
            self.is_open = True
            return 0
        return indent or (1 if self.is_open else 0)

    def _close(self) -> None:
        if self.openers:
            self.is_open = False
            del self.stack[1:]

    def _put(self, indent: int, line: Line) -> None:
        stack = self.stack
        while stack[-1][0] >= indent:
            stack.pop()
        stack[-1][1].children.append(line)
        stack.append((indent, line))


def split_words(text: str) -> list[str]:
    """Return the words of a row; what stands between double quotes is one word."""
    if '"' not in text:
        return text.split()
    return [quoted or plain for quoted, plain in QUOTED.findall(text)]
