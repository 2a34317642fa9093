"""Data source: chosen on top, never written into a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document


def check(document: Document) -> Iterator[Problem]:
    """Yield a dashboard without a data source variable, and panels or queries bound to one data source."""
    chosen = [str(v.get("name")) for v in document.variables if v.get("type") == "datasource"]
    if not chosen:
        yield document.problem("no-datasource-variable")
    templated = {form for name in chosen for form in (f"${{{name}}}", f"${name}")}
    for panel in document.panels:
        asked = [target.raw for target in panel.targets]
        if asked and any(_uid(raw) not in templated for raw in (panel.raw, *asked)):
            yield document.problem("fixed-datasource", panel)


def _uid(raw: Mapping[str, Any]) -> str:
    source = raw.get("datasource")
    return str(source.get("uid")) if isinstance(source, dict) else str(source)
