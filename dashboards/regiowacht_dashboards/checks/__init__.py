"""The rules that a dashboard is held against, one small module a group.

Adding a rule is adding its function here, and its text under the key it reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.checks import (
    catalogued,
    choices,
    colours,
    datasource,
    editable,
    goto,
    grid,
    identity,
    isolation,
    keeping,
    legends,
    limits,
    ranking,
    rates,
    syntax,
    thresholds,
    units,
    variables,
    wording,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

EACH: tuple[Callable[[Document], Iterator[Problem]], ...] = (
    identity.check,
    limits.check,
    grid.check,
    wording.check,
    editable.check,
    variables.check,
    choices.check,
    datasource.check,
    units.check,
    thresholds.check,
    colours.check,
    legends.check,
    syntax.check,
    isolation.check,
    catalogued.check,
    rates.check,
    ranking.check,
    keeping.check,
)
"""Rules about one dashboard."""

TOGETHER: tuple[Callable[[Sequence[Document]], Iterator[Problem]], ...] = (identity.check_together, goto.check_together)
"""Rules about dashboards that stand in one folder."""
