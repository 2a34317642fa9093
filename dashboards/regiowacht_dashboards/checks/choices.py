"""Choices on top: they can be read, and follow the time that is looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_dashboards.tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

ON_TIME_CHANGE = 2
LABEL_VALUES = re.compile(r"label_values\((?:(?P<selector>.*),)?\s*\w+\s*\)", re.DOTALL)
QUERY_RESULT = re.compile(r"query_result\((?P<selector>.*)\)", re.DOTALL)
OTHER = re.compile(r"(?:label_names|metrics)\(.*\)", re.DOTALL)


def check(document: Document) -> Iterator[Problem]:
    """Yield variables whose query Grafana cannot read, and those that keep the values of an earlier time range."""
    for variable in document.variables:
        if variable.get("type") != "query":
            continue
        name = variable.get("name")
        if variable.get("refresh") != ON_TIME_CHANGE:
            yield document.problem("variable-stale", variable=name)
        query = variable.get("query")
        text = query.get("query") if isinstance(query, dict) else query
        if not isinstance(text, str) or not _is_readable(text.strip()):
            yield document.problem("variable-query", variable=name)


def _is_readable(text: str) -> bool:
    if OTHER.fullmatch(text):
        return True
    found = LABEL_VALUES.fullmatch(text) or QUERY_RESULT.fullmatch(text)
    if not found:
        return False
    try:
        parse(found["selector"] or "up")
    except ValueError:
        return False
    return True
