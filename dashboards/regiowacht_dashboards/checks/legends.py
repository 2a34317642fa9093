"""Legends: every line can be told from the next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_dashboards.checks.catalogued import known_labels
from regiowacht_dashboards.checks.syntax import trees

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

NAMED = ("timeseries", "bargauge", "state-timeline", "status-history")
"""Panel types that show a name beside each series."""

LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def check(document: Document) -> Iterator[Problem]:
    """Yield queries whose legend is empty, ``{}`` or automatic, or names a label that the series do not have."""
    for panel, target in document.queries():
        if panel.type in NAMED and target.legend.strip() in {"", "{}", "__auto"}:
            yield document.problem("no-legend", panel, ref=_ref(target.raw))
    for panel, target, tree in trees(document):
        known = known_labels(tree)
        for label in LABEL.findall(target.legend) if known else ():
            if label not in known:
                yield document.problem("legend-label", panel, ref=_ref(target.raw), label=label)


def _ref(raw: object) -> str:
    return str(raw.get("refId") or "?") if isinstance(raw, dict) else "?"
