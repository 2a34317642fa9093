"""Each red condition of Basisdiensten: its fault turns the right panels red, and good health none."""

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


def web(name: str, /, **labels: str) -> str:
    return series(name, "web", "probe", **labels)


def dns(name: str, /, **labels: str) -> str:
    return series(name, "dns", "probe", **labels)


def srv(name: str, /, **labels: str) -> str:
    return series(name, "srv-1", "node", **labels)


ENDS = web("probe_ssl_earliest_cert_expiry")
STATUS, ANSWER = web("probe_http_status_code"), dns("probe_dns_query_succeeded")
FILE = srv("x509_cert_not_after", filepath="/etc/ssl/a.pem")
OFFSET = srv("node_timex_offset_seconds")
ERROR, SYNC = srv("node_timex_maxerror_seconds"), srv("node_timex_sync_status")
UNIT = {"name": "kea-dhcp4-server.service", "type": "notify"}
ACTIVE, FAILED = (srv("node_systemd_unit_state", state=state, **UNIT) for state in ("active", "failed"))
RUNS, STOPPED = (
    series("windows_service_state", "win-1", "relay", name="DHCPServer", state=state)
    for state in ("running", "stopped")
)

HEALTH = {
    **declared("web", "service", "probe"),
    **declared("dns", "service", "probe"),
    **declared("srv-1", "server", "node"),
    **declared("win-1", "server", "relay"),
    web("probe_success"): always(1),
    dns("probe_success"): always(1),
    web("probe_duration_seconds"): always(0.2),
    dns("probe_duration_seconds"): always(0.01),
    STATUS: always(200),
    ANSWER: always(1),
    ENDS: always(END_S + 200 * DAY_S),
    FILE: always(END_S + 100 * DAY_S),
    OFFSET: always(0.0001),
    ERROR: always(0.01),
    SYNC: always(1),
    ACTIVE: always(1),
    FAILED: always(0),
    RUNS: always(1),
    STOPPED: always(0),
    # A service that is none of these may fail: the dashboard of servers says so.
    srv("node_systemd_unit_state", name="nginx.service", type="forking", state="failed"): always(1),
}
SERVICES, CERTIFICATES = "Diensten, neer en traagste eerst", "Certificaten, eerst wat afloopt"
CLOCKS, DAEMONS = "Klokken van servers, meest afwijkend eerst", "DNS, DHCP, tijd en aanmelding op servers"
FAULTS: dict[str, Fault] = {
    "a service is down": (declared("web", "service", "probe", state=1), {"Neer", SERVICES, "Toestand van elke dienst"}),
    "a service is silent": (declared("web", "service", "probe", state=2), set()),
    "a page that is gone": ({STATUS: always(404)}, {"Antwoordt fout"}),
    "a redirect": ({STATUS: always(302)}, set()),
    "a wrong DNS answer": ({ANSWER: always(0)}, {"Antwoordt fout", "DNS-antwoorden"}),
    "a certificate ends": (
        {ENDS: always(END_S + 2 * DAY_S)},
        {"Eerste certificaat (dagen)", SERVICES, CERTIFICATES},
    ),
    "a certificate in a file ended": ({FILE: always(END_S - DAY_S)}, {"Eerste certificaat (dagen)", CERTIFICATES}),
    "a certificate of two weeks": ({ENDS: always(END_S + 14 * DAY_S)}, set()),
    "a clock is off": ({OFFSET: always(-8)}, {"Klok die het meest afwijkt", CLOCKS}),
    "nobody sets a clock": ({ERROR: always(16), SYNC: always(0)}, {CLOCKS}),
    "DHCP failed": ({ACTIVE: always(0), FAILED: always(1)}, {"Programma's gestopt", DAEMONS}),
    "DHCP of Windows stopped": ({RUNS: always(0), STOPPED: always(1)}, {"Programma's gestopt", DAEMONS}),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("diensten"), scenes(HEALTH, FAULTS)) as found:
        yield found


@pytest.mark.parametrize(("scene", "red"), expected(FAULTS))
def test_a_fault_turns_its_panels_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-diensten", scene) == red
