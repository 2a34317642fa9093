"""What stores files: file systems of servers, volumes of Windows, storage devices; how full, and how soon full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.promql import not_regex
from regiowacht_dashboards import links
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table, TimeSeries
from regiowacht_dashboards.parts.components import of_kind
from regiowacht_dashboards.parts.disks import filesystem_usage
from regiowacht_dashboards.parts.tiles import DAY_S
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import from_contract

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

FULLEST = "instance:node_filesystem_usage:max_ratio"
PLACE = "mountpoint"
"""Label that names a file system, a volume or a storage pool."""

VOLUMES = not_regex("HarddiskVolume.*|_Total")
"""Volumes of Windows (label ``volume``) that have a letter."""

PACE = "2d"
"""Over how long the pace is taken at which something fills: a single large copy is no trend."""

SLOWEST = 1e-8
"""Share a second below which nothing fills: less than a tenth in four months."""

WEEK_S = 7 * DAY_S


def usage() -> str:
    """Return how full each store is, 0 to 1, by asset and ``mountpoint``."""
    volumes = f"1 - {_windows('free')} / ({_windows('size')} > 0)"
    pools = of_kind(value("snmp_storage_usage_ratio"), "storage")
    return " or ".join(
        (
            aggregate("max", filesystem_usage(), *ASSET, PLACE),
            aggregate("max", _renamed(volumes, "volume"), *ASSET, PLACE),
            aggregate("max", _renamed(pools, "name"), *ASSET, PLACE),
        )
    )


def free() -> str:
    """Return how many bytes each store has left."""
    pools = f"{value('snmp_storage_size_bytes')} - {value('snmp_storage_used_bytes')}"
    return " or ".join(
        (
            aggregate("min", value("node_filesystem_avail_bytes"), *ASSET, PLACE),
            aggregate("min", _renamed(_windows("free"), "volume"), *ASSET, PLACE),
            aggregate("min", _renamed(of_kind(pools, "storage"), "name"), *ASSET, PLACE),
        )
    )


def _windows(what: str) -> str:
    return str(value(f"windows_logical_disk_{what}_bytes", volume=VOLUMES))


def _renamed(expr: str, label: str) -> str:
    return f'label_replace({expr}, "{PLACE}", "$1", "{label}", "(.+)")'


def days_to_full() -> str:
    """Return in how many days the fullest file system of each server is full at its pace; none where it does not fill.

    The figure that is recorded of each server is read, not every file system: two days of those are many samples.
    """
    pace = _worst(f"deriv({value(FULLEST)}[{PACE}])")
    return f"(1 - {_worst(value(FULLEST))}) / ({pace} > {SLOWEST:.0e}) / {DAY_S}"


def next_week() -> str:
    """Return how full the fullest file system of each server is in a week at its pace, at most full."""
    ahead = f"predict_linear({value(FULLEST)}[{PACE}], {WEEK_S})"
    return f"clamp({_worst(ahead)}, 0, 1)"


def _worst(expr: object) -> str:
    return aggregate("max", expr, *ASSET)


def stores() -> Table:
    """Return every store, the fullest first."""
    return Table(
        key="stores",
        queries=(Query(usage()), Query(f"{free()} and on (gemeente, site, instance, {PLACE}) ({usage()})")),
        columns=(
            Column(source="Value #A", title="full", width=150, unit="percentunit", decimals=0, bar=1,
                   steps=from_contract("filesystem_usage"), blank=True),
            Column(source="Value #B", title="left", width=100, unit="bytes", decimals=1, blank=True),
            Column(source=PLACE, title="store", width=140),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
        ),
        order=(("full", True),),
    )  # fmt: skip


def filling(words: Words) -> Table:
    """Return every server with how soon it is full, the soonest first; those that do not fill stand below."""
    return Table(
        key="filling",
        queries=(Query(days_to_full()), Query(_worst(value(FULLEST))), Query(next_week())),
        columns=(
            Column(source="Value #A", title="days-left", width=110, unit="short", decimals=1,
                   steps=from_contract("disk_full_in", DAY_S), blank=True),
            Column(source="Value #B", title="full-now", width=135, unit="percentunit", decimals=0, bar=1,
                   steps=from_contract("filesystem_usage"), blank=True),
            Column(source="Value #C", title="full-next-week", width=135, unit="percentunit", decimals=0, bar=1,
                   steps=from_contract("filesystem_usage"), blank=True),
            Column(source="instance", title="instance", links=(links.by_row("rw-server", words),)),
            Column(source="gemeente", title="gemeente"),
        ),
        hidden=("site",),
        order=(("full-next-week", True), ("full-now", True)),
    )  # fmt: skip


def over_time() -> TimeSeries:
    """Return how full the fullest file system of each server was."""
    return TimeSeries(
        key="over-time",
        queries=(Query(str(value(FULLEST)), legend="{{instance}} · {{gemeente}}"),),
        unit="percentunit",
        minimum=0,
        maximum=1,
        shows_limits=True,
        steps=from_contract("filesystem_usage"),
    )
