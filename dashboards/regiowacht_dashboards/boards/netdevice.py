"""Netwerkapparaat: one device from its state down to its ports, its parts and who is beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import not_regex
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import Stat
from regiowacht_dashboards.parts import alerts, components, device, neighbours, port_table, ports, tiles
from regiowacht_dashboards.parts.polled import polled
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, RED, no_value, state_mapping, value_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

NO_DEVICES = "server|link|service"
"""Kinds of assets that are asked otherwise than over SNMP."""


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``; it shows one device."""
    return Board(
        words=words,
        tags=("connectiviteit",),
        variables=variables.of_one_asset(kind=not_regex(NO_DEVICES)),
        links=(links.back("rw-regio", words),),
        sections=(
            Section(
                "",
                (
                    _tiles(words),
                    Line(3, ((24, device.identity(words)),)),
                    Line(11, ((24, port_table.table(words)),)),
                    Line(5, ((24, alerts.open_alerts(words)),)),
                ),
            ),
            Section(
                "ports-over-time",
                (
                    of_equal_width(9, ports.traffic(words), ports.usage_over_time(words)),
                    of_equal_width(
                        8, ports.errors_over_time(words), ports.drops_over_time(words), ports.states_over_time(words)
                    ),
                ),
            ),
            Section(
                "health",
                (
                    of_equal_width(
                        7,
                        device.cpu_over_time(),
                        device.memory_over_time(),
                        device.temperature_over_time(),
                    ),
                    Line(7, ((8, device.fans()), (16, components.components("parts", ".+", words)))),
                ),
            ),
            Section(
                "feeds",
                (
                    of_equal_width(
                        7, device.poe_supplies(words), device.poe_ports(), device.tunnels(), device.sessions()
                    ),
                ),
            ),
            Section("around", (Line(7, ((15, neighbours.neighbours(words)), (9, device.timeline(words)))),)),
        ),
    )


def _tiles(words: Words) -> Line:
    nothing = no_value(words.shared("not-measured"))
    return of_equal_width(
        4,
        Stat(
            key="state",
            queries=(Query(aggregate("max", value("regiowacht:asset_state"), *ASSET)),),
            mappings=(state_mapping(words.lang), nothing),
        ),
        tiles.worst("uptime", device.uptime(), words, limit="uptime", unit="dtdhms"),
        tiles.worst("cpu-now", device.cpu(), words, limit="cpu_usage"),
        tiles.worst("memory-now", device.memory(), words, limit="memory_usage"),
        tiles.worst("temperature-now", device.temperature(), words, limit="temperature", unit="celsius"),
        tiles.many("parts-critical", components.critical(".+"), words),
        polled(tiles.worst("errors-now", aggregate("max", ports.errors()), words, limit="port_errors", unit="pps")),
        Stat(
            key="poll",
            queries=(Query(aggregate("min", value("snmp_poll_success"), *ASSET)),),
            mappings=(
                value_mapping({1: (words.own("poll-whole"), GREEN), 0: (words.own("poll-not-whole"), RED)}),
                nothing,
            ),
        ),
    )
