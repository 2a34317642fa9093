"""Reads PromQL with Grafana's variables in it as a tree."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import promql_parser as promql

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE_INTERVAL = datetime.timedelta(hours=3, minutes=13, seconds=7)
"""Stands for ``$__rate_interval`` in a tree: a duration that nobody writes by hand."""

DEEPEST = 500
"""Operators and brackets of the largest expression read: each may nest one deeper, and the parser's stack ends
somewhere (promql-parser 0.12 takes the whole process with it at some thousands)."""

STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`', re.DOTALL)
NESTS = re.compile(r"[-+*/%^<>=!(\[{]|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)
VARIABLE = re.compile(r"\$\{\w+(?::\w+)?\}|\$\w+|\[\[\w+\]\]")
DURATION = re.compile(r"(?<=[\[:])\s*(?:\$\{\w+(?::\w+)?\}|\$\w+)|(?<=offset )\s*\$\w+")


@dataclass(frozen=True, slots=True)
class Visit:
    """A node of a tree with the way to it.

    Attributes:
        node: the node.
        above: its ancestors, the root first.
    """

    node: promql.Expr
    above: tuple[promql.Expr, ...]


def parse(expr: str) -> promql.Expr:
    """Return the tree of an expression; variables inside strings stay as they are.

    Raises:
        ValueError: it is not PromQL, or has more than ``DEEPEST`` operators and brackets; the text says where.
    """
    if sum(1 for _ in NESTS.finditer(STRING.sub("", expr))) > DEEPEST:
        raise ValueError(f"more than {DEEPEST} operators and brackets")
    parts: list[str] = []
    end = 0
    for string in STRING.finditer(expr):
        parts += [_concrete(expr[end : string.start()]), string.group()]
        end = string.end()
    parsed: promql.Expr = promql.parse("".join([*parts, _concrete(expr[end:])]))
    return parsed


def walk(root: promql.Expr) -> Iterator[Visit]:
    """Yield every node: arguments, both sides, subqueries, and the parameters of aggregations (``topk(PARAM, …)``)."""
    todo = [Visit(root, ())]
    while todo:
        visit = todo.pop()
        yield visit
        below = [Visit(child, (*visit.above, visit.node)) for child in _children(visit.node)]
        todo.extend(reversed(below))


def selectors(node: promql.Expr) -> Iterator[tuple[promql.VectorSelector, tuple[promql.Expr, ...]]]:
    """Yield every selector with its ancestors."""
    for visit in walk(node):
        if isinstance(visit.node, promql.VectorSelector):
            yield visit.node, visit.above


def is_presence(node: promql.Expr) -> bool:
    """Return whether a node asks only which series there are, not what they say."""
    return isinstance(node, promql.AggregateExpr) and str(node.op) in {"count", "group"}


def _concrete(text: str) -> str:
    """Return text outside strings with durations and numbers in place of variables."""
    text = re.sub(r"\$\{__rate_interval\}|\$__rate_interval\b", "3h13m7s", text)
    return VARIABLE.sub("1", DURATION.sub("5m", text))


def _children(node: promql.Expr) -> Iterator[promql.Expr]:
    if isinstance(node, promql.AggregateExpr):
        if node.param is not None:
            yield node.param
        yield node.expr
    elif isinstance(node, promql.BinaryExpr):
        yield node.lhs
        yield node.rhs
    elif isinstance(node, promql.Call):
        yield from node.args
    elif isinstance(node, promql.MatrixSelector):
        yield node.vector_selector
    elif isinstance(node, promql.ParenExpr | promql.SubqueryExpr | promql.UnaryExpr):
        yield node.expr
