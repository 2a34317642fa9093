"""WAN- en sitelinks: which lines are down, slow, lossy or full, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.states import AssetState
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.parts import alerts, line_panels, lines, tiles
from regiowacht_dashboards.parts.polled import polled
from regiowacht_dashboards.style import ORANGE

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("connectiviteit",),
        variables=variables.of_assets(kind="link"),
        links=(links.back("rw-regio", words),),
        sections=(
            Section(
                "",
                (
                    _tiles(words),
                    Line(10, ((24, line_panels.table(words)),)),
                    Line(6, ((8, line_panels.per_supplier(words)), (16, alerts.open_alerts(words, "link")))),
                ),
            ),
            Section("course", (Line(8, ((24, line_panels.timeline(words)),)),)),
            Section(
                "full", (of_equal_width(9, line_panels.usage_over_time(words), line_panels.traffic_over_time(words)),)
            ),
            Section(
                "quality",
                (
                    of_equal_width(
                        9,
                        line_panels.latency_over_time(),
                        line_panels.loss_over_time(),
                        line_panels.jitter_over_time(),
                    ),
                ),
            ),
        ),
    )


def _tiles(words: Words) -> Line:
    return of_equal_width(
        4,
        tiles.many("neer", lines.in_state(AssetState.NEER), words),
        tiles.many("stil", lines.in_state(AssetState.STIL), words, colour=ORANGE),
        tiles.many("sites-cut-off", lines.cut_off(), words),
        polled(tiles.worst("fullest", f"max({lines.fullest()})", words, limit="link_usage")),
        tiles.worst("slowest", f"max({lines.latency()})", words, limit="line_latency", unit="s"),
        tiles.worst("most-loss", f"max({lines.loss()})", words, limit="line_loss"),
    )
