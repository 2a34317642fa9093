"""What the recording rules read, as the rules themselves tell it."""

from __future__ import annotations

import re

from regiowacht_collector.rules import GROUPS
from regiowacht_contract.catalogue import catalogue
from regiowacht_contract.labels import REGIO_GEMEENTE

_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
REPAIRED = tuple(group for group in GROUPS if not group.every)
"""The groups that are evaluated anew: all at the collector's own interval."""

_RULES = [rule for group in REPAIRED for rule in group.rules]

RECORDED = tuple(dict.fromkeys(rule.record for rule in _RULES))
"""Every name that they record."""


def names_in(expr: str) -> set[str]:
    """Return the metrics that an expression speaks of."""
    return set(_WORD.findall(expr)) & catalogue().keys()


MEASURED = tuple(sorted({name for rule in _RULES for name in names_in(rule.expr)} - set(RECORDED)))
"""What rules read of measurements and declarations, of each gemeente for itself."""

SHARED = tuple(
    sorted(
        {name for rule in _RULES if rule.labels.get("gemeente") == REGIO_GEMEENTE for name in names_in(rule.expr)}
        & set(RECORDED)
    )
)
"""What figures of the whole region are made of, which takes that of all gemeenten."""

CARRIED_ON = tuple(rule.record for rule in _RULES if rule.record in names_in(rule.expr))
"""What looks back at its own last value; what it once said stays true."""


def any_of(names: tuple[str, ...] | list[str]) -> str:
    """Return an RE2 pattern of exactly these names; they hold nothing that RE2 reads as an operator."""
    return "|".join(names)
