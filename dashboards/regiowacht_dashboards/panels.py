"""Our own typed panels, in the shape Grafana 11 to 13 writes, over grafanalib's Panel.

grafanalib 0.7.1 still writes the options of Grafana 5 to 7 for several panel types, so every class here says its
``options`` and ``fieldConfig`` itself and hands them to one grafanalib panel; ``normalise`` removes what is left over.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from grafanalib import core

from regiowacht_dashboards.grafana import DATASOURCE, Heading, ModernTarget, asking, panel, panel_id
from regiowacht_dashboards.query import REF_IDS
from regiowacht_dashboards.style import GREY, Steps, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_dashboards.column import Column
    from regiowacht_dashboards.grafana import ModernPanel, Position
    from regiowacht_dashboards.query import Query
    from regiowacht_dashboards.units import Unit
    from regiowacht_dashboards.words import Words

REDUCE_LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel(ABC):
    """What all panels with a query have.

    Attributes:
        key: names the texts: ``KEY`` is the title, ``KEY-about`` the description.
        queries: what it asks, in the order of the legend.
        unit: unit of the values, in Grafana's name.
        decimals: decimals shown; None lets Grafana choose.
        steps: where the value changes colour.
        mappings: Grafana's value mappings (a word for a value).
        minimum: lower end of the axis or bar.
        maximum: upper end of the axis or bar.
        links: data links, as ``links.py`` makes them.
        nothing: shared text shown where there is no value.
    """

    TYPE: ClassVar[str] = ""
    INSTANT: ClassVar[bool] = False
    TABULAR: ClassVar[bool] = False

    key: str
    queries: tuple[Query, ...]
    unit: Unit = "short"
    decimals: int | None = None
    steps: Steps = field(default_factory=lambda: plain(GREY))
    mappings: tuple[Mapping[str, Any], ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    links: tuple[Mapping[str, Any], ...] = ()
    nothing: str = "no-data"

    def render(self, place: Position, words: Words) -> ModernPanel:
        """Return the grafanalib panel at its place, in the language of ``words``."""
        heading = Heading(self.key, self.TYPE, words.title(self.key), words.about(self.key))
        body = {
            "options": self.options(words),
            "fieldConfig": {"defaults": self.defaults(words), "overrides": self.overrides(words)},
            "transformations": self.transformations(words),
        }
        return asking(heading, place, self.targets(), body)

    def targets(self) -> list[ModernTarget]:
        """Return the queries as targets A, B, C and on."""
        return [
            ModernTarget(
                expr=query.expr,
                refId=ref_id,
                legendFormat="" if self.TABULAR else query.legend,
                instant=self.INSTANT,
                format="table" if self.TABULAR else "time_series",
                interval=query.every,
                intervalFactor=1,
                datasource=DATASOURCE,
            )
            for ref_id, query in zip(REF_IDS, self.queries, strict=False)
        ]

    def defaults(self, words: Words) -> dict[str, Any]:
        """Return ``fieldConfig.defaults``."""
        return {
            "color": {"mode": "thresholds"},
            "custom": self.custom(),
            "decimals": self.decimals,
            "links": [dict(link) for link in self.links],
            "mappings": [dict(mapping) for mapping in self.mappings],
            "max": self.maximum,
            "min": self.minimum,
            "noValue": words.shared(self.nothing),
            "thresholds": self.steps.as_json(),
            "unit": self.unit,
        }

    def overrides(self, words: Words) -> list[dict[str, Any]]:
        """Return ``fieldConfig.overrides``."""
        del words
        return [o for ref_id, query in zip(REF_IDS, self.queries, strict=False) for o in query.overrides(ref_id)]

    def transformations(self, words: Words) -> list[dict[str, Any]]:
        """Return what Grafana does with the answers before it draws them."""
        del words
        return []

    def custom(self) -> dict[str, Any] | None:
        """Return ``fieldConfig.defaults.custom`` of this panel type."""
        return None

    @abstractmethod
    def options(self, words: Words) -> dict[str, Any]:
        """Return ``options`` of this panel type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSeries(Panel):
    """Lines over time.

    Attributes:
        stacked: lines stand on each other; their sum means something.
        centred: zero stands in the middle, for mirrored pairs.
        shows_limits: the thresholds are drawn as dashed lines.
        table_legend: the legend is a table with the last and highest value.
        reaches: the axis goes up to this at least, so that a line of zeros does not fill the graph with nothing.
    """

    TYPE: ClassVar[str] = "timeseries"

    stacked: bool = False
    centred: bool = False
    shows_limits: bool = False
    table_legend: bool = False
    reaches: float | None = None

    def defaults(self, words: Words) -> dict[str, Any]:
        """Return ``fieldConfig.defaults`` with Grafana's palette: a line's colour names it, it does not judge it."""
        return {**Panel.defaults(self, words), "color": {"mode": "palette-classic"}}

    def custom(self) -> dict[str, Any]:
        """Return how lines are drawn."""
        return {
            "axisBorderShow": False,
            "axisCenteredZero": self.centred,
            "axisColorMode": "text",
            "axisLabel": "",
            "axisPlacement": "auto",
            "axisSoftMax": self.reaches,
            "drawStyle": "line",
            "fillOpacity": 40 if self.stacked else 0,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "lineWidth": 1,
            "pointSize": 5,
            "scaleDistribution": {"type": "linear"},
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"group": "A", "mode": "normal" if self.stacked else "none"},
            "thresholdsStyle": {"mode": "dashed" if self.shows_limits else "off"},
        }

    def options(self, words: Words) -> dict[str, Any]:
        """Return legend and tooltip."""
        del words
        calcs = ["lastNotNull", "max"] if self.table_legend else []
        mode = "table" if self.table_legend else "list"
        return {
            "legend": {"calcs": calcs, "displayMode": mode, "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat(Panel):
    """One value now, as text.

    Attributes:
        colours: what the colour fills: the whole tile, the number, or nothing.
        shows: the value, or the name of the series (its legend) where the labels are the message.
        sizes: heights in pixels of name and value, for a screen that is read from afar; None fits them to the tile.
    """

    TYPE: ClassVar[str] = "stat"
    INSTANT: ClassVar[bool] = True

    colours: Literal["background_solid", "value", "none"] = "background_solid"
    shows: Literal["value", "name", "value_and_name"] = "value"
    sizes: tuple[int, int] | None = None

    def options(self, words: Words) -> dict[str, Any]:
        """Return the looks of the tile."""
        del words
        return {
            "colorMode": self.colours,
            "graphMode": "none",
            "justifyMode": "center",
            "orientation": "auto",
            "percentChangeColorMode": "standard",
            "reduceOptions": REDUCE_LAST,
            "showPercentChange": False,
            "textMode": self.shows,
            "wideLayout": self.sizes is None,
            **({"text": {"titleSize": self.sizes[0], "valueSize": self.sizes[1]}} if self.sizes else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge(Panel):
    """One value now on an arc, against its thresholds."""

    TYPE: ClassVar[str] = "gauge"
    INSTANT: ClassVar[bool] = True

    def options(self, words: Words) -> dict[str, Any]:
        """Return the looks of the arc."""
        del words
        return {
            "minVizHeight": 75,
            "minVizWidth": 75,
            "orientation": "auto",
            "reduceOptions": REDUCE_LAST,
            "showThresholdLabels": False,
            "showThresholdMarkers": True,
            "sizing": "auto",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BarGauge(Panel):
    """One horizontal bar a series, each with its value as text."""

    TYPE: ClassVar[str] = "bargauge"
    INSTANT: ClassVar[bool] = True

    def options(self, words: Words) -> dict[str, Any]:
        """Return the looks of the bars."""
        del words
        return {
            "displayMode": "basic",
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
            "maxVizHeight": 28,
            "minVizHeight": 16,
            "minVizWidth": 8,
            "namePlacement": "left",
            "orientation": "horizontal",
            "reduceOptions": REDUCE_LAST,
            "showUnfilled": True,
            "sizing": "manual",
            "valueMode": "color",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTimeline(Panel):
    """One band a series, coloured and worded by its state over time."""

    TYPE: ClassVar[str] = "state-timeline"

    def custom(self) -> dict[str, Any]:
        """Return how bands are drawn."""
        return {"fillOpacity": 85, "lineWidth": 0}

    def options(self, words: Words) -> dict[str, Any]:
        """Return the looks of the bands; ``perPage`` keeps a large region readable."""
        del words
        return {
            "alignValue": "left",
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
            "mergeValues": True,
            "perPage": 20,
            "rowHeight": 0.85,
            "showValue": "auto",
            "tooltip": {"mode": "single", "sort": "none"},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Panel):
    """Rows of labels and values, merged from its queries.

    Attributes:
        columns: the columns from left to right; fields without one are not shown.
        hidden: fields that come along and are not shown, beside ``Time``.
        order: (title of a column, descending) that the rows are sorted by, first the most important.
    """

    TYPE: ClassVar[str] = "table"
    INSTANT: ClassVar[bool] = True
    TABULAR: ClassVar[bool] = True

    columns: tuple[Column, ...]
    hidden: tuple[str, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()

    def custom(self) -> dict[str, Any]:
        """Return how cells are drawn unless a column says otherwise."""
        return {"align": "auto", "filterable": True, "inspect": False}

    def overrides(self, words: Words) -> list[dict[str, Any]]:
        """Return one override a column that needs it."""
        found = [column.override(words) for column in self.columns]
        return [override for override in found if override["properties"]]

    def transformations(self, words: Words) -> list[dict[str, Any]]:
        """Return ``merge`` for several queries, then ``organize``: hide, order, name."""
        organize = {
            "excludeByName": dict.fromkeys(("Time", *self.hidden), True),
            "indexByName": {column.source: index for index, column in enumerate(self.columns)},
            "renameByName": {column.source: column.name(words) for column in self.columns},
        }
        merge = [{"id": "merge", "options": {}}] if len(self.queries) > 1 else []
        return [*merge, {"id": "organize", "options": organize}]

    def options(self, words: Words) -> dict[str, Any]:
        """Return header and order of rows."""
        order = [{"desc": desc, "displayName": words.shared(f"column-{title}")} for title, desc in self.order]
        return {"cellHeight": "sm", "showHeader": True, "sortBy": order}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words in Markdown, without a query.

    Attributes:
        key: ``KEY`` is the title, ``KEY-about`` the description, ``KEY-text`` the words.
    """

    key: str

    def render(self, place: Position, words: Words) -> ModernPanel:
        """Return the grafanalib panel at its place."""
        heading = Heading(self.key, "text", words.title(self.key), words.about(self.key))
        code = {"language": "plaintext", "showLineNumbers": False, "showMiniMap": False}
        options = {"code": code, "content": words.own(f"{self.key}-text"), "mode": "markdown"}
        return panel(heading, place, {"options": options, "fieldConfig": {"defaults": {}, "overrides": []}})


def row(key: str, y: int, words: Words) -> core.RowPanel:
    """Return the heading ``key`` over the panels below it."""
    return core.RowPanel(id=panel_id(key), title=words.title(key), gridPos=core.GridPos(h=1, w=24, x=0, y=y))
