"""Each red condition of UPS en omgeving: its fault turns the right panels red, and good health none."""

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

BATTERY = {"index": "0", "name": "Battery"}
ROOM = {"index": "1", "name": "Serverruimte"}
ON_BATTERY = series("snmp_ups_on_battery", "ups-1", "snmp", **BATTERY)
CHARGE = series("snmp_ups_charge_ratio", "ups-1", "snmp", **BATTERY)
RUNTIME = series("snmp_ups_runtime_seconds", "ups-1", "snmp", **BATTERY)
LOAD = series("snmp_ups_load_ratio", "ups-1", "snmp", **BATTERY)
WARMTH = series("snmp_temperature_celsius", "temp-1", "snmp", **ROOM)
DAMP = series("snmp_humidity_ratio", "temp-1", "snmp", **ROOM)
INSIDE = series("snmp_temperature_celsius", "ups-1", "snmp", **BATTERY)
PART = series("snmp_component_state", "ups-1", "snmp", kind="battery", **BATTERY)

HEALTH = {
    **declared("ups-1", "ups", "snmp"),
    **declared("temp-1", "sensor", "snmp"),
    **declared("sw-1", "switch", "snmp", "connectiviteit"),
    ON_BATTERY: always(0),
    CHARGE: always(1),
    RUNTIME: always(2400),
    LOAD: always(0.3),
    WARMTH: always(22),
    DAMP: always(0.4),
    INSIDE: always(26),
    PART: always(0),
    # A switch is no room: it may be as warm as this, and its parts are another dashboard's.
    series("snmp_temperature_celsius", "sw-1", "snmp", index="1", name="Chassis"): always(58),
    series("snmp_component_state", "sw-1", "snmp", index="1", name="Fan 1", kind="fan"): always(2),
}
TABLE = "UPS'en, op batterij en leegste eerst"
FAULTS: dict[str, Fault] = {
    "on battery": ({ON_BATTERY: "0x30 1x29"}, {"Op batterij", TABLE, "Net of batterij"}),
    "it was on battery": ({ON_BATTERY: "0x40 1x5 0x13"}, {"Net of batterij"}),
    "empty": ({CHARGE: always(0.4)}, {"Laagste lading", TABLE, "Lading"}),
    "half empty": ({CHARGE: always(0.7)}, set()),
    "lasts four minutes": ({RUNTIME: always(240)}, {"Kortste looptijd", TABLE, "Looptijd"}),
    "overloaded": ({LOAD: always(0.97)}, {"Zwaarst belast", TABLE, "Belasting"}),
    "a worn battery": ({PART: always(2)}, {"Onderdelen stuk", "Onderdelen, ergste eerst"}),
    "a battery that is unknown": ({PART: always(3)}, set()),
    "cooling stands still": ({WARMTH: "22x20 22+1x39"}, {"Warmste ruimte", "Temperatuur in ruimtes"}),
    "a loose sensor": ({WARMTH: always(127)}, set()),
    "water": ({DAMP: always(0.9)}, {"Vochtigste ruimte", "Vochtigheid in ruimtes"}),
    "a hot battery": ({INSIDE: always(95)}, {"Warmste UPS of PDU", "Temperatuur in UPS en PDU"}),
    "silent": (declared("ups-1", "ups", "snmp", state=2), set()),
    "down": (declared("ups-1", "ups", "snmp", state=1), {TABLE}),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("ups"), scenes(HEALTH, FAULTS)) as found:
        yield found


@pytest.mark.parametrize(("scene", "red"), expected(FAULTS))
def test_a_fault_turns_its_panels_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-ups", scene) == red
