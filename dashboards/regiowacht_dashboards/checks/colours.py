"""Colours: none carries a meaning alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document


def check(document: Document) -> Iterator[Problem]:
    """Yield panels that map a value to a colour without a word."""
    for panel in document.panels:
        mappings = list(panel.defaults.get("mappings") or [])
        for entry in panel.override_properties:
            if entry.get("id") == "mappings" and isinstance(entry.get("value"), list):
                mappings += entry["value"]
        if any(result.get("color") and not result.get("text") for m in mappings for result in _results(m)):
            yield document.problem("colour-alone", panel)


def _results(mapping: object) -> Iterator[Mapping[str, Any]]:
    """Yield what a mapping shows: ``options`` itself for values, its ``result`` for ranges and patterns."""
    if not isinstance(mapping, dict) or not isinstance(mapping.get("options"), dict):
        return
    options = mapping["options"]
    candidates = options.values() if mapping.get("type") == "value" else [options.get("result")]
    yield from (result for result in candidates if isinstance(result, dict))
