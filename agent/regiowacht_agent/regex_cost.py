"""Foresees which regular expressions could take for ever on a long name.

Python's ``re`` tries every way in which a name can match, and cannot be stopped. This scanner refuses on the safe side:
it reads the expression's brackets and repetitions only (syntax: ``re`` in the Python library reference).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

COST_MAX = 15
"""Five repetitions in a row, or fifteen choices: still fast on the longest of names."""
REPETITION, CHOICE = 3, 1
PIECE = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?#[^)]*\)|\(\??|[*+?][+?]?|\{(?=[\d,])\d*,?\d*\}[+?]?|.", re.DOTALL
)
ONCE = re.compile(r"\{0*1\}[+?]?|\?[+?]?")


def is_slow(pattern: str) -> bool:
    """Whether a repeated group holds a repetition or a choice itself, or too many of them stand in a row.

    Args:
        pattern: an expression that ``re`` compiles.
    """
    open_groups = [_Group()]
    for piece in PIECE.findall(pattern):
        if piece.isspace() or piece.startswith("(?#"):
            continue  # what follows may still repeat what stands before it
        group = open_groups[-1]
        if piece.startswith("("):
            open_groups.append(_Group())
        elif piece == ")" and len(open_groups) > 1:
            open_groups.pop()
            open_groups[-1].add(group.cost)
        elif piece == "|":
            group.choose()
        elif piece[0] not in "*+?{" or piece == "{":
            group.add(0)
        elif not group.repeat(piece):
            return True
    return max(group.cost for group in open_groups) > COST_MAX


@dataclass(slots=True)
class _Group:
    """What a group has held so far: the cost of this branch, of the dearest before it, and of its last item."""

    branch: int = 0
    dearest: int = 0
    last: int = 0

    @property
    def cost(self) -> int:
        return max(self.branch, self.dearest)

    def add(self, cost: int) -> None:
        self.branch += cost
        self.last = cost

    def choose(self) -> None:
        self.dearest = max(self.dearest, self.branch, 0) or CHOICE
        self.branch, self.last = CHOICE, 0

    def repeat(self, piece: str) -> bool:
        """Count a repetition of the last item; False where that may not be repeated."""
        if ONCE.fullmatch(piece):
            self.add(CHOICE if piece[0] == "?" else 0)
            return True
        if self.last:
            return False
        self.add(0 if piece[0] == "{" and "," not in piece else REPETITION)
        return True
