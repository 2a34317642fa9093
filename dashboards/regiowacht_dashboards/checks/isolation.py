"""Isolation: every selector is restricted to the chosen gemeente."""

from __future__ import annotations

from typing import TYPE_CHECKING

import promql_parser as promql

from regiowacht_dashboards.checks.syntax import trees
from regiowacht_dashboards.tree import selectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

CHOSEN = ("$gemeente", "${gemeente}", "${gemeente:regex}")


def check(document: Document) -> Iterator[Problem]:
    """Yield queries in which a selector lacks ``gemeente=~"$gemeente"``, in parameters and subqueries too."""
    for panel, _, tree in trees(document):
        for selector, _ in selectors(tree):
            if not _is_restricted(selector):
                yield document.problem("not-restricted", panel, selector=selector.name or "{}")


def _is_restricted(selector: promql.VectorSelector) -> bool:
    """Return whether the selector follows the choice; ``or`` between matchers would let a second branch escape it."""
    matchers = selector.matchers
    return not matchers.or_matchers and any(
        m.name == "gemeente" and m.op == promql.MatchOp.Re and m.value in CHOSEN for m in matchers.matchers
    )
