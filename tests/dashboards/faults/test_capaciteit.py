"""Each red condition of Capaciteit: its fault turns the right panels red, and good health none.

The hour that is planted is all of the 90 days that there is: what rises within it is used up soon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dashboards.faults.planted import always, declared, expected, scenes, series
from tests.dashboards.faults.stage import staged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.dashboards.faults.planted import Fault
    from tests.dashboards.faults.stage import Samples, Stage

pytestmark = pytest.mark.tools

RISES = "0.4x10 0.4+0.001x49"
"""Half full, and in some hours all full."""

PORTS = 24


def srv(name: str) -> str:
    return series(f"instance:node_{name}", "srv-1", "node")


LINE = series("instance:regiowacht_line_usage:p95_ratio_1h", "wan-1", "probe")
STORE, CPU = srv("filesystem_usage:avg_ratio_1h"), srv("cpu_usage:p95_ratio_1h")
MEMORY = srv("memory_usage:p95_ratio_1h")


def ports(free: int) -> Samples:
    """A switch, with a VLAN that is no port and always up."""
    told = {}
    for number in range(1, PORTS + 2):
        kind = "ethernetCsmacd" if number <= PORTS else "l2vlan"
        own = {"ifIndex": f"{number}", "ifName": f"{number}"}
        told[series("ifOperStatus", "sw-1", "snmp", **own)] = always(2 if number <= free else 1)
        told[series("ifType_info", "sw-1", "snmp", **own, ifType=kind)] = always(1)
    return told


HEALTH = {
    **declared("srv-1", "server", "node"),
    **declared("wan-1", "link", "probe", "connectiviteit"),
    **declared("sw-1", "switch", "snmp", "connectiviteit"),
    **ports(6),
    LINE: always(0.4),
    STORE: always(0.5),
    CPU: always(0.4),
    MEMORY: always(0.5),
}
FAULTS: dict[str, Fault] = {
    "a full line": ({LINE: always(0.95)}, {"Volste lijn", "Lijnen, volste eerst", "Lijnen, drukke uren per dag"}),
    "a line that fills": ({LINE: RISES}, {"Lijnen vol binnen 3 maanden", "Lijnen, volste eerst"}),
    "a line that empties": ({LINE: "0.6x10 0.6-0.001x49"}, set()),
    "a full disk": ({STORE: always(0.95)}, {"Schijven, volste eerst", "Schijven, per dag"}),
    "a disk that fills": ({STORE: RISES}, {"Schijven vol binnen 3 maanden", "Schijven, volste eerst"}),
    "memory that fills": ({MEMORY: RISES}, {"Geheugen op binnen 3 maanden", "Geheugen, volste eerst"}),
    "no memory": ({MEMORY: always(0.95)}, {"Geheugen, volste eerst", "Geheugen, drukke uren per dag"}),
    "a processor that fills": ({CPU: RISES}, {"Processor op binnen 3 maanden", "Processors, drukste eerst"}),
    "a busy processor": ({CPU: always(0.97)}, {"Processors, drukste eerst", "Processors, drukke uren per dag"}),
    "no port is free": (ports(0), {"Minste poorten vrij", "Switches, minste poorten vrij eerst"}),
    "two ports are free": (ports(2), set()),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("capaciteit"), scenes(HEALTH, FAULTS)) as found:
        yield found


@pytest.mark.parametrize(("scene", "red"), expected(FAULTS))
def test_a_fault_turns_its_panels_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-capaciteit", scene) == red
