"""Each red condition of Gemeente: its fault turns the right panels red, and good health none."""

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

NET, DAY_S = "connectiviteit", 86_400
BATTERY = {"index": "0", "name": "Battery"}
ON_BATTERY = series("snmp_ups_on_battery", "ups-1", "snmp", **BATTERY)
CHARGE = series("snmp_ups_charge_ratio", "ups-1", "snmp", **BATTERY)
RUNTIME = series("snmp_ups_runtime_seconds", "ups-1", "snmp", **BATTERY)
DISK = series("instance:node_filesystem_usage:max_ratio", "srv-1", "node")
MEMORY = series("instance:node_memory_usage:ratio", "srv-1", "node")
CPU = series("instance:node_cpu_usage:ratio_rate5m", "srv-1", "node")
RTT = series("probe_icmp_duration_seconds", "wan-1", "probe", phase="rtt")
SCORE = series("regiowacht_audit_score_ratio", "sw-1", "audit")
CRITICAL = series("regiowacht_audit_findings", "sw-1", "audit", severity="critical")
AUDITED = series("regiowacht_audit_last_success_timestamp_seconds", "sw-1", "audit")

HEALTH = {
    **declared("wan-1", "link", "probe", NET),
    **declared("sw-1", "switch", "snmp", NET),
    **declared("ap-1", "access_point", "snmp", NET),
    **declared("srv-1", "server", "node"),
    **declared("ups-1", "ups", "snmp"),
    ON_BATTERY: always(0),
    CHARGE: always(1),
    RUNTIME: always(2400),
    DISK: always(0.4),
    MEMORY: always(0.4),
    CPU: always(0.4),
    RTT: always(0.01),
    SCORE: always(0.95),
    CRITICAL: always(0),
    AUDITED: always(END_S - DAY_S),
}
STATES = "Slechtste toestand per site"
DOWN = {"Wat aandacht vraagt", "Sites", STATES}
ALL_DOWN = {name: always(1) for name in HEALTH if name.startswith("regiowacht:asset_state")}
BACK_AGAIN = {name: "0x10 1x20 0x28" for name in HEALTH if name.startswith("regiowacht:asset_state") and "ap-1" in name}

FAULTS: dict[str, Fault] = {
    "a line": (declared("wan-1", "link", "probe", NET, state=1), {*DOWN, "Lijnen neer", "Lijnen"}),
    "a switch": (declared("sw-1", "switch", "snmp", NET, state=1), {*DOWN, "Netwerk neer"}),
    "an access point": (declared("ap-1", "access_point", "snmp", NET, state=1), {*DOWN, "AP's neer"}),
    "it was gone": (BACK_AGAIN, {STATES}),
    "a server": (declared("srv-1", "server", "node", state=1), {*DOWN, "Servers neer"}),
    "never seen": (declared("srv-1", "server", "node", state=3), set()),
    "a site": (
        ALL_DOWN,
        {*DOWN, "Afgesneden", "Lijnen neer", "Lijnen", "Netwerk neer", "AP's neer", "Servers neer"},
    ),
    "a full disk": ({DISK: always(0.95)}, {"Volste schijf", "Servers"}),
    "no memory left": ({MEMORY: always(0.95)}, {"Servers"}),
    "a busy processor": ({CPU: always(0.97)}, {"Servers"}),
    "power": ({ON_BATTERY: always(1)}, {"Op batterij", "UPS"}),
    "a weak battery": ({RUNTIME: always(120)}, {"UPS"}),
    "a slow line": ({RTT: always(0.3)}, {"Lijnen"}),
    "a bad configuration": ({SCORE: always(0.5), CRITICAL: always(2)}, {"Laagste audit", "Audit"}),
    "an old audit": ({AUDITED: always(END_S - 40 * DAY_S)}, {"Audit"}),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("gemeente"), scenes(HEALTH, FAULTS)) as found:
        yield found


@pytest.mark.parametrize(("scene", "red"), expected(FAULTS))
def test_a_fault_turns_its_panels_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-gemeente", scene) == red
