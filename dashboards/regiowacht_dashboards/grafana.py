"""The one place that makes grafanalib's panels: modern ones, whatever the type."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import attr
from grafanalib import core

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PLUGIN_VERSION = "11.6.0"
"""Version that every panel says it was written by; without it Grafana migrates panels as if they were ancient."""

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


@attr.s
class ModernPanel(core.Panel):
    """A grafanalib panel that writes the ``options`` and ``fieldConfig`` it is given, in today's shape."""

    type: str = attr.ib(default="")
    body: Mapping[str, object] = attr.ib(factory=dict)

    def to_json_data(self) -> Any:
        """Return what is encoded."""
        written = {"type": self.type, "pluginVersion": PLUGIN_VERSION, "maxDataPoints": None, **self.body}
        return self.panel_json(written)  # type: ignore[no-untyped-call]  # grafanalib has no types


@attr.s
class ModernTarget(core.Target):
    """A grafanalib target with ``range`` and ``editorMode``, which today's Prometheus editor reads."""

    def to_json_data(self) -> Any:
        """Return what is encoded."""
        raw = super().to_json_data()  # type: ignore[no-untyped-call]  # grafanalib has no types
        return {**raw, "range": not self.instant, "editorMode": "code"}


@dataclass(frozen=True, slots=True)
class Position:
    """Where a panel stands on the grid of 24 columns; one row of the grid is 30 pixels high."""

    x: int
    y: int
    width: int
    height: int

    def as_grid(self) -> core.GridPos:
        """Return Grafana's ``gridPos``."""
        return core.GridPos(h=self.height, w=self.width, x=self.x, y=self.y)


@dataclass(frozen=True, slots=True)
class Heading:
    """What every panel says about itself.

    Attributes:
        key: names the panel within its dashboard, for good.
        type: Grafana's name of the panel type.
        title: on top of the panel.
        description: what it means and what to do when it is red.
    """

    key: str
    type: str
    title: str
    description: str


def panel(heading: Heading, place: Position, body: Mapping[str, object]) -> ModernPanel:
    """Return a panel without a query; ``body`` is its ``options``, ``fieldConfig`` and the like."""
    return ModernPanel(
        id=panel_id(heading.key),
        type=heading.type,
        title=heading.title,
        description=heading.description,
        gridPos=place.as_grid(),
        body=body,
    )


def asking(
    heading: Heading, place: Position, targets: Sequence[core.Target], body: Mapping[str, object]
) -> ModernPanel:
    """Return a panel that asks the chosen Prometheus."""
    return attr.evolve(panel(heading, place, body), dataSource=DATASOURCE, targets=list(targets))


def panel_id(key: str) -> int:
    """Return a panel's number from its key, so that a link to it survives panels that come and go.

    Two keys of one dashboard that fall on the same number are found by the check.
    """
    return zlib.crc32(key.encode()) % 999_983 + 1
