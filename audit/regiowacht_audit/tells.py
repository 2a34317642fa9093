"""Tells whose configuration a text is, among systems that write alike, by rows that one of them alone writes."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import Final

TELLS_MIN: Final = 2
"""One row may have been copied from elsewhere, or stand in a text; two different ones have not."""

MAY_BE_OTHERWISE: Final = frozenset({"linux"})
"""Systems that may be declared as one that they write like."""

SAME: Final = {"cisco_xe": "cisco_ios"}


def wrongly_declared(text: str, declared: str) -> str | None:
    """Return the platform that wrote a text which shows nothing of the declared one; None where that is not sure."""
    own = SAME.get(declared, declared)
    tells = _tells()
    if own not in tells or _count(tells[own], text, 1):
        return None
    others = [
        name
        for name, patterns in tells.items()
        if name != own and name not in MAY_BE_OTHERWISE and _count(patterns, text, TELLS_MIN) == TELLS_MIN
    ]
    return others[0] if len(others) == 1 else None


def count_tells(text: str, name: str) -> int:
    """Return how many rows that one platform alone writes stand in a text; 0 for those that nobody writes like."""
    patterns = _tells().get(SAME.get(name, name), ())
    return _count(patterns, text, len(patterns))


def _count(patterns: tuple[re.Pattern[str], ...], text: str, enough: int) -> int:
    found = 0
    for pattern in patterns:
        found += pattern.search(text) is not None
        if found == enough:
            break
    return found


@functools.cache
def _tells() -> dict[str, tuple[re.Pattern[str], ...]]:
    table = tomllib.loads((resources.files("regiowacht_audit") / "tells.toml").read_text(encoding="utf-8"))
    return {name: tuple(re.compile(one, re.MULTILINE) for one in patterns) for name, patterns in table.items()}
