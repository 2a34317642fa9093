"""Thresholds: the first holds for everything below, the others ascend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_contract.errors import Problem
    from regiowacht_dashboards.document import Document


def check(document: Document) -> Iterator[Problem]:
    """Yield panels whose thresholds Grafana would sort or ignore."""
    for panel in document.panels:
        sets = [panel.defaults.get("thresholds")]
        sets += [entry.get("value") for entry in panel.override_properties if entry.get("id") == "thresholds"]
        if any(not _is_right(found) for found in sets if found):
            yield document.problem("bad-thresholds", panel)


def _steps(found: object) -> list[Mapping[str, Any]]:
    steps = found.get("steps") if isinstance(found, dict) else None
    return [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []


def _is_right(found: object) -> bool:
    steps: list[Mapping[str, Any]] = _steps(found)
    if not steps or steps[0].get("value") is not None:
        return False
    values = [step.get("value") for step in steps[1:]]
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    return len(numbers) == len(values) and numbers == sorted(set(numbers))
