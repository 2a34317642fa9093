"""Each red condition of the meetketen: its fault turns the right panels red, and good health none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_dashboards.style import ORANGE
from tests.dashboards.faults.planted import always, declared, expected, scenes, series
from tests.dashboards.faults.stage import END_S, staged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.dashboards.faults.planted import Fault
    from tests.dashboards.faults.stage import Stage

pytestmark = pytest.mark.tools

OWN = 'instance="collector",job="regiowacht"'
FAILING = series("regiowacht_agent_family_failing", "srv-1", "node", collector="smartmon")
SPOOL = series("regiowacht_agent_spool_size_bytes", "srv-1", "node")
AGENT = series("regiowacht_agent_info", "srv-1", "node", version="0.1.0")
OLD_AGENT = series("regiowacht_agent_info", "srv-1", "node", version="0.0.9")
WAITING = series("regiowacht:poller_silent", "srv-1", "node", kind="server", laag="connectiviteit")
WROTE = f'regiowacht_gateway_last_write_timestamp_seconds{{server="srv-1",{OWN}}}'
REFUSED = f'regiowacht_gateway_refused_samples_total{{server="srv-1",reason="too-old",{OWN}}}'
ACTIVE = f"regiowacht_gateway_active_series{{{OWN}}}"
ENGINE = 'up{instance="engine",job="regiowacht"}'
FAILED = 'prometheus_rule_evaluation_failures_total{rule_group="a;state",instance="engine",job="regiowacht"}'
MISSED = FAILED.replace("evaluation_failures", "group_iterations_missed")

HEALTH = {
    **declared("srv-1", "server", "node"),
    FAILING: always(0),
    SPOOL: always(1e6),
    series("regiowacht_agent_spool_size_max_bytes", "srv-1", "node"): always(1e8),
    AGENT: always(1),
    WROTE: always(END_S - 10),
    REFUSED: always(0),
    ACTIVE: always(9000),
    f"regiowacht_gateway_active_series_limit{{{OWN}}}": always(100_000),
    f'regiowacht_collector_info{{version="0.1.0",{OWN}}}': always(1),
    f"up{{{OWN}}}": always(1),
    ENGINE: always(1),
    FAILED: always(0),
    MISSED: always(0),
}
FAULTS: dict[str, Fault] = {
    "a silent agent": (declared("srv-1", "server", "node", state=2), {"Agents stil"}),
    "a server that is down": (declared("srv-1", "server", "node", state=1), {"Agents"}),
    "who asks is silent": ({WAITING: always(7)}, {"Wachtend", "Wie niet meer bevraagt"}),
    "a full spool": ({SPOOL: always(9e7)}, {"Volste buffer", "Volste buffers", "Agents"}),
    "nobody writes": ({WROTE: always(END_S - 3600)}, {"Langst niet geschreven"}),
    "too many series": ({ACTIVE: always(99_000)}, {"Reeksen per gemeente"}),
    "the engine does not answer": ({ENGINE: always(0)}, {"Doelen faalt", "Doelen van de collector"}),
    "rules fail": ({FAILED: "0+2x60"}, {"Regels falen"}),
    "rules miss their turn": ({MISSED: "0+1x60"}, {"Regels falen"}),
    "a family fails": ({FAILING: always(1)}, set()),
    "samples are refused": ({REFUSED: "0+10x60"}, set()),
    "an old agent": ({AGENT: "_x60", OLD_AGENT: always(1)}, set()),
}
WARNED = {
    "a family fails": {"Meetfouten", "Agents", "Wat niet gemeten kan worden"},
    "samples are refused": {"Geweigerd", "Wat geweigerd wordt"},
    "an old agent": {"Andere versie"},
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("meten"), scenes(HEALTH, FAULTS)) as found:
        yield found


@pytest.mark.parametrize(("scene", "red"), expected(FAULTS))
def test_a_fault_turns_its_panels_red(scene: str, red: set[str], stage: Stage) -> None:
    assert stage.red("rw-meten", scene) == red


@pytest.mark.parametrize(("scene", "orange"), WARNED.items())
def test_what_can_wait_until_this_week_is_orange(scene: str, orange: set[str], stage: Stage) -> None:
    limits = {"Volste buffers", "Reeksen per gemeente"}
    shown = {title for title, colours in stage.colours("rw-meten", scene).items() if ORANGE in colours}
    assert shown - limits == orange
