"""Puts panels on Grafana's grid line by line, so that nothing overlaps and no line has a hole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_dashboards.grafana import Position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_dashboards.panels import Panel, Text

COLUMNS = 24


@dataclass(frozen=True, slots=True)
class Line:
    """Panels beside each other that together fill the width.

    Attributes:
        height: of each, in grid rows of 30 pixels.
        panels: (width in columns, panel) from left to right.

    Raises:
        ValueError: the widths are not 24 together.
    """

    height: int
    panels: tuple[tuple[int, Panel | Text], ...]

    def __post_init__(self) -> None:
        total = sum(width for width, _ in self.panels)
        if total != COLUMNS:
            names = ", ".join(panel.key for _, panel in self.panels)
            raise ValueError(f"a line is {COLUMNS} columns wide, this one {total}: {names}")


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading.

    Attributes:
        heading: key of the heading's text; empty for the lines on top of a dashboard, which need none.
        lines: from top to bottom.
    """

    heading: str
    lines: tuple[Line, ...]

    @property
    def height(self) -> int:
        """Grid rows that heading and lines take together."""
        return bool(self.heading) + sum(line.height for line in self.lines)

    def places(self, top: int) -> Iterator[tuple[Position, Panel | Text]]:
        """Yield each panel with its place when the section starts at grid row ``top``."""
        y = top + bool(self.heading)
        for line in self.lines:
            x = 0
            for width, panel in line.panels:
                yield Position(x=x, y=y, width=width, height=line.height), panel
                x += width
            y += line.height


def of_equal_width(height: int, *panels: Panel | Text) -> Line:
    """Return a line in which every panel is as wide as the next; their number divides 24."""
    return Line(height, tuple((COLUMNS // len(panels), panel) for panel in panels))
