"""A dashboard: what it is called, what can be chosen on it, and its panels."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grafanalib import core

from regiowacht_dashboards.links import TAG, menu
from regiowacht_dashboards.normalise import SCHEMA_VERSION, normalise
from regiowacht_dashboards.panels import row

if TYPE_CHECKING:
    from regiowacht_dashboards.layout import Section
    from regiowacht_dashboards.variables import Variable
    from regiowacht_dashboards.words import Words

SHARED_CROSSHAIR = 1
SELDOM = "15m"
"""How often a dashboard asks again that looks back over months: what it shows changes once an hour."""

REFRESH_INTERVALS = ["10s", "30s", "1m", "5m", "15m", "1h"]


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard before it is written.

    Attributes:
        words: its uid, its language and its texts (``dashboard`` is the title, ``dashboard-about`` what it is for).
        tags: beside the tag that all dashboards have.
        variables: choices on top, each narrowed by the ones before.
        sections: from top to bottom, what needs attention first.
        links: beside the menu of all dashboards.
        looks_back: how far back it opens, where that is farther than the others do; it then asks again seldom.
    """

    words: Words
    tags: tuple[str, ...]
    variables: tuple[Variable, ...]
    sections: tuple[Section, ...]
    links: tuple[core.DashboardLink, ...] = ()
    looks_back: str = ""

    def render(self, timezone: str, refresh: str, time_from: str) -> dict[str, Any]:
        """Return the dashboard as Grafana reads it.

        Args:
            timezone: IANA name that times are shown in.
            refresh: how often panels ask again, in Grafana's notation (``10s``).
            time_from: how far back the dashboard opens, in Grafana's notation (``now-3h``).
        """
        dashboard = core.Dashboard(
            title=self.words.title("dashboard"),
            description=self.words.about("dashboard"),
            uid=self.words.uid,
            tags=[TAG, *self.tags],
            timezone=timezone,
            editable=False,
            graphTooltip=SHARED_CROSSHAIR,
            refresh=SELDOM if self.looks_back else refresh,
            schemaVersion=SCHEMA_VERSION,
            version=1,
            time=core.Time(self.looks_back or time_from, "now"),
            timePicker=core.TimePicker(refreshIntervals=REFRESH_INTERVALS, timeOptions=[]),
            templating=core.Templating([variable.render(self.words) for variable in self.variables]),
            links=[menu(self.words), *self.links],
            panels=self._panels(),
        )
        return normalise(json.loads(json.dumps(dashboard, default=lambda thing: thing.to_json_data())))

    def _panels(self) -> list[core.Panel]:
        panels: list[core.Panel] = []
        top = 0
        for section in self.sections:
            if section.heading:
                panels.append(row(section.heading, top, self.words))
            panels.extend(panel.render(place, self.words) for place, panel in section.places(top))
            top += section.height
        return panels
