"""What needs attention, from what was measured over the collector's own rules to the rows that people see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.texts import say
from regiowacht_dashboards.interpolation import expressions
from regiowacht_dashboards.leads import BY_KIND
from tests.collector.promtool import check_rules, expect, sample
from tests.dashboards.built import dashboard

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.tools

ALWAYS = "1x60"
LAST_SEEN = "1x8 stale"
LAGEN = {"server": "infrastructuur", "ups": "infrastructuur", "switch": "connectiviteit"}
KINDS = {"srv-files": "server", "sw-1": "switch", "sw-2": "switch", "ups-1": "ups"}


def _target(name: str) -> str:
    kind = KINDS[name]
    job = "node" if kind == "server" else "snmp"
    return f'gemeente="zandbeke",scope="zandbeke/{LAGEN[kind]}",site="stadhuis",instance="{name}",job="{job}"'


def _info(name: str) -> str:
    kind = KINDS[name]
    poller = "" if kind == "server" else "srv-files"
    about = f'kind="{kind}",laag="{LAGEN[kind]}",leverancier="telco-a",poller="{poller}"'
    return f"regiowacht_asset_info{{{_target(name)},{about}}}"


def _up(name: str) -> str:
    return f"up{{{_target(name)}}}"


def _row(name: str, state: int, waiting: int = 0) -> dict[str, object]:
    kind = KINDS[name]
    labels = f'{_target(name)},kind="{kind}",laag="{LAGEN[kind]}",leverancier="telco-a"'
    labels += f',waiting="{waiting}"' if waiting else ""
    labels += f',dashboard="{BY_KIND[kind]}"' if kind in BY_KIND else ""
    return sample(f"{{{labels}}}", state)


@pytest.mark.parametrize(
    ("series", "rows"),
    [
        pytest.param({}, [], id="all is well"),
        pytest.param(
            {"srv-files": "1x8 0x60", "sw-1": LAST_SEEN, "sw-2": LAST_SEEN, "ups-1": LAST_SEEN},
            [_row("srv-files", 1, 3)],
            id="the server is down",
        ),
        pytest.param(
            {"sw-1": LAST_SEEN, "sw-2": LAST_SEEN, "ups-1": LAST_SEEN},
            [_row("srv-files", 0, 3)],
            id="the server runs and asks nothing",
        ),
        pytest.param({"srv-files": "1x8 0x60"}, [_row("srv-files", 1)], id="the server is down and its standby asks"),
        pytest.param(
            {"srv-files": "1x8 0x60", "sw-1": "1x8 0x60", "sw-2": LAST_SEEN},
            [_row("srv-files", 1, 1), _row("sw-1", 1)],
            id="a standby asks some, of which one is down",
        ),
        pytest.param({"sw-1": LAST_SEEN}, [_row("sw-1", 2)], id="one device alone is silent"),
        pytest.param({"sw-1": "1x8 0x60"}, [_row("sw-1", 1)], id="one device is down"),
    ],
)
def test_the_rows_that_people_see(tmp_path: Path, series: dict[str, str], rows: list[dict[str, object]]) -> None:
    [expr] = [e for title, e in expressions(dashboard("rw-regio"), {}) if title == say("rw-regio.attention", "nl")]
    told = {_info(name): ALWAYS for name in KINDS} | {_up(name): series.get(name, ALWAYS) for name in KINDS}
    check_rules(tmp_path, told, [expect(expr, "8m", rows)])
