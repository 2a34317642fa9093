"""Servers: all of them in one table, the worst first, and how they came there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.states import AssetState
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import StateTimeline, TimeSeries
from regiowacht_dashboards.parts import alerts, matrix, tiles
from regiowacht_dashboards.parts.components import of_kind
from regiowacht_dashboards.queries import aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import ORANGE, from_contract, state_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

STATE = "regiowacht:asset_state"
WHERE = "{{instance}} · {{gemeente}}"


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("infrastructuur",),
        variables=variables.of_assets(kind="server"),
        links=(links.back("rw-regio", words), links.onward("rw-infrastructuur", words, "gemeente", "site")),
        sections=(
            Section(
                "",
                (
                    *_tiles(words),
                    Line(12, ((24, matrix.matrix(words)),)),
                    Line(5, ((24, alerts.open_alerts(words, matrix.SERVER)),)),
                ),
            ),
            Section(
                "course",
                (
                    Line(10, ((24, _timeline(words)),)),
                    of_equal_width(
                        8,
                        _over_time("cpu", matrix.CPU, "cpu_usage"),
                        _over_time("memory", matrix.MEMORY, "memory_usage"),
                        _over_time("busy", matrix.BUSY, "disk_busy"),
                    ),
                ),
            ),
        ),
    )


def _tiles(words: Words) -> tuple[Line, ...]:
    return tiles.lines(
        tiles.many("down", _in_state(AssetState.NEER), words),
        tiles.many("silent", _in_state(AssetState.STIL), words, colour=ORANGE),
        tiles.many("cpu-over", matrix.over(matrix.cpu(), "cpu_usage"), words),
        tiles.many("memory-over", matrix.over(matrix.memory(), "memory_usage"), words),
        tiles.many("full-over", matrix.over(matrix.full(), "filesystem_usage"), words),
        tiles.many("restart", aggregate("sum", value("node_reboot_required")), words, colour=ORANGE),
        tiles.many("units", _failed_units(), words),
        tiles.many("families", aggregate("sum", value("regiowacht_agent_family_failing")), words),
    )


def _in_state(state: AssetState) -> str:
    return aggregate("sum", of_kind(f"{value(STATE)} == bool {int(state)}", matrix.SERVER))


def _failed_units() -> str:
    """Return how many services of servers failed: zero, not nothing, where none did."""
    return aggregate("sum", value("node_systemd_units", state="failed"))


def _timeline(words: Words) -> StateTimeline:
    return StateTimeline(
        key="timeline",
        queries=(Query(of_kind(value(STATE), matrix.SERVER), legend=WHERE),),
        mappings=(state_mapping(words.lang),),
    )


def _over_time(key: str, name: str, limit: str) -> TimeSeries:
    return TimeSeries(
        key=key,
        queries=(Query(str(value(name)), legend=WHERE),),
        unit="percentunit",
        minimum=0,
        maximum=1,
        shows_limits=True,
        steps=from_contract(limit),
    )
