"""Rates: of counters only, over Grafana's own window; counters never without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import promql_parser as promql

from regiowacht_contract.catalogue import catalogue
from regiowacht_dashboards.checks.syntax import trees
from regiowacht_dashboards.tree import RATE_INTERVAL, is_presence, selectors, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

RATES = ("rate", "irate")
GROWTHS = (*RATES, "increase")
READS_COUNTERS = (*GROWTHS, "resets", "absent", "absent_over_time", "present_over_time", "timestamp")


def check(document: Document) -> Iterator[Problem]:
    """Yield rates of gauges, rates over a fixed window, and counters shown as they are."""
    for panel, _, tree in trees(document):
        for selector, above in selectors(tree):
            name, functions = selector.name or "", _functions(above)
            if name not in catalogue():
                continue
            grows = catalogue()[name].monotonic
            if not grows and any(function in GROWTHS for function in functions):
                yield document.problem("rate-of-gauge", panel, name=name)
            if grows and not any(f in READS_COUNTERS for f in functions) and not any(map(is_presence, above)):
                yield document.problem("bare-counter", panel, name=name)
        if any(not _follows(window) for window in _windows(tree)):
            yield document.problem("fixed-window", panel)


def _functions(above: Sequence[promql.Expr]) -> list[str]:
    return [node.func.name for node in above if isinstance(node, promql.Call)]


def _windows(tree: promql.Expr) -> Iterator[promql.Expr]:
    """Yield what each ``rate`` and ``irate`` looks at."""
    for visit in walk(tree):
        if isinstance(visit.node, promql.Call) and visit.node.func.name in RATES:
            yield visit.node.args[0]


def _follows(window: promql.Expr) -> bool:
    return isinstance(window, promql.MatrixSelector | promql.SubqueryExpr) and window.range == RATE_INTERVAL
