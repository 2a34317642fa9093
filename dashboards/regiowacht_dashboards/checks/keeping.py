"""Ways to other dashboards: the time that is looked at goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document, Seen

TIME = ("${__url_time_range}", "$__url_time_range", "from=", "${__from}")


def check(document: Document) -> Iterator[Problem]:
    """Yield links to a dashboard that open it on another time than the one looked at."""
    for link in document.raw.get("links") or []:
        if isinstance(link, dict) and not link.get("keepTime") and _is_inside(link):
            yield document.problem("link-loses-time", title=link.get("title") or "-")
    for panel in document.panels:
        for link in _links(panel):
            url = str(link.get("url") or "")
            if url.startswith("/d/") and not any(part in url for part in TIME):
                yield document.problem("link-loses-time", panel, title=link.get("title") or "-")


def _is_inside(link: dict[str, Any]) -> bool:
    return link.get("type") == "dashboards" or str(link.get("url") or "").startswith("/d/")


def _links(panel: Seen) -> Iterator[dict[str, Any]]:
    """Yield the links of a panel, of its fields, and of fields that an override gives some."""
    listed = [panel.raw.get("links"), panel.defaults.get("links")]
    listed += [entry.get("value") for entry in panel.override_properties if entry.get("id") == "links"]
    for links in listed:
        if isinstance(links, list):
            yield from (link for link in links if isinstance(link, dict))
