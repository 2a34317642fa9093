"""Which right a series stands under, by its name, and which names are the collector's alone to say."""

from __future__ import annotations

from regiowacht_agent.relay.known import names
from regiowacht_contract.labels import OVERIG

COLLECTORS = frozenset({"prometheus", "recorded", "region"})
"""Families of the catalogue that no page of a target may say (``collector/scopes.py`` on the pull side)."""

OF_ALERTS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})


def laag_of(name: str) -> str | None:
    """Return the laag of a metric, or ``asset``: that of whom it is about. None: it is the collector's to say.

    What the catalogue does not hold is ``overig``, shared with nobody by default.
    """
    if ":" in name or name in OF_ALERTS:
        return None
    known = names().get(name)
    if known is None:
        return OVERIG
    return None if known[0] in COLLECTORS else known[1]
