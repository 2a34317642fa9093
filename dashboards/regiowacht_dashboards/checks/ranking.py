"""Rankings: of one moment, never over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import promql_parser as promql

from regiowacht_dashboards.checks.syntax import trees
from regiowacht_dashboards.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

RANKING = ("topk", "bottomk", "limitk")


def check(document: Document) -> Iterator[Problem]:
    """Yield rankings in graphs: each moment ranks anew, so that more lines are drawn than asked for, in pieces."""
    for panel, target, tree in trees(document):
        if target.raw.get("instant") is True:
            continue
        for visit in walk(tree):
            if isinstance(visit.node, promql.AggregateExpr) and str(visit.node.op) in RANKING:
                yield document.problem("ranking-over-time", panel, function=str(visit.node.op))
