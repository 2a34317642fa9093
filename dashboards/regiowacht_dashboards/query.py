"""One expression of a panel, with how its series look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

POLLED = "1m"
"""How often devices are asked over SNMP, at the longest."""

REF_IDS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Query:
    """One expression of a panel.

    Attributes:
        expr: PromQL, built from the catalogue.
        legend: Grafana's legend format, e.g. ``{{device}}``.
        colour: one colour for all its series; empty lets Grafana choose from its palette.
        mirrored: drawn below the zero line.
        dashed: drawn as a dashed line without fill: a limit, a total.
        every: least time between two points, in Grafana's notation; ``POLLED`` for what devices count, so that
            ``$__rate_interval`` spans several readings.
    """

    expr: str
    legend: str = ""
    colour: str = ""
    mirrored: bool = False
    dashed: bool = False
    every: str = ""

    def overrides(self, ref_id: str) -> list[dict[str, Any]]:
        """Return the field overrides that its looks need."""
        properties: list[dict[str, Any]] = []
        if self.colour:
            properties.append({"id": "color", "value": {"fixedColor": self.colour, "mode": "fixed"}})
        if self.mirrored:
            properties.append({"id": "custom.transform", "value": "negative-Y"})
        if self.dashed:
            properties.append({"id": "custom.lineStyle", "value": {"dash": [8, 8], "fill": "dash"}})
            properties.append({"id": "custom.fillOpacity", "value": 0})
            properties.append({"id": "custom.stacking", "value": {"group": "A", "mode": "none"}})
        return [{"matcher": {"id": "byFrameRefID", "options": ref_id}, "properties": properties}] if properties else []
