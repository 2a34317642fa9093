"""Links: every dashboard that one leads to is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_dashboards.boards import BOARDS
from regiowacht_dashboards.links import OWN_VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document

TARGET = re.compile(r"^/d/([A-Za-z0-9_-]+)")
BY_VALUE = f"/d/{OWN_VALUE}"
"""What a link begins with that leads to the dashboard whose uid is the cell's value."""


def check_together(documents: Sequence[Document]) -> Iterator[Problem]:
    """Yield links to a uid that is neither in the folder nor one of ours, and menus by a tag that nothing has."""
    uids = {document.uid for document in documents} | set(BOARDS)
    tags = {str(tag) for document in documents for tag in document.raw.get("tags") or []}
    for document in documents:
        for target in sorted({*_targets(document.raw), *_by_value(document)} - uids):
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


def _by_value(document: Document) -> Iterator[str]:
    """Yield the uids that columns lead to whose cells hold them: what their value mapping names."""
    for panel in document.panels:
        for override in (panel.raw.get("fieldConfig") or {}).get("overrides") or []:
            found = {entry.get("id"): entry.get("value") for entry in override.get("properties") or []}
            urls = [link.get("url") for link in found.get("links") or [] if isinstance(link, dict)]
            if any(isinstance(url, str) and url.startswith(BY_VALUE) for url in urls):
                mappings = [one for one in found.get("mappings") or [] if isinstance(one, dict)]
                named = [one["options"] for one in mappings if isinstance(one.get("options"), dict)]
                yield from (str(uid) for options in named for uid in options)
                if not named:
                    yield OWN_VALUE
