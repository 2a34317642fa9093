"""What comes of a statement about facts: it holds, it does not, or it cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regiowacht_audit.facts.fact import Item


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one statement.

    Attributes:
        holds: True, False, or None where it cannot be told.
        lines: the lines that decide it; empty where it rests on an absence.
        names: what breaks it, by name (a line, a user, a port), or makes it undecidable.
        fact: the fact that it is about.
    """

    holds: bool | None
    lines: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    fact: str = ""


def of_items(
    fact: str, items: Sequence[Item], bad: Sequence[Item], unsure: Sequence[Item], shown: tuple[int, ...]
) -> Verdict:
    """Return the verdict on items of which some break a statement, and some may."""
    if bad:
        return Verdict(False, lines_of(bad), tuple(one.name for one in bad), fact)
    if unsure:
        return Verdict(None, lines_of(unsure), tuple(one.name for one in unsure), fact)
    return Verdict(True, lines_of(items) or shown, (), fact)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return one verdict on statements that must all hold: one that fails decides, then one that cannot be told."""
    found = list(verdicts)
    for holds in (False, None):
        such = [one for one in found if one.holds is holds]
        if such:
            names = tuple(dict.fromkeys(name for one in such for name in one.names))
            return Verdict(holds, _lines(such), names, such[0].fact)
    return Verdict(True, _lines(found), (), found[0].fact if found else "")


def lines_of(items: Iterable[Item]) -> tuple[int, ...]:
    """Return where items stand, each line once, in order."""
    return tuple(sorted({number for one in items for number in one.lines}))


def _lines(verdicts: Iterable[Verdict]) -> tuple[int, ...]:
    return tuple(sorted({number for one in verdicts for number in one.lines}))
