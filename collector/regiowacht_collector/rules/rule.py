"""One recording rule, and the group it is evaluated in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_contract import catalogue
from regiowacht_contract.labels import TARGET_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

TARGET = ", ".join(TARGET_LABELS)
"""The five target labels, as they stand inside ``by (...)``."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``record`` is what ``expr`` computes, with ``labels`` set on every series.

    Raises:
        CatalogueError: the catalogue has no metric of that name.
    """

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        catalogue.metric(self.record)


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated one after the other at the same moment: a later one sees what an earlier one recorded.

    Attributes:
        name: file and group name.
        purpose: one English sentence for the documentation.
        rules: in order of evaluation.
        every: how often, as Prometheus writes a duration; empty for the collector's own interval. What is recorded
            less often than that is not made up for after a gap: an hour has gone by.
    """

    name: str
    purpose: str
    rules: tuple[Rule, ...]
    every: str = ""
