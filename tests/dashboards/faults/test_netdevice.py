"""Netwerkapparaat and poort: each fault of a device turns the panels red that tell of it, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.texts import say
from tests.dashboards.faults.stage import Samples, Stage, staged

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.tools

DEVICE = 'scope="x",site="s",instance="sw-1",job="snmp"'
PORT = f'{DEVICE},ifIndex="1",ifName="1",ifDescr="Gi0/1",ifAlias="zaal"'
ALWAYS = "1x60"
GBIT_FULL = "0+7200000000x60"
"""Bytes by the minute: 960 Mbit/s."""


def series(name: str, labels: str = DEVICE) -> str:
    return f"{name}{{{labels}}}"


STATE = series("regiowacht:asset_state", f'{DEVICE},kind="switch",laag="connectiviteit"')
UPTIME = series("sysUpTime")
CPU = series("snmp_cpu_usage_ratio", f'{DEVICE},index="1",name="CPU"')
MEMORY = series("snmp_memory_usage_ratio", f'{DEVICE},index="1",name="RAM"')
WARMTH = series("snmp_temperature_celsius", f'{DEVICE},index="1",name="Chassis"')
FAN = series("snmp_component_state", f'{DEVICE},index="1",name="Fan 1",kind="fan"')
POLL = series("snmp_poll_success")

HEALTHY: Samples = {
    STATE: "0x60",
    series("regiowacht_asset_info", f'{DEVICE},kind="switch",laag="connectiviteit"'): ALWAYS,
    UPTIME: "200000000+6000x60",
    CPU: "0.2x60",
    MEMORY: "0.5x60",
    WARMTH: "40x60",
    FAN: "0x60",
    POLL: ALWAYS,
    series("ifAdminStatus", PORT): ALWAYS,
    series("ifOperStatus", PORT): ALWAYS,
    series("ifHighSpeed", PORT): "1000x60",
    series("ifHCInOctets", PORT): "0+6000000x60",
    series("ifHCOutOctets", PORT): "0+6000000x60",
    series("ifInErrors", PORT): "0x60",
    series("ifOutErrors", PORT): "0x60",
    series("ifInDiscards", PORT): "0x60",
    series("ifOutDiscards", PORT): "0x60",
}

FLAPS = " ".join(["1 2"] * 30 + ["1"])

FAULTS: dict[str, tuple[Samples, set[str], set[str]]] = {
    "neer": ({STATE: "0x30 1x29"}, {"state", "timeline"}, set()),
    "net herstart": ({UPTIME: "200000000x59 3000"}, {"uptime"}, set()),
    "processor vol": ({CPU: "0.2x30 0.97x29"}, {"cpu-now", "cpu-over-time"}, set()),
    "geheugen vol": ({MEMORY: "0.5x30 0.93x29"}, {"memory-now", "memory-over-time"}, set()),
    "te warm": ({WARMTH: "40x30 95x29"}, {"temperature-now", "temperature-over-time"}, set()),
    "ventilator stuk": ({FAN: "0x30 2x29"}, {"parts-critical", "parts"}, set()),
    "half bevraagd": ({POLL: "1x30 0x29"}, {"poll"}, set()),
    "poort vol": ({series("ifHCInOctets", PORT): GBIT_FULL}, {"ports", "usage"}, {"usage-in", "usage"}),
    "poort vol naar buiten": ({series("ifHCOutOctets", PORT): GBIT_FULL}, {"ports", "usage"}, {"usage-out", "usage"}),
    "poort met fouten": (
        {series("ifInErrors", PORT): "0+1200x60"},
        {"ports", "errors", "errors-now"},
        {"errors", "errors-now"},
    ),
    "poort verliest": ({series("ifOutDiscards", PORT): "0+9000x60"}, {"ports", "drops"}, {"drops", "drops-now"}),
    "poort knippert": ({series("ifOperStatus", PORT): FLAPS}, {"ports"}, {"changes"}),
    "laag eronder weg": (
        {series("ifOperStatus", PORT): "1x30 7x29"},
        {"ports", "port-states"},
        {"state", "port-states"},
    ),
}

NO_FAULTS: dict[str, Samples] = {
    "goed": {},
    "een losse sensor": {WARMTH: "127.5x60"},
    "er zit niets in de poort": {series("ifOperStatus", PORT): "2x60"},
    "de poort is uitgezet": {series("ifAdminStatus", PORT): "2x60", series("ifOperStatus", PORT): "2x60"},
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    scenes = {name: {**HEALTHY, **samples} for name, (samples, _, _) in FAULTS.items()}
    fine = {name: {**HEALTHY, **samples} for name, samples in NO_FAULTS.items()}
    with staged(tmp_path_factory.mktemp("netdevice"), {**fine, **scenes, "nooit gemeten": {}}) as found:
        yield found


def titles(uid: str, keys: set[str]) -> set[str]:
    return {say(f"{uid}.{key}", "nl") for key in keys}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_turns_its_own_panels_red(fault: str, stage: Stage) -> None:
    _, device, port = FAULTS[fault]
    assert stage.red("rw-netdevice", fault, site="s", instance="sw-1") == titles("rw-netdevice", device)
    assert stage.red("rw-poort", fault, site="s", instance="sw-1", port="1") == titles("rw-poort", port)


@pytest.mark.parametrize("scene", [*NO_FAULTS, "nooit gemeten"])
def test_what_is_well_or_not_measured_turns_none_red(scene: str, stage: Stage) -> None:
    assert stage.red("rw-netdevice", scene, site="s", instance="sw-1") == set()
    assert stage.red("rw-poort", scene, site="s", instance="sw-1", port="1") == set()
