"""The drives below the file systems: what they say of their own health, and the arrays they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.thresholds import threshold
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import GREEN, ORANGE, RED, from_contract, from_one, value_mapping

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

DISK = "disk"


def verdict() -> str:
    """Return 2 for every drive that fails its own test or warns, 1 where sectors cannot be read, 0 where all is well.

    What several figures say of one drive is told apart by a label ``reason`` until the worst is taken.
    """
    pending = value("smartmon_current_pending_sector_raw_value")
    warns = f"{value('nvme_critical_warning')} > bool 0"
    spare = f"{value('nvme_available_spare_ratio')} < bool {value('nvme_available_spare_threshold_ratio')}"
    judged = (
        f"2 * ({value('smartmon_device_smart_healthy')} == bool 0)",
        f"({pending} > bool {threshold('pending_sectors').warning})",
        f"2 * ({_nvme(warns)})",
        f"2 * ({_nvme(spare)})",
    )
    return aggregate("max", " or ".join(_numbered(expr, index) for index, expr in enumerate(judged)), *ASSET, DISK)


def _nvme(expr: str) -> str:
    return f'label_replace({expr}, "{DISK}", "$1", "device", "(.+)")'


def _numbered(expr: str, index: int) -> str:
    """Return an expression with a label of its own, so that ``or`` keeps what several say of one drive."""
    return f'label_replace({expr}, "reason", "{index}", "", "")'


def failing() -> str:
    """Return how many drives fail their own test or cannot read sectors."""
    return aggregate("sum", f"({verdict()}) > bool 0")


def drives(words: Words) -> Table:
    """Return every drive with what it says of itself, the worst first."""
    shown = value_mapping(
        {
            0: (words.shared("component-ok"), GREEN),
            1: (words.shared("component-warning"), ORANGE),
            2: (words.shared("drive-fails"), RED),
        }
    )
    warmth = f"{value('smartmon_temperature_celsius_raw_value')} or {_nvme(str(value('nvme_temperature_celsius')))}"
    pending = value("smartmon_current_pending_sector_raw_value")
    return Table(
        key="drives",
        queries=(
            Query(verdict()),
            Query(aggregate("max", pending, *ASSET, DISK)),
            Query(aggregate("max", value("smartmon_reallocated_sector_ct_raw_value"), *ASSET, DISK)),
            Query(aggregate("max", _nvme(str(value("nvme_percentage_used_ratio"))), *ASSET, DISK)),
            Query(aggregate("max", warmth, *ASSET, DISK)),
        ),
        columns=(
            Column(source="Value #A", title="state", width=110, mappings=(shown,)),
            Column(source=DISK, title="drive"),
            Column(source="Value #B", title="pending", width=120, unit="short", decimals=0,
                   steps=from_contract("pending_sectors"), blank=True),
            Column(source="Value #C", title="reallocated", width=110, unit="short", decimals=0, blank=True),
            Column(source="Value #D", title="worn", width=90, unit="percentunit", decimals=0, blank=True),
            Column(source="Value #E", title="temperature", width=105, unit="celsius", decimals=0, blank=True),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
        ),
        hidden=("site",),
        order=(("state", True), ("pending", True)),
    )  # fmt: skip


def degraded() -> str:
    """Return how many arrays miss a drive."""
    return aggregate("sum", f"{value('node_md_degraded')} > bool 0")


def arrays() -> Table:
    """Return every array of drives, those that miss one first."""
    synced = f"{value('node_md_blocks_synced')} / ({value('node_md_blocks')} > 0)"
    return Table(
        key="arrays",
        queries=(
            Query(aggregate("max", value("node_md_degraded"), *ASSET, "device")),
            Query(aggregate("max", value("node_md_disks", state="failed"), *ASSET, "device")),
            Query(aggregate("min", synced, *ASSET, "device")),
        ),
        columns=(
            Column(
                source="Value #A", title="missing", width=110, unit="short", decimals=0, steps=from_one(RED), blank=True
            ),
            Column(
                source="Value #B", title="failed", width=70, unit="short", decimals=0, steps=from_one(RED), blank=True
            ),
            Column(source="Value #C", title="synced", width=75, unit="percentunit", decimals=0, blank=True),
            Column(source="device", title="array", width=65),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
        ),
        hidden=("site",),
        order=(("missing", True), ("failed", True)),
    )
