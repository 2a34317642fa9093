"""Links: every dashboard that one leads to is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_dashboards.boards import BOARDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

TARGET = re.compile(r"^/d/([A-Za-z0-9_-]+)")


def check_together(documents: Sequence[Document]) -> Iterator[Problem]:
    """Yield links to a uid that is neither in the folder nor one of ours, and menus by a tag that nothing has."""
    uids = {document.uid for document in documents} | set(BOARDS)
    tags = {str(tag) for document in documents for tag in document.raw.get("tags") or []}
    for document in documents:
        for target in sorted(set(_targets(document.raw)) - uids):
            yield document.problem("dead-link", uid=target)
        for index, link in enumerate(document.raw.get("links") or []):
            listed = link.get("tags") or []
            if not isinstance(listed, list):
                yield document.problem("wrong-type", where=f"links[{index}].tags", wanted="list")
                continue
            wanted = {str(tag) for tag in listed} if link.get("type") == "dashboards" else set()
            for tag in sorted(wanted - tags):
                yield document.problem("dead-tag", tag=tag)


def _targets(value: object) -> Iterator[str]:
    """Yield the uids that ``url`` keys anywhere below ``value`` lead to."""
    if isinstance(value, dict):
        url = value.get("url")
        found = TARGET.match(url) if isinstance(url, str) else None
        if found:
            yield found[1]
        for item in value.values():
            yield from _targets(item)
    elif isinstance(value, list):
        for item in value:
            yield from _targets(item)
