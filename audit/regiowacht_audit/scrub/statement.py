r"""One statement of a configuration: what stands in one row, or in several where a row says that it goes on.

Secrets are looked for in the whole statement, whatever row they begin, go on or end in; as many rows stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GOES_ON = re.compile(r"(?:(?<!\\)(?:\\\\)+|\\)$")
"""What ends a row that goes on: a backslash, or two where somebody escaped it."""

AND_ON = "<secret>"
"""What stands in the further rows of a secret that goes on in them."""

JOINED = frozenset({"routeros"})
"""Syntaxes in which a backslash at the end of a row means that the statement goes on."""

ROWS_MAX = 5_000
"""Rows that one statement may have; a script of a router is far shorter."""


class Joint(NamedTuple):
    """Where two rows of a statement meet: position in its text, what ends the one row and what begins the other."""

    at: int
    ending: str
    indentation: str


class Statement:
    """A statement's text, without what ends its rows and without what encloses it.

    Args:
        row: its first row.

    Attributes:
        text: its rows as one, behind what encloses it where that is told.
        begin: where in the text its own words begin.
    """

    __slots__ = ("begin", "joints", "tail", "text")

    def __init__(self, row: str) -> None:
        bare = row.rstrip()
        self.tail = row[len(bare) :]
        self.begin = 0
        self.text = bare
        self.joints: list[Joint] = []

    def go_on(self, row: str) -> None:
        """Take the next row, which the last one said would follow."""
        bare = row.strip()
        signs = GOES_ON.search(self.text)
        ending = (signs.group() if signs else "") + self.tail
        self.text = self.text[: signs.start()] if signs else self.text
        self.joints.append(Joint(len(self.text), ending, row[: len(row) - len(row.lstrip())]))
        self.tail = row[len(row.rstrip()) :] if bare else ""
        self.text += bare

    def enclose(self, path: str) -> None:
        """Put what encloses it in front of its text, or take that away; its rows stay as they are."""
        own = self.text[self.begin :]
        put = f"{path} " if path else ""
        shift = len(put) - self.begin
        self.joints = [joint._replace(at=joint.at + shift) for joint in self.joints]
        self.begin, self.text = len(put), put + own

    def replace(self, begin: int, end: int, new: str) -> int:
        """Put other text in the place of a part, and a sign in every further row that it went on in; return its end."""
        inner = [joint.at for joint in self.joints if begin < joint.at < end]
        put = new + AND_ON * len(inner)
        shift = len(put) - (end - begin)
        moved: list[Joint] = []
        for joint in self.joints:
            at = joint.at
            if at >= end:
                at += shift
            elif at > begin:
                at = begin + len(new) + len(AND_ON) * inner.index(at)
            moved.append(joint._replace(at=at))
        self.joints = moved
        self.text = self.text[:begin] + put + self.text[end:]
        return begin + len(put)

    def rows(self) -> list[str]:
        """Return its rows as they now are."""
        if not self.joints:
            return [self.text[self.begin :] + self.tail]
        pieces: list[str] = []
        at, indentation = self.begin, ""
        for joint in self.joints:
            pieces.append(indentation + self.text[at : joint.at] + joint.ending)
            at, indentation = joint.at, joint.indentation
        return [*pieces, indentation + self.text[at:] + self.tail]


def statements(rows: Sequence[str], syntax: str) -> list[Statement]:
    """Return the statements of a configuration, in which no row is lost."""
    return list(_joined(rows)) if syntax in JOINED else [Statement(row) for row in rows]


def _joined(rows: Sequence[str]) -> Iterator[Statement]:
    at = 0
    while at < len(rows):
        statement = Statement(rows[at])
        last = min(len(rows), at + ROWS_MAX) - 1
        while at < last and rows[at].rstrip().endswith("\\"):
            at += 1
            statement.go_on(rows[at])
        yield statement
        at += 1
