"""Each red condition of Configuratie-audit: its fault turns the right panels red, and good health none."""

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
SCORE = series("regiowacht_audit_score_ratio", "fw-1", "audit")
OTHER = series("regiowacht_audit_score_ratio", "sw-1", "audit")
AUDITED = series("regiowacht_audit_last_success_timestamp_seconds", "fw-1", "audit")


def findings(severity: str) -> str:
    return series("regiowacht_audit_findings", "fw-1", "audit", severity=severity)


HEALTH = {
    **declared("fw-1", "firewall", "snmp", NET),
    **declared("sw-1", "switch", "snmp", NET),
    SCORE: always(0.95),
    OTHER: always(0.97),
    AUDITED: always(END_S - DAY_S),
    **{findings(severity): always(0) for severity in ("critical", "high", "medium", "low")},
}
AVERAGES = {"Gemiddelde score", "Gemiddelde score per gemeente", "Verloop van de scores"}
FAULTS: dict[str, Fault] = {
    "a critical finding": ({findings("critical"): always(1)}, {"Kritieke bevindingen", "Toestellen"}),
    "a high finding": ({findings("high"): always(4)}, set()),
    "one bad device": ({SCORE: always(0.6)}, {"Laagste score", "Toestellen"}),
    "one bad device, told once an hour ago": ({SCORE: "0.6 _x59"}, {"Laagste score", "Toestellen"}),
    "a critical finding, told once an hour ago": (
        {findings("critical"): "1 _x59"},
        {"Kritieke bevindingen", "Toestellen"},
    ),
    "a score that fell within a week": ({SCORE: "8d:0.95 0.75 _x59"}, {"Meest gezakt (7 d)", "Toestellen"}),
    "a score that fell longer ago": ({SCORE: "30d:0.95 8d:0.75 0.75 _x59"}, set()),
    "a score that rose": ({SCORE: "8d:0.75 0.95 _x59"}, set()),
    "all bad": ({SCORE: always(0.5), OTHER: always(0.6)}, {"Laagste score", "Toestellen", *AVERAGES}),
    "not looked at for weeks": ({AUDITED: always(END_S - 40 * DAY_S)}, {"Toestellen", "Langst niet nagekeken"}),
    "never looked at": ({SCORE: "_x60", OTHER: "_x60", AUDITED: "_x60"}, set()),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("audit"), scenes(HEALTH, FAULTS)) as found:
        yield found


@pytest.mark.parametrize(("scene", "red"), expected(FAULTS))
def test_a_fault_turns_its_panels_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-audit", scene) == red
