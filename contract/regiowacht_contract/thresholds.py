"""Where a value becomes worrying: one table that colours dashboards and fires alerts."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from regiowacht_contract.errors import CatalogueError


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a value becomes worrying.

    Attributes:
        name: key in ``thresholds.toml``.
        warning: from here on someone should look this week (orange).
        critical: from here on someone should look now (red).
        direction: ``above``: larger is worse; ``below``: smaller is worse.
        unit: unit of both values, as in the catalogue.
    """

    name: str
    warning: float
    critical: float
    direction: Literal["above", "below"]
    unit: str


@functools.cache
def thresholds() -> dict[str, Threshold]:
    """Return all thresholds by name."""
    raw = tomllib.loads((resources.files(__package__) / "thresholds.toml").read_text(encoding="utf-8"))
    return {name: Threshold(name=name, **entry) for name, entry in raw.items()}


def threshold(name: str) -> Threshold:
    """Return one threshold.

    Raises:
        CatalogueError: there is none of that name.
    """
    try:
        return thresholds()[name]
    except KeyError:
        raise CatalogueError("catalogue.no-threshold", name=name) from None
