"""What 90 days say: how high the busy hours are, how fast they rise, and when the limit is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.thresholds import threshold
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table, TimeSeries
from regiowacht_dashboards.parts.tiles import DAY_S
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import from_contract

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

LONG, RECENT, DAY = "90d", "14d", "1d"
MONTH_S = 30 * DAY_S
BUSY_SHARE = 0.95

SLOWEST = 1e-10
"""Share a second below which nothing rises: three percent in ten years."""

LATEST = 120
"""Months that are shown at the most: what is farther away nobody knows."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Something that is used up over months.

    Attributes:
        key: names its texts: ``KEY`` a table, ``KEY-over-time`` a graph.
        name: metric of its hours in one figure.
        limit: threshold whose critical value is where it is used up.
    """

    key: str
    name: str
    limit: str

    def p95(self) -> str:
        """Return what 95 % of the hours of 90 days stayed under."""
        return self._worst(f"quantile_over_time({BUSY_SHARE}, {value(self.name)}[{LONG}])")

    def per_month(self) -> str:
        """Return by how much it rises in a month, as a straight line through 90 days has it."""
        return f"{self._worst(f'deriv({value(self.name)}[{LONG}])')} * {MONTH_S}"

    def months(self) -> str:
        """Return in how many months the busy hours of now reach the limit; nothing where they do not rise.

        Zero is now: where the limit was reached already.
        """
        now = self._worst(f"quantile_over_time({BUSY_SHARE}, {value(self.name)}[{RECENT}])")
        rise = self._worst(f"deriv({value(self.name)}[{LONG}])")
        left = f"clamp_min({threshold(self.limit).critical} - {now}, 0)"
        return f"clamp_max({left} / ({rise} > {SLOWEST:.0e}) / {MONTH_S}, {LATEST})"

    def soon(self) -> str:
        """Return of how many the limit is reached within a quarter of a year: zero, not nothing, where of none."""
        near = f"({self.months()}) < {threshold('months_left').critical / MONTH_S:g}"
        return f"count({near}) or 0 * count({self.p95()})"

    def _worst(self, expr: str) -> str:
        return aggregate("max", expr, *ASSET)

    def table(self, links: tuple[Mapping[str, Any], ...] = ()) -> Table:
        """Return one row an asset, what is used up first on top."""
        return Table(
            key=self.key,
            queries=(Query(self.months()), Query(self.p95()), Query(self.per_month())),
            columns=(
                Column(source="instance", title="instance", links=links),
                Column(source="gemeente", title="gemeente"),
                Column(source="Value #B", title="p95", width=150, unit="percentunit", decimals=0, bar=1,
                       steps=from_contract(self.limit), blank=True),
                Column(source="Value #C", title="per-month", width=120, unit="percentunit", decimals=1, blank=True),
                Column(source="Value #A", title="months-left", width=155, unit="short", decimals=0,
                       steps=from_contract("months_left", MONTH_S), blank=True),
            ),
            hidden=("site",),
            order=(("p95", True), ("gemeente", False)),
        )  # fmt: skip

    def over_time(self) -> TimeSeries:
        """Return what 95 % of each day stayed under."""
        day = f"quantile_over_time({BUSY_SHARE}, {value(self.name)}[{DAY}])"
        return TimeSeries(
            key=f"{self.key}-over-time",
            queries=(Query(day, legend="{{instance}} · {{gemeente}}"),),
            unit="percentunit",
            minimum=0,
            maximum=1,
            shows_limits=True,
            steps=from_contract(self.limit),
        )


LINES = Trend("lines", "instance:regiowacht_line_usage:p95_ratio_1h", "link_usage")
STORES = Trend("stores", "instance:node_filesystem_usage:avg_ratio_1h", "filesystem_usage")
MEMORY = Trend("memory", "instance:node_memory_usage:p95_ratio_1h", "memory_usage")
CPU = Trend("cpu", "instance:node_cpu_usage:p95_ratio_1h", "cpu_usage")
