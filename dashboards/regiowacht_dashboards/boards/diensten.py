"""Basisdiensten: DNS, DHCP, time, web and certificates, which everything else leans on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import regex
from regiowacht_contract.states import AssetState
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.panels import Text
from regiowacht_dashboards.parts import certificates, clocks, daemons, probed, tiles
from regiowacht_dashboards.style import ORANGE

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

KINDS = "service|server"


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
                    Line(7, ((24, probed.services(words)),)),
                    Line(7, ((24, certificates.certificates(words)),)),
                ),
            ),
            Section("course", (Line(7, ((12, probed.timeline(words)), (12, probed.durations()))),)),
            Section(
                "names",
                (
                    Line(
                        7,
                        (
                            (8, probed.answers(words)),
                            (8, probed.phases("dns-phases", "probe_dns_duration_seconds")),
                            (8, probed.phases("http-phases", "probe_http_duration_seconds")),
                        ),
                    ),
                ),
            ),
            Section("time", (of_equal_width(8, clocks.clocks(words), clocks.told()),)),
            Section("programs", (Line(8, ((16, daemons.daemons(words)), (8, Text(key="not-here")))),)),
        ),
    )


def _tiles(words: Words) -> tuple[Line, ...]:
    return tiles.lines(
        tiles.many("down", probed.in_state(AssetState.NEER), words),
        tiles.many("silent", probed.in_state(AssetState.STIL), words, colour=ORANGE),
        tiles.many("wrong", probed.wrong_answers(), words),
        tiles.worst(
            "first-to-end",
            f"min({certificates.days_left()})",
            words,
            limit="certificate_left",
            unit="short",
            per=tiles.DAY_S,
        ),
        tiles.worst("most-off", f"max({clocks.offset()})", words, limit="clock_offset", unit="s"),
        tiles.many("fallen", daemons.fallen(), words),
    )
