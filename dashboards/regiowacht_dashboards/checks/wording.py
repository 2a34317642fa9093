"""Titles and descriptions: every panel says what it is, what it means and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document


def check(document: Document) -> Iterator[Problem]:
    """Yield a dashboard or panel without a title, and a panel without a description."""
    if not str(document.raw.get("title") or "").strip():
        yield document.problem("no-title")
    for panel in document.panels:
        if not str(panel.raw.get("title") or "").strip():
            yield document.problem("no-title", panel)
        if not panel.is_row and not str(panel.raw.get("description") or "").strip():
            yield document.problem("no-description", panel)
