"""UPS en omgeving: power that stays on, and the air around the equipment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import regex
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.parts import alerts, components, power, rooms, tiles
from regiowacht_dashboards.queries import aggregate, value

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

KINDS = "ups|pdu|sensor"


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("infrastructuur",),
        variables=variables.of_assets(kind=regex(KINDS)),
        links=(links.back("rw-regio", words), links.onward("rw-infrastructuur", words, "gemeente", "site")),
        sections=(
            Section(
                "",
                (
                    *_tiles(words),
                    Line(7, ((24, power.supplies(words)),)),
                    Line(
                        7, ((12, components.components("parts", KINDS, words)), (12, alerts.open_alerts(words, KINDS)))
                    ),
                ),
            ),
            Section(
                "batteries",
                (
                    Line(5, ((24, power.sources(words)),)),
                    of_equal_width(8, power.charge(), power.runtime(), power.load()),
                ),
            ),
            Section("air", (of_equal_width(8, rooms.rooms(), rooms.damp(), rooms.inside()),)),
            Section("outputs", (of_equal_width(8, power.watts(), power.amperes()),)),
        ),
    )


def _tiles(words: Words) -> tuple[Line, ...]:
    return tiles.lines(
        tiles.many("on-battery", tiles.holding(f"{value(power.ON_BATTERY)} == bool 1"), words),
        tiles.worst("least-charge", aggregate("min", value(power.CHARGE)), words, limit="ups_charge"),
        tiles.worst("least-runtime", aggregate("min", value(power.RUNTIME)), words, limit="ups_runtime", unit="s"),
        tiles.worst("most-load", aggregate("max", value(power.LOAD)), words, limit="ups_load"),
        tiles.many("parts-critical", components.critical(KINDS), words),
        tiles.worst(
            "warmest",
            aggregate("max", rooms.temperature(rooms.SENSORS)),
            words,
            limit="room_temperature",
            unit="celsius",
        ),
        tiles.worst("dampest", aggregate("max", rooms.humidity(rooms.SENSORS)), words, limit="room_humidity"),
        tiles.worst(
            "hottest-inside",
            aggregate("max", rooms.temperature(rooms.SUPPLIES)),
            words,
            limit="temperature",
            unit="celsius",
        ),
    )
