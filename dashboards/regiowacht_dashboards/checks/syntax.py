"""PromQL: every query can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import promql_parser as promql

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document, Seen, Target


def check(document: Document) -> Iterator[Problem]:
    """Yield panels without a query, queries without an expression, and expressions that are no PromQL."""
    for panel in document.panels:
        if not panel.targets and not panel.is_row and panel.type not in {"text", "news", "dashlist", "alertlist"}:
            yield document.problem("no-query", panel)
    for panel, target in document.queries():
        try:
            parse(target.expr)
        except ValueError as error:
            yield document.problem("not-promql", panel, expr=target.expr[:200], why=str(error).splitlines()[0][:120])


def trees(document: Document) -> Iterator[tuple[Seen, Target, promql.Expr]]:
    """Yield every query that can be read, with its tree; ``check`` reports the others."""
    for panel, target in document.queries():
        try:
            tree = parse(target.expr)
        except ValueError:
            continue
        yield panel, target, tree
