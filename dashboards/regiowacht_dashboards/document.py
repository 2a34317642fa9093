"""A dashboard file as it was read: checked for shape, so that the rules can rely on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from regiowacht_contract.errors import Problem
from regiowacht_dashboards import shape
from regiowacht_dashboards.interpolation import panels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LARGEST_BYTES = 5_000_000
"""Grafana reads and draws a dashboard whole; one of this size is an accident."""


@dataclass(frozen=True, slots=True)
class Target:
    """One query of a panel.

    Attributes:
        expr: PromQL with Grafana's variables in it.
        legend: its legend format.
        raw: the whole target.
    """

    expr: str
    legend: str
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """One panel of a dashboard file.

    Attributes:
        title: as people know it.
        type: Grafana's panel type.
        targets: its queries.
        raw: the whole panel.
    """

    title: str
    type: str
    targets: tuple[Target, ...]
    raw: Mapping[str, Any]

    @property
    def is_row(self) -> bool:
        """Whether it is a heading."""
        return self.type == "row"

    @property
    def defaults(self) -> Mapping[str, Any]:
        """``fieldConfig.defaults``; empty where it has none."""
        found: Mapping[str, Any] = (self.raw.get("fieldConfig") or {}).get("defaults") or {}
        return found

    @property
    def override_properties(self) -> list[Mapping[str, Any]]:
        """Every property of every field override."""
        overrides = (self.raw.get("fieldConfig") or {}).get("overrides") or []
        return [entry for override in overrides for entry in override.get("properties") or []]


@dataclass(frozen=True, slots=True)
class Document:
    """One dashboard file.

    Attributes:
        file: its path, as people type it.
        raw: the whole dashboard.
        panels: every panel, rows and the panels inside collapsed rows too.
    """

    file: str
    raw: Mapping[str, Any]
    panels: tuple[Seen, ...]

    @property
    def uid(self) -> str:
        """Its uid; empty where it has none."""
        return str(self.raw.get("uid") or "")

    @property
    def variables(self) -> list[Mapping[str, Any]]:
        """Its variables in the order they stand on top."""
        found: list[Mapping[str, Any]] = (self.raw.get("templating") or {}).get("list") or []
        return found

    def queries(self) -> Iterator[tuple[Seen, Target]]:
        """Yield every query with its panel."""
        for panel in self.panels:
            for target in panel.targets:
                yield panel, target

    def problem(self, key: str, panel: Seen | None = None, **values: object) -> Problem:
        """Return a finding ``dashboards.KEY`` about this file, and about one of its panels."""
        return Problem(self.file, 0, f"dashboards.{key}", {"panel": panel.title if panel else "", **values})


def read(path: Path) -> tuple[Document | None, list[Problem]]:
    """Read one file; without a document the problems say why it cannot be judged.

    Raises:
        OSError: the file cannot be read.
    """
    name = str(path)
    if path.stat().st_size > LARGEST_BYTES:
        size = path.stat().st_size // 1_000_000
        return None, [Problem(name, 0, "dashboards.too-large", {"size": size, "limit": LARGEST_BYTES // 1_000_000})]
    try:
        raw = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError:
        return None, [Problem(name, 0, "dashboards.not-utf8")]
    except json.JSONDecodeError as error:
        return None, [Problem(name, error.lineno, "dashboards.not-json", {"why": error.msg, "column": error.colno})]
    except (RecursionError, ValueError) as error:
        return None, [Problem(name, 0, "dashboards.not-json", {"why": str(error)[:80], "column": 0})]
    faults = [Problem(name, 0, f"dashboards.{key}", values) for key, values in shape.faults(raw)]
    return (None, faults) if faults else (document(name, raw), [])


def document(file: str, raw: Mapping[str, Any]) -> Document:
    """Return a dashboard whose shape is known to be right as a document."""
    return Document(file, raw, tuple(_panel(panel) for panel in panels(raw["panels"])))


def _panel(raw: Mapping[str, Any]) -> Seen:
    targets = tuple(
        Target(str(target.get("expr") or ""), str(target.get("legendFormat") or ""), target)
        for target in raw.get("targets") or []
    )
    return Seen(str(raw.get("title") or f"#{raw.get('id', '?')}"), str(raw["type"]), targets, raw)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
