"""How much one dashboard may ask: a page that takes ten seconds is not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

MOST_PANELS = 30
MOST_TARGETS = 60


def check(document: Document) -> Iterator[Problem]:
    """Yield a dashboard with more than 30 panels (headings not counted) or 60 queries."""
    panels = sum(not panel.is_row for panel in document.panels)
    targets = sum(len(panel.targets) for panel in document.panels)
    if panels > MOST_PANELS:
        yield document.problem("too-many-panels", count=panels, limit=MOST_PANELS)
    if targets > MOST_TARGETS:
        yield document.problem("too-many-targets", count=targets, limit=MOST_TARGETS)
