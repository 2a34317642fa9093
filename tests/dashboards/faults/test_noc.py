"""Each red condition of the NOC-scherm: its fault turns the right tiles red, and good health none."""

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

NET = "connectiviteit"
ON_BATTERY = series("snmp_ups_on_battery", "ups-1", "snmp", index="0", name="Battery")
ALERT = 'ALERTS{alertname="LijnNeer",alertstate="firing",severity="critical",site="s",instance="wan-1",job="probe"}'

HEALTH = {
    **declared("wan-1", "link", "probe", NET),
    **declared("sw-1", "switch", "snmp", NET),
    **declared("srv-1", "server", "node"),
    **declared("ups-1", "ups", "snmp"),
    **{
        name: value
        for number in range(16)
        for name, value in declared(f"ap-{number}", "access_point", "snmp", NET).items()
    },
    ON_BATTERY: always(0),
}
EVERYTHING_DOWN = {name: always(1) for name in HEALTH if name.startswith("regiowacht:asset_state")}
FAULTS: dict[str, Fault] = {
    "a line": (declared("wan-1", "link", "probe", NET, state=1), {"Lijnen neer"}),
    "a switch": (declared("sw-1", "switch", "snmp", NET, state=1), {"Netwerk neer"}),
    "a server": (declared("srv-1", "server", "node", state=1), {"Servers neer"}),
    "a silent server": (declared("srv-1", "server", "node", state=2), set()),
    "never seen": (declared("srv-1", "server", "node", state=3), set()),
    "power": ({ON_BATTERY: always(1)}, {"Op batterij"}),
    "told": ({ALERT: always(1)}, {"Kritiek"}),
    "only a warning": ({ALERT.replace("critical", "warning"): always(1)}, set()),
    "all of it": (EVERYTHING_DOWN, {"Afgesneden", "Lijnen neer", "Netwerk neer", "Servers neer", "Bereikt"}),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("noc"), scenes(HEALTH, FAULTS)) as found:
        yield found


@pytest.mark.parametrize(("scene", "red"), expected(FAULTS))
def test_a_fault_turns_its_tiles_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-noc", scene) == red
