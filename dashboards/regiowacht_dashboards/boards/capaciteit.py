"""Capaciteit: what is used up within months, so that it can be bought in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import regex
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.parts import free_ports, tiles, trends

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

KINDS = "server|link|switch"
LOOKS_BACK = "now-90d"


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    server = (links.by_row("rw-server", words),)
    return Board(
        words=words,
        tags=("connectiviteit", "infrastructuur"),
        variables=variables.of_assets(kind=regex(KINDS)),
        links=(links.back("rw-regio", words),),
        looks_back=LOOKS_BACK,
        sections=(
            Section(
                "",
                (
                    *_tiles(words),
                    of_equal_width(9, trends.LINES.table(), trends.STORES.table(server)),
                    of_equal_width(8, trends.MEMORY.table(server), trends.CPU.table(server)),
                    Line(6, ((24, free_ports.free_ports()),)),
                ),
            ),
            Section(
                "course",
                (
                    of_equal_width(8, trends.LINES.over_time(), trends.STORES.over_time()),
                    of_equal_width(8, trends.MEMORY.over_time(), trends.CPU.over_time()),
                ),
            ),
        ),
    )


def _tiles(words: Words) -> tuple[Line, ...]:
    return tiles.lines(
        tiles.many("lines-soon", trends.LINES.soon(), words),
        tiles.many("stores-soon", trends.STORES.soon(), words),
        tiles.many("memory-soon", trends.MEMORY.soon(), words),
        tiles.many("cpu-soon", trends.CPU.soon(), words),
        tiles.worst("fullest-line", f"max({trends.LINES.p95()})", words, limit="link_usage"),
        tiles.worst("fewest-ports", f"min({free_ports.share()})", words, limit="ports_free"),
    )
