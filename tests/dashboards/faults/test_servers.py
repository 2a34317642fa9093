"""Each red condition of Servers: its fault turns the right panels red, on Linux and Windows, and good health none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dashboards.faults.planted import always, declared, expected, scenes, series
from tests.dashboards.faults.stage import staged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.dashboards.faults.planted import Fault
    from tests.dashboards.faults.stage import Stage

pytestmark = pytest.mark.tools


def srv(name: str, /, **labels: str) -> str:
    return series(name, "srv-1", "node", **labels)


def win(name: str, **labels: str) -> str:
    return series(name, "win-1", "relay", **labels)


CPU, MEMORY = srv("instance:node_cpu_usage:ratio_rate5m"), srv("instance:node_memory_usage:ratio")
BUSY = srv("instance:node_disk_busy:max_ratio_rate5m")
LOAD = srv("node_load5")
FILES = {"device": "/dev/sda1", "mountpoint": "/", "fstype": "ext4"}
FREE, LEFT = (srv(f"node_filesystem_{what}_bytes", **FILES) for what in ("free", "avail"))
ERRORS = srv("node_network_receive_errs_total", device="eth0")
FAILED, FAMILY = srv("node_systemd_units", state="failed"), srv("regiowacht_agent_family_failing")
IDLE = win("windows_cpu_time_total", core="0,0", mode="idle")
AVAILABLE = win("windows_memory_available_bytes")
FREE_C = win("windows_logical_disk_free_bytes", volume="C:")
DISK_IDLE = win("windows_physical_disk_idle_seconds_total", disk="0")

HEALTH = {
    **declared("srv-1", "server", "node"),
    **declared("win-1", "server", "relay"),
    CPU: always(0.3),
    MEMORY: always(0.5),
    BUSY: always(0.2),
    LOAD: always(0.8),
    srv("node_cpu_seconds_total", cpu="0", mode="idle"): "0+40x60",
    srv("node_filesystem_size_bytes", **FILES): always(1e11),
    srv("node_filesystem_readonly", **FILES): always(0),
    FREE: always(5e10),
    LEFT: always(5e10),
    ERRORS: always(0),
    **{
        srv(f"node_network_{what}_total", device="eth0"): always(0)
        for what in ("receive_drop", "transmit_errs", "transmit_drop")
    },
    srv("node_reboot_required"): always(0),
    FAILED: always(0),
    FAMILY: always(0),
    IDLE: "0+50x60",
    win("windows_memory_physical_total_bytes"): always(1e10),
    AVAILABLE: always(5e9),
    win("windows_logical_disk_size_bytes", volume="C:"): always(1e11),
    FREE_C: always(5e10),
    DISK_IDLE: "0+55x60",
}
MATRIX = "Alle servers, ergste eerst"
FAULTS: dict[str, Fault] = {
    "down": (declared("srv-1", "server", "node", state=1), {"Neer", MATRIX, "Toestand van elke server"}),
    "silent": (declared("srv-1", "server", "node", state=2), set()),
    "never there": (declared("srv-1", "server", "node", state=3), set()),
    "a busy processor": ({CPU: always(0.97)}, {"Processor vol", MATRIX, "Processor"}),
    "a warm processor": ({CPU: always(0.9)}, set()),
    "no memory left": ({MEMORY: always(0.95)}, {"Geheugen vol", MATRIX, "Geheugen"}),
    "a busy disk": ({BUSY: always(0.95)}, {MATRIX, "Schijf bezet"}),
    "a queue": ({LOAD: always(2.5)}, {MATRIX}),
    "a full disk": ({FREE: always(4e9), LEFT: always(4e9)}, {"Schijf vol", MATRIX}),
    "a bad cable": ({ERRORS: "0+900x60"}, {MATRIX}),
    "a service failed": ({FAILED: always(1)}, {"Diensten gefaald"}),
    "a family fails": ({FAMILY: always(1)}, {"Meten faalt"}),
    "a restart waits": ({srv("node_reboot_required"): always(1)}, set()),
    "Windows: a busy processor": ({IDLE: "0+1x60"}, {"Processor vol", MATRIX}),
    "Windows: no memory left": ({AVAILABLE: always(5e8)}, {"Geheugen vol", MATRIX}),
    "Windows: a full volume": ({FREE_C: always(4e9)}, {"Schijf vol", MATRIX}),
    "Windows: a busy disk": ({DISK_IDLE: "0+1x60"}, {MATRIX}),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("servers"), scenes(HEALTH, FAULTS)) as found:
        yield found


@pytest.mark.parametrize(("scene", "red"), expected(FAULTS))
def test_a_fault_turns_its_panels_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-servers", scene, __rate_interval="5m") == red
