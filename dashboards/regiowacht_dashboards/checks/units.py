"""Units: a number without one is a riddle."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document


def check(document: Document) -> Iterator[Problem]:
    """Yield panels that ask something and set neither a unit nor words for their values."""
    for panel in document.panels:
        if panel.targets and not panel.defaults.get("unit") and not panel.defaults.get("mappings"):
            yield document.problem("no-unit", panel)
