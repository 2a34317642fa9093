"""Opslag en back-up: what is full or soon will be, which drive fails, which backup is not made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import regex
from regiowacht_contract.thresholds import threshold
from regiowacht_dashboards import links, variables
from regiowacht_dashboards.board import Board
from regiowacht_dashboards.layout import Line, Section, of_equal_width
from regiowacht_dashboards.parts import backups, components, drives, stores, tiles
from regiowacht_dashboards.queries import aggregate

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

KINDS = "server|storage"
NEARLY = threshold("filesystem_usage").critical


def board(words: Words) -> Board:
    """Return the dashboard in the language of ``words``."""
    return Board(
        words=words,
        tags=("infrastructuur",),
        variables=variables.of_assets(kind=regex(KINDS)),
        links=(links.back("rw-regio", words), links.onward("rw-infrastructuur", words, "gemeente", "site")),
        sections=(
            Section("", (*_tiles(words), Line(9, ((13, stores.stores()), (11, stores.filling(words)))))),
            Section("backup", (Line(8, ((14, backups.backups(words)), (10, backups.ages()))),)),
            Section("health", (Line(8, ((15, drives.drives(words)), (9, drives.arrays()))),)),
            Section("devices", (Line(7, ((24, components.components("parts", "storage", words)),)),)),
            Section("course", (of_equal_width(9, stores.over_time(), backups.sizes()),)),
        ),
    )


def _tiles(words: Words) -> tuple[Line, ...]:
    return tiles.lines(
        tiles.worst("fullest", aggregate("max", stores.usage()), words, limit="filesystem_usage"),
        tiles.worst(
            "soonest-full",
            aggregate("min", stores.days_to_full()),
            words,
            limit="disk_full_in",
            unit="short",
            per=tiles.DAY_S,
            nothing="fills-nothing",
        ),
        tiles.worst(
            "oldest-backup",
            f"max({backups.age_s()}) / {tiles.DAY_S}",
            words,
            limit="backup_age",
            unit="short",
            per=tiles.DAY_S,
        ),
        tiles.many("unseen-backups", backups.unseen_count(), words),
        tiles.many("failing-drives", drives.failing(), words),
        tiles.many("degraded", drives.degraded(), words),
        tiles.many("parts-critical", components.critical("storage"), words),
        tiles.many("nearly-full", tiles.holding(f"({stores.usage()}) >= bool {NEARLY}"), words),
    )
