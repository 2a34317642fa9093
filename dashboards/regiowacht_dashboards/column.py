"""One column of a table, with how its cells look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from regiowacht_dashboards.style import no_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_dashboards.style import Steps
    from regiowacht_dashboards.units import Unit
    from regiowacht_dashboards.words import Words

NOTHING = "–"  # noqa: RUF001 - a dash, as tables have it
"""What a blank cell shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table.

    Attributes:
        source: the field as it comes: a label's name, ``Value``, or ``Value #A`` where there are several queries.
        title: shared text ``column-TITLE`` that stands above it.
        width: in pixels; None shares what is left.
        unit: unit of its values, if they are numbers.
        steps: where its value changes colour; None colours nothing.
        mappings: Grafana's value mappings.
        named: what its values are called, where that is not what they are.
        bar: draws the value as a bar from 0 to ``bar``.
        links: data links of its cells.
        blank: a cell without a value shows a grey dash, not the table's text: it is not measured, or cannot be.
    """

    source: str
    title: str
    width: int | None = None
    unit: Unit | None = None
    decimals: int | None = None
    steps: Steps | None = None
    mappings: tuple[Mapping[str, Any], ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    bar: float | None = None
    links: tuple[Mapping[str, Any], ...] = ()
    blank: bool = False

    def override(self, words: Words) -> dict[str, Any]:
        """Return the field override of this column."""
        mappings = [dict(mapping) for mapping in self.mappings]
        if self.named:
            options = {name: {"index": index, "text": text} for index, (name, text) in enumerate(self.named.items())}
            mappings.append({"type": "value", "options": options})
        if self.blank:
            mappings.append(no_value(NOTHING))
        wanted: list[tuple[str, object]] = [
            ("custom.width", self.width),
            ("unit", self.unit),
            ("decimals", self.decimals),
            ("mappings", mappings or None),
            ("noValue", None if self.unit or self.mappings else ""),
            ("links", [dict(link) for link in self.links] or None),
            ("min", 0 if self.bar else None),
            ("max", self.bar),
            ("thresholds", self.steps.as_json() if self.steps else None),
            ("custom.cellOptions", self.cell()),
        ]
        properties = [{"id": name, "value": value} for name, value in wanted if value is not None]
        return {"matcher": {"id": "byName", "options": self.name(words)}, "properties": properties}

    def cell(self) -> dict[str, Any] | None:
        """Return how the cell is drawn."""
        if self.bar:
            return {"mode": "basic", "type": "gauge", "valueDisplayMode": "text"}
        return {"type": "color-text"} if self.steps or self.mappings else None

    def name(self, words: Words) -> str:
        """Return what stands above the column."""
        return words.shared(f"column-{self.title}")
