"""Each red condition of Opslag en back-up: its fault turns the right panels red, and good health none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dashboards.faults.planted import always, declared, expected, scenes, series
from tests.dashboards.faults.stage import END_S, staged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.dashboards.faults.planted import Fault
    from tests.dashboards.faults.stage import Stage

pytestmark = pytest.mark.tools

DAY_S = 86_400
FILES = {"device": "/dev/sda1", "mountpoint": "/srv", "fstype": "ext4"}
DRIVE = {"disk": "/dev/sda", "type": "sat"}
SIZE, LEFT = 1e12, 4e11


def srv(name: str, /, **labels: str) -> str:
    return series(name, "srv-1", "node", **labels)


def filled(share: float) -> dict[str, str]:
    """A file system of which root keeps nothing back."""
    left = SIZE * (1 - share)
    return {
        srv("node_filesystem_size_bytes", **FILES): always(SIZE),
        srv("node_filesystem_free_bytes", **FILES): always(left),
        srv("node_filesystem_avail_bytes", **FILES): always(left),
        srv("node_filesystem_readonly", **FILES): always(0),
    }


FULLEST = srv("instance:node_filesystem_usage:max_ratio")
MADE = srv("regiowacht_backup_last_success_timestamp_seconds", backup="db")
COUNT = srv("regiowacht_backup_files", backup="db")
HEALTHY_DRIVE = srv("smartmon_device_smart_healthy", **DRIVE)
PENDING = srv("smartmon_current_pending_sector_raw_value", **DRIVE, smart_id="197")
NVME = srv("nvme_critical_warning", device="/dev/nvme0")
DEGRADED = srv("node_md_degraded", device="md0")
FAILED = srv("node_md_disks", device="md0", state="failed")
POOL = series("snmp_storage_usage_ratio", "nas-1", "snmp", index="1", name="Volume 1")
PART = series("snmp_component_state", "nas-1", "snmp", index="1", name="Disk 1", kind="disk")
FREE_C = series("windows_logical_disk_free_bytes", "win-1", "relay", volume="C:")

HEALTH = {
    **declared("srv-1", "server", "node"),
    **declared("nas-1", "storage", "snmp"),
    **declared("win-1", "server", "relay"),
    **filled(0.5),
    FULLEST: always(0.5),
    MADE: always(END_S - 6 * 3600),
    COUNT: always(7),
    srv("regiowacht_backup_size_bytes", backup="db"): always(4e9),
    HEALTHY_DRIVE: always(1),
    PENDING: always(0),
    NVME: always(0),
    DEGRADED: always(0),
    FAILED: always(0),
    POOL: always(0.5),
    PART: always(0),
    series("windows_logical_disk_size_bytes", "win-1", "relay", volume="C:"): always(SIZE),
    FREE_C: always(LEFT),
}
STORES, FILLING = "Vulgraad, volste eerst", "Loopt vol, vroegst eerst"
BACKUPS, DRIVES = "Back-ups, niet te zien en oudste eerst", "Schijven, ergste eerst"
ARRAYS = "RAID, wat ontbreekt eerst"
FULL = {"Volst", "Bijna vol", STORES}
FAULTS: dict[str, Fault] = {
    "full": ({**filled(0.95), FULLEST: always(0.95)}, {*FULL, FILLING, "Volste bestandssysteem per server"}),
    "four fifths full": ({**filled(0.85), FULLEST: always(0.85)}, set()),
    "filling": ({FULLEST: "0.5x10 0.5+0.005x49"}, {"Dagen tot vol", FILLING}),
    "a volume of Windows is full": ({FREE_C: always(SIZE * 0.04)}, FULL),
    "a storage device is full": ({POOL: always(0.93)}, FULL),
    "an old backup": ({MADE: always(END_S - 9 * DAY_S)}, {"Oudste back-up (dagen)", BACKUPS, "Ouderdom (dagen)"}),
    "a backup of the day before": ({MADE: always(END_S - 2 * DAY_S)}, set()),
    "no file": ({COUNT: always(0)}, {"Back-ups niet te zien", BACKUPS}),
    "a backup that cannot be read": (
        {srv("regiowacht_backup_problem_info", backup="db", reason="denied"): always(1)},
        {"Back-ups niet te zien", BACKUPS},
    ),
    "a drive fails its test": ({HEALTHY_DRIVE: always(0)}, {"Schijven die stuk gaan", DRIVES}),
    "a drive cannot read sectors": ({PENDING: always(120)}, {"Schijven die stuk gaan", DRIVES}),
    "an NVMe drive warns": ({NVME: always(4)}, {"Schijven die stuk gaan", DRIVES}),
    "an array misses a drive": ({DEGRADED: always(1)}, {"RAID mist een schijf", ARRAYS}),
    "a drive of an array failed": ({FAILED: always(1)}, {ARRAYS}),
    "a drive of a storage device failed": (
        {PART: always(2)},
        {"Opslagtoestel stuk", "Onderdelen van opslagtoestellen, ergste eerst"},
    ),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("opslag"), scenes(HEALTH, FAULTS)) as found:
        yield found


@pytest.mark.parametrize(("scene", "red"), expected(FAULTS))
def test_a_fault_turns_its_panels_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-opslag", scene) == red
