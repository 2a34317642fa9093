"""Tells which rows may hold a secret: most of a configuration are interfaces and rules."""

from __future__ import annotations

import functools
from importlib import resources

HEAD = 3
"""Characters by which hints are told apart."""


def may_hold(row: str) -> bool:
    """Tell whether a row has any of ``grammar/hints.txt`` (``_`` is a blank), without which no form finds a secret."""
    low = row.lower().replace("\t", " ")
    heads, longer, short = _hints()
    if any(sign in low for sign in short):
        return True
    return not heads.isdisjoint(zip(low, low[1:], low[2:], strict=False)) and any(hint in low for hint in longer)


@functools.cache
def _hints() -> tuple[frozenset[tuple[str, str, str]], tuple[str, ...], tuple[str, ...]]:
    """Return the heads of the hints that have one, those hints, and the shorter ones."""
    file = resources.files("regiowacht_audit.scrub") / "grammar" / "hints.txt"
    hints = [line.replace("_", " ") for line in file.read_text(encoding="utf-8").split()]
    longer = tuple(hint for hint in hints if len(hint) >= HEAD)
    heads = frozenset((hint[0], hint[1], hint[2]) for hint in longer)
    return heads, longer, tuple(hint for hint in hints if len(hint) < HEAD)
