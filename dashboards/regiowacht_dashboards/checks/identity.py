"""Ids and uids: there, well formed, and no two alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

UID = re.compile(r"[A-Za-z0-9_-]{1,40}")


def check(document: Document) -> Iterator[Problem]:
    """Yield a uid that Grafana refuses, and panels that share an id, have none, or name no plugin version."""
    if not UID.fullmatch(document.uid):
        yield document.problem("bad-uid", uid=document.uid[:60])
    seen: dict[int, str] = {}
    for panel in document.panels:
        number = panel.raw.get("id")
        if not isinstance(number, int) or number < 1:
            yield document.problem("no-id", panel)
        elif number in seen:
            yield document.problem("same-id", panel, id=number, other=seen[number])
        else:
            seen[number] = panel.title
        if not panel.is_row and not panel.raw.get("pluginVersion"):
            yield document.problem("no-plugin-version", panel)


def check_together(documents: Sequence[Document]) -> Iterator[Problem]:
    """Yield dashboards with a uid or a title that another one has: Grafana would overwrite one with the other."""
    for what in ("uid", "title"):
        seen: dict[str, str] = {}
        for document in documents:
            value = str(document.raw.get(what) or "")
            if value and value in seen:
                yield document.problem(f"same-{what}", value=value, other=seen[value])
            seen.setdefault(value, document.file)
