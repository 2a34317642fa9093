"""Meetketen: whether what the dashboards show is measured at all, from the agents over the gateway to the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.parts import agents, engine, gateway, tiles
from regiowacht_dashboards.queries import aggregate, wide, wide_total
from regiowacht_dashboards.style import ORANGE

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("infrastructuur",),
        variables=(variables.datasource(), variables.regio(), variables.gemeente(many=True)),
        links=(links.onward("rw-regio", words, "gemeente"),),
        sections=(
            Section("", (_tiles(words), Line(9, ((24, agents.table(words)),)))),
            Section(
                "gaps",
                (
                    Line(7, ((8, agents.pollers(words)), (8, agents.families()), (8, agents.polls(words)))),
                    of_equal_width(7, agents.spools(words), agents.failing_polls()),
                ),
            ),
            Section(
                "gateway",
                (
                    Line(7, ((9, gateway.refused()), (8, gateway.accepted()), (7, gateway.series(words)))),
                    of_equal_width(7, gateway.writers(), gateway.strangers(), gateway.requests()),
                ),
            ),
            Section("collector", (of_equal_width(7, engine.targets(words), engine.rules(), engine.deliveries()),)),
        ),
    )


def _tiles(words: Words) -> Line:
    servers = wide("regiowacht:asset_state", job="node")
    fullest = f"max({agents.spool_usage()})"
    lost = wide_total("regiowacht_gateway_refused_samples_total").increase("15m")
    waiting = wide("regiowacht:poller_silent")
    return of_equal_width(
        4,
        tiles.many("agents-silent", aggregate("sum", f"{servers} == bool 2"), words),
        tiles.many("waiting", f"sum({waiting}) or 0 * count({servers})", words),
        tiles.many("families-failing", f"sum({wide('regiowacht_agent_family_failing')})", words, colour=ORANGE),
        tiles.worst("spool", fullest, words, limit="spool_usage"),
        tiles.many("refused", f"ceil(sum({lost}))", words, colour=ORANGE),
        tiles.many("other-version", agents.other_version(), words, colour=ORANGE),
        tiles.many("targets-down", aggregate("sum", f"{wide('up', job='regiowacht')} == bool 0"), words),
        tiles.many("rules-failing", engine.failures(), words, nothing="region-only"),
    )
