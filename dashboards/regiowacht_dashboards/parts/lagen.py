"""How the layers of the pyramid fare, from what is recorded of each gemeente and laag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import regex
from regiowacht_dashboards.queries import aggregate, wide

if TYPE_CHECKING:
    from regiowacht_contract.promql import Match

COUNT = "gemeente:regiowacht_assets:count"
NEW = "nog-niet-aangesloten"
SEEN = regex("goed|neer|stil")


def counted(*by: str, **matches: str | Match) -> str:
    """Return how many assets there are, for each value of ``by``."""
    return aggregate("sum", wide(COUNT, **matches), *by)


def reached(*by: str, **matches: str | Match) -> str:
    """Return the share of what was ever connected that answers; no value where nothing was."""
    return f"{counted(*by, state='goed', **matches)} / ({counted(*by, state=SEEN, **matches)} > 0)"


def connected(*by: str, **matches: str | Match) -> str:
    """Return the share of what is declared that was ever connected."""
    return f"{counted(*by, state=SEEN, **matches)} / ({counted(*by, **matches)} > 0)"
