"""Backups, by the files that are declared for them: how old, how large, whether they can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table, TimeSeries
from regiowacht_dashboards.parts.tiles import DAY_S
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, RED, from_contract, value_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

BACKUP = "backup"
BY = (*ASSET, BACKUP)


def age_s() -> str:
    """Return how old the newest file of each backup is, in seconds."""
    return f"time() - {aggregate('max', value('regiowacht_backup_last_success_timestamp_seconds'), *BY)}"


def unseen(*more: str) -> str:
    """Return 1 for every backup without a file, or of which one cannot be seen; 0 for the others."""
    problem = f"max by ({', '.join((*BY, *more))}) ({value('regiowacht_backup_problem_info')})"
    return f"{problem} or on ({', '.join(BY)}) ({aggregate('max', value('regiowacht_backup_files'), *BY)} == bool 0)"


def unseen_count() -> str:
    """Return how many backups have no file or one that cannot be seen."""
    return aggregate("sum", unseen())


def backups(words: Words) -> Table:
    """Return every backup, those that cannot be seen first, then the oldest."""
    seen = value_mapping({0: (words.shared("backup-seen"), GREEN), 1: (words.shared("backup-unseen"), RED)})
    return Table(
        key="backups",
        queries=(
            Query(unseen()),
            Query(f"({age_s()}) / {DAY_S}"),
            Query(aggregate("max", value("regiowacht_backup_size_bytes"), *BY)),
            Query(aggregate("max", value("regiowacht_backup_files"), *BY)),
        ),
        columns=(
            Column(source="Value #A", title="seen", width=110, mappings=(seen,)),
            Column(source="Value #B", title="days-old", width=110, unit="short", decimals=1,
                   steps=from_contract("backup_age", DAY_S), blank=True),
            Column(source=BACKUP, title="backup"),
            Column(source="Value #C", title="size", width=100, unit="bytes", decimals=1, blank=True),
            Column(source="Value #D", title="files", width=90, unit="short", decimals=0, blank=True),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
        ),
        hidden=("site",),
        order=(("seen", True), ("days-old", True)),
    )  # fmt: skip


def ages() -> TimeSeries:
    """Return how old each backup was: a saw that falls at each one that is made."""
    return TimeSeries(
        key="ages",
        queries=(Query(f"({age_s()}) / {DAY_S}", legend="{{backup}} · {{instance}}"),),
        decimals=1,
        minimum=0,
        shows_limits=True,
        steps=from_contract("backup_age", DAY_S),
    )


def sizes() -> TimeSeries:
    """Return how large the newest file of each backup was."""
    size = aggregate("max", value("regiowacht_backup_size_bytes"), *BY)
    return TimeSeries(key="sizes", queries=(Query(size, legend="{{backup}} · {{instance}}"),), unit="bytes", minimum=0)
