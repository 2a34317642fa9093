"""Tells which rows may hold a secret: most of a configuration are interfaces and rules."""

from __future__ import annotations

import functools
from importlib import resources

HEAD = 3
"""Characters by which hints are told apart."""


def may_hold(row: str) -> bool:
    """Tell whether a row has any of ``grammar/hints.txt`` (``_`` is a blank), without which no form finds a secret."""
    low = row.lower().replace("\t", " ")
    by_head, short = _hints()
    if any(sign in low for sign in short):
        return True
    heads = by_head.keys() & set(zip(low, low[1:], low[2:], strict=False))
    return any(hint in low for head in heads for hint in by_head[head])


@functools.cache
def _hints() -> tuple[dict[tuple[str, ...], list[str]], tuple[str, ...]]:
    """Return the hints by their heads, and those that are shorter than a head."""
    file = resources.files("regiowacht_audit.scrub") / "grammar" / "hints.txt"
    by_head: dict[tuple[str, ...], list[str]] = {}
    short: list[str] = []
    for word in file.read_text(encoding="utf-8").split():
        hint = word.replace("_", " ")
        if len(hint) < HEAD:
            short.append(hint)
        else:
            by_head.setdefault(tuple(hint[:HEAD]), []).append(hint)
    return by_head, tuple(short)
