"""One series of the made-up region, with how its text is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from regiowacht.demo.history.look import table
from regiowacht_contract.catalogue import metric

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht.demo.history.curves import Curve

Pace = Literal["measured", "level", "still", "state", "server", "total", "rare", "kept", "hourly", "live"]
PACES: tuple[Pace, ...] = get_args(Pace)
"""How often there is a sample (``pieces.py``): of what grows and of what moves in measured assets, of what hardly
changes, of what is recorded; what is ``hourly`` has a sample an hour from the first day on, and what is
``live`` stands on pages alone."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series.

    Attributes:
        name: of the metric.
        labels: as they stand between the braces.
        curve: its value over time.
        form: how a value is written, as ``format`` takes it.
        pace: how often there is a sample.
    """

    name: str
    labels: str
    curve: Curve
    form: str
    pace: Pace

    @property
    def head(self) -> str:
        """What stands before the value."""
        return f"{self.name}{{{self.labels}}} "


def series(name: str, labels: Mapping[str, str], curve: Curve, pace: Pace) -> Series:
    """Return a series of the catalogue.

    Raises:
        CatalogueError: the catalogue has no metric of that name.
    """
    return Series(name, written(labels), curve, form(name), pace)


def written(labels: Mapping[str, str]) -> str:
    """Return labels as both text formats write them; an empty one is as good as none and left out."""
    return ",".join(f'{label}="{_escaped(value)}"' for label, value in labels.items() if value)


def form(name: str) -> str:
    """Return how values of a metric are written: no digits that nobody could have measured."""
    found = metric(name)
    if found.monotonic:
        return ".3f" if found.unit in {"seconds", "joules"} else ".0f"
    if found.unit in {"bytes", "timestamp", "state"} or found.kind == "info":
        return ".0f"
    is_whole = not found.unit and ":" not in name and name not in table("decimal")["names"]
    return ".0f" if is_whole else ".4g"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
