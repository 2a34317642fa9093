"""Names: every metric and label is one of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import promql_parser as promql

from regiowacht_contract.catalogue import catalogue
from regiowacht_contract.labels import TARGET_LABELS
from regiowacht_contract.nearest import nearest
from regiowacht_dashboards.checks.syntax import trees
from regiowacht_dashboards.tree import selectors, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

MAKES_LABEL = ("label_replace", "label_join")


def check(document: Document) -> Iterator[Problem]:
    """Yield queries that name a metric or a label that the catalogue does not hold, or no metric at all."""
    for panel, _, tree in trees(document):
        for name, labels in _asked(tree):
            if name not in catalogue():
                close = nearest(name, catalogue()) or "-"
                yield document.problem("unknown-metric", panel, name=name or "{}", nearest=close)
                continue
            known = {*catalogue()[name].labels, *TARGET_LABELS}
            for label in sorted(labels - known):
                yield document.problem("unknown-label", panel, label=label, nearest=nearest(label, known) or "-")
        known = known_labels(tree)
        for label in sorted(set(_grouped(tree)) - known if known else ()):
            yield document.problem("unknown-label", panel, label=label, nearest=nearest(label, known) or "-")


def _asked(tree: promql.Expr) -> Iterator[tuple[str, set[str]]]:
    """Yield each selector's metric with the labels it is restricted by."""
    for selector, _ in selectors(tree):
        yield selector.name or "", {matcher.name for matcher in selector.matchers.matchers}


def known_labels(tree: promql.Expr) -> set[str]:
    """Return the labels that series of an expression can have; empty when a metric is not in the catalogue."""
    known = set(TARGET_LABELS)
    for selector, _ in selectors(tree):
        if selector.name not in catalogue():
            return set()
        known |= set(catalogue()[selector.name].labels)
    return known | set(_made(tree))


def _made(tree: promql.Expr) -> Iterator[str]:
    """Yield the labels that an expression itself makes."""
    for visit in walk(tree):
        node = visit.node
        if isinstance(node, promql.Call) and node.func.name in MAKES_LABEL:
            yield str(node.args[1].val)
        elif isinstance(node, promql.AggregateExpr) and str(node.op) == "count_values":
            yield str(node.param.val) if node.param is not None else ""


def _grouped(tree: promql.Expr) -> Iterator[str]:
    """Yield the labels that an expression groups or matches by."""
    for visit in walk(tree):
        modifier = getattr(visit.node, "modifier", None)
        if isinstance(modifier, promql.AggModifier):
            yield from modifier.labels
        elif isinstance(modifier, promql.BinModifier):
            yield from modifier.group_labels or ()
            yield from modifier.matching.labels if modifier.matching else ()
