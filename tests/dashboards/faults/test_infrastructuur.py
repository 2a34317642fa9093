"""Each red condition of Infrastructuur: its fault turns the right panels red, and good health none."""

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


def srv(name: str, /, **labels: str) -> str:
    return series(name, "srv-1", "node", **labels)


ON_BATTERY = series("snmp_ups_on_battery", "ups-1", "snmp", index="0", name="Battery")
POOL = series("snmp_storage_usage_ratio", "nas-1", "snmp", index="1", name="Volume 1")
DRIVE = srv("smartmon_device_smart_healthy", disk="/dev/sda", type="sat")
MADE, COUNT = (srv(f"regiowacht_backup_{what}", backup="db") for what in ("last_success_timestamp_seconds", "files"))
ENDS = series("probe_ssl_earliest_cert_expiry", "web", "probe")
REACHED = 'gemeente:regiowacht_assets:reached_ratio{laag="infrastructuur"}'

HEALTH = {
    **declared("srv-1", "server", "node"),
    **declared("web", "service", "probe"),
    **declared("ups-1", "ups", "snmp"),
    **declared("nas-1", "storage", "snmp"),
    # The other laag has its own dashboard.
    **declared("sw-1", "switch", "snmp", "connectiviteit", state=1),
    ON_BATTERY: always(0),
    POOL: always(0.4),
    DRIVE: always(1),
    MADE: always(END_S - 3600),
    COUNT: always(7),
    ENDS: always(END_S + 200 * DAY_S),
    REACHED: always(1),
}
TABLE, BACKUPS, STATES = "Per gemeente", "Back-ups weg of te oud", "Slechtste toestand per gemeente"
ATTENTION = "Wat aandacht vraagt"
FAULTS: dict[str, Fault] = {
    "a server is down": (declared("srv-1", "server", "node", state=1), {"Servers neer", TABLE, STATES, ATTENTION}),
    "a service is down": (declared("web", "service", "probe", state=1), {"Diensten neer", TABLE, STATES, ATTENTION}),
    "a UPS is down": (declared("ups-1", "ups", "snmp", state=1), {STATES, ATTENTION}),
    "a server is silent": (declared("srv-1", "server", "node", state=2), set()),
    "a server was never there": (declared("srv-1", "server", "node", state=3), set()),
    "on battery": ({ON_BATTERY: always(1)}, {"Op batterij", TABLE}),
    "a full disk": ({POOL: always(0.95)}, {"Schijf vol", TABLE}),
    "a drive fails": ({DRIVE: always(0)}, {"Schijven stuk"}),
    "an old backup": ({MADE: always(END_S - 9 * DAY_S)}, {BACKUPS}),
    "no backup": ({COUNT: always(0)}, {BACKUPS, TABLE}),
    "a certificate ends": ({ENDS: always(END_S + DAY_S)}, {"Eerste certificaat (dagen)"}),
    "a sixth is gone": ({REACHED: always(0.83)}, {"Bereikt per gemeente"}),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("infrastructuur"), scenes(HEALTH, FAULTS)) as found:
        yield found


@pytest.mark.parametrize(("scene", "red"), expected(FAULTS))
def test_a_fault_turns_its_panels_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-infrastructuur", scene) == red
