"""The files of a Linux host as ``head -v`` shows them in a row: ``==> /etc/chrony.conf <==``, then what it holds."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_audit.document import Document
    from regiowacht_audit.tree.line import Line

BEGIN, END = "==>", "<=="


class Files:
    """What was read of a host's files.

    Args:
        document: all of it; what stands before the first heading is no file's.
    """

    def __init__(self, document: Document) -> None:
        self._heads: dict[str, Line] = {}
        self._lines: dict[str, list[Line]] = {}
        self._told: dict[str, tuple[Line, bool]] = {}
        path = ""
        for line in document.walk():
            if line.word(0) == BEGIN and line.word(2) == END:
                path = line.word(1)
                self._heads[path] = line
            elif line.word(0) == "head:" and (found := _refused(line)):
                self._told[found] = (line, "No such file" in line.rest(0))
            elif path:
                self._lines.setdefault(path, []).append(line)

    def heads(self, *patterns: str) -> list[Line]:
        """Return the headings of the files that were read."""
        return [line for path, line in self._heads.items() if _is_one(path, patterns)]

    def lines(self, *patterns: str) -> list[Line]:
        """Return the rows of files, in the order in which they were read."""
        return [line for path in self._heads if _is_one(path, patterns) for line in self._lines.get(path, ())]

    def are_known(self, *patterns: str) -> bool:
        """Tell whether one of these was read, and none is there that could not be."""
        kept_back = [path for path, (_line, is_gone) in self._told.items() if not is_gone and _is_one(path, patterns)]
        return bool(self.heads(*patterns)) and not kept_back

    def missing(self, *patterns: str) -> list[Line]:
        """Return the rows that say that none of these is there; none where one is, or may be."""
        told = [(line, is_gone) for path, (line, is_gone) in self._told.items() if _is_one(path, patterns)]
        is_there = bool(self.heads(*patterns)) or not all(is_gone for _line, is_gone in told)
        return [] if is_there else [line for line, _is_gone in told]


def _is_one(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _refused(line: Line) -> str:
    """Return the path of ``head: cannot open '/etc/x' for reading: Permission denied``."""
    return next((word.strip("'\u2018\u2019:") for word in line.words if "/etc/" in word), "")


def settings(lines: list[Line], name: str) -> Iterator[Line]:
    """Yield the rows of a setting, whatever its case, that hold for everybody: what follows ``Match`` does not."""
    for line in lines:
        word = line.word(0).casefold()
        if word == "match":
            return
        if word == name.casefold():
            yield line
