"""PromQL built from the catalogue, so that a wrong name, a wrong label or the rate of a gauge cannot be written.

``counter(...)`` alone has ``rate`` and ``increase``; ``gauge(...)`` alone has the ``*_over_time`` functions that read a
value's level. Both refuse names that the catalogue holds as the other kind, and labels that the metric does not have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from regiowacht_contract import catalogue
from regiowacht_contract.errors import CatalogueError
from regiowacht_contract.labels import TARGET_LABELS
from regiowacht_contract.nearest import nearest

if TYPE_CHECKING:
    from regiowacht_contract.catalogue import Metric

RATE_INTERVAL = "$__rate_interval"
"""Grafana's own variable: at least four scrape intervals, which Prometheus 3's left-open ranges need."""


@dataclass(frozen=True, slots=True)
class Match:
    """How a label is compared: ``op`` is one of ``=``, ``!=``, ``=~``, ``!~``."""

    op: str
    value: str

    def render(self, label: str) -> str:
        """Return ``label="value"`` with the value escaped as PromQL strings are."""
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{label}{self.op}"{escaped}"'


def regex(pattern: str) -> Match:
    """Match labels by a fully anchored RE2 pattern."""
    return Match("=~", pattern)


def not_regex(pattern: str) -> Match:
    """Match labels that a fully anchored RE2 pattern does not match."""
    return Match("!~", pattern)


def unlike(value: str) -> Match:
    """Match labels other than ``value``."""
    return Match("!=", value)


@dataclass(frozen=True, slots=True)
class Selector:
    """An instant vector of one metric."""

    metric: Metric
    matches: tuple[tuple[str, Match], ...] = ()

    def where(self, **matches: str | Match) -> Self:
        """Return the same selector with more label matches.

        Raises:
            CatalogueError: the metric has no such label.
        """
        allowed = (*self.metric.labels, *TARGET_LABELS)
        for label in matches:
            if label not in allowed:
                raise CatalogueError(
                    "catalogue.no-label", name=self.metric.name, label=label, nearest=nearest(label, allowed) or "-"
                )
        more = tuple((label, Match("=", m) if isinstance(m, str) else m) for label, m in matches.items())
        return replace(self, matches=self.matches + more)

    def __str__(self) -> str:
        inside = ",".join(match.render(label) for label, match in self.matches)
        return f"{self.metric.name}{{{inside}}}" if inside else self.metric.name


class Counter(Selector):
    """A value that only grows: it can be turned into a rate."""

    __slots__ = ()

    def rate(self, window: str = RATE_INTERVAL) -> str:
        """Return the growth per second over ``window``."""
        return f"rate({self}[{window}])"

    def increase(self, window: str) -> str:
        """Return the growth over ``window``."""
        return f"increase({self}[{window}])"


class Gauge(Selector):
    """A value that goes up and down: it can be averaged, never turned into a rate."""

    __slots__ = ()

    def over_time(self, function: str, window: str) -> str:
        """Return ``FUNCTION_over_time`` of the value; function is ``avg``, ``min``, ``max``, ``last`` or ``count``."""
        return f"{function}_over_time({self}[{window}])"


def counter(name: str, **matches: str | Match) -> Counter:
    """Return the selector of a counter.

    Raises:
        CatalogueError: the catalogue has no such name, or holds it as something that does not only grow.
    """
    found = catalogue.metric(name)
    if not found.monotonic:
        raise CatalogueError("catalogue.not-a-counter", name=name, kind=found.kind)
    return Counter(found).where(**matches)


def gauge(name: str, **matches: str | Match) -> Gauge:
    """Return the selector of a gauge or of an info metric.

    Raises:
        CatalogueError: the catalogue has no such name, or holds it as a counter.
    """
    found = catalogue.metric(name)
    if found.monotonic:
        raise CatalogueError("catalogue.not-a-gauge", name=name, kind=found.kind)
    return Gauge(found).where(**matches)
