"""One cause is one alert, of all that tell of what cannot be reached, whatever else is silent or down because of it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import yaml

from regiowacht_collector.alerts.behind import CUT_OFF, UNREACHABLE
from regiowacht_collector.alerts.example import ASSETS, INTERVAL_S, declared, target, written
from regiowacht_collector.alerts.rule import GROUP, GROUP_BEHIND
from regiowacht_collector.files import write_files
from regiowacht_collector.rule_files import rule_files
from regiowacht_collector.yaml_text import to_yaml
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.tools
FIRING = 'count by (alertname) (ALERTS{alertstate="firing"})'
UP, GONE, DOWN = "1x80", "1x20 _x60", "1x20 0x60"
ASKED = [name for name, told in ASSETS.items() if told.get("poller") == "srv-1"]
LATEST_S = 900
TOLD = {*UNREACHABLE, *CUT_OFF, "CollectorDoof", "DoelFaalt"}
RECORDED = ("state", "poller")


@dataclass(frozen=True, slots=True)
class Case:
    """What is up, gone or down, and which alert is to fire for it; ``push`` has servers send by themselves."""

    name: str
    fires: str
    up: Mapping[str, str]
    push: bool = True
    more: Mapping[str, str] = field(default_factory=dict)


def _elsewhere(up: str, count: int = 4) -> dict[str, str]:
    """Return servers of other gemeenten that send by themselves."""
    found = {}
    for number in range(count):
        labels = {"gemeente": f"g-{number}", "scope": f"g-{number}/infrastructuur", "site": "huis", "instance": "srv"}
        of = {**labels, "job": "node"}
        found[written("regiowacht_asset_info", {**of, "kind": "server", "laag": "infrastructuur"})] = "1x80"
        found[written("regiowacht_asset_push_interval_seconds", of)] = "15x80"
        found[written("up", of)] = up
    return found


ALL = dict.fromkeys(ASKED, UP)
CASES = (
    Case("a server that asks goes silent", "PollerStil", {"srv-1": GONE, "srv-2": UP, **dict.fromkeys(ALL, GONE)}),
    Case("the same, of a server that is read", "PollerStil", {"srv-1": DOWN, "srv-2": UP, **ALL}, push=False),
    Case("a server that asks nothing goes silent", "AssetStil", {"srv-1": UP, "srv-2": GONE, **ALL}),
    Case(
        "all servers of a site go silent",
        "SiteOnbereikbaar",
        {"srv-1": GONE, "srv-2": "1x21 _x59", **dict.fromkeys(ALL, GONE)},
    ),
    Case(
        "nothing is heard from anywhere",
        "CollectorDoof",
        {"srv-1": GONE, "srv-2": GONE, **dict.fromkeys(ALL, GONE)},
        more=_elsewhere(GONE),
    ),
    Case("a router falls, and all behind it", "AssetNeer", {"srv-1": UP, "srv-2": UP, **ALL, **dict.fromkeys(
        ["rt-1", "sw-1", "ups-1", "nas-1", "prn-1", "wan-1"], DOWN)}),
)  # fmt: skip


def _rules() -> dict[str, bytes]:
    """Return the alerts that tell of what cannot be reached, and what they ask for; the rest costs time."""
    files = rule_files()
    wanted = {f"rules/{name}.yml": files[f"rules/{name}.yml"] for name in RECORDED}
    for path in (f"rules/{GROUP}.yml", f"rules/{GROUP_BEHIND}.yml"):
        (group,) = yaml.safe_load(files[path])["groups"]
        rules = [rule for rule in group["rules"] if rule["alert"] in TOLD]
        wanted[path] = to_yaml({"groups": [{**group, "rules": rules}]})
    return wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_alert_fires_for_one_cause(case: Case, tmp_path: Path) -> None:
    write_files(_rules(), tmp_path)
    series = declared() | {written("up", target(name)): values for name, values in case.up.items()} | dict(case.more)
    if case.push:
        pushed = "regiowacht_asset_push_interval_seconds"
        series |= {written(pushed, target(name)): "15x80" for name in case.up}
    expected = [{"labels": f'{{alertname="{case.fires}"}}', "value": 1}]
    document: dict[str, object] = {
        "rule_files": ["rules/*.yml"],
        "evaluation_interval": f"{INTERVAL_S}s",
        "group_eval_order": [*RECORDED, GROUP, GROUP_BEHIND],
        "tests": [
            {
                "interval": f"{INTERVAL_S}s",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": [
                    {"expr": FIRING, "eval_time": f"{at_s}s", "exp_samples": expected if at_s >= 480 else []}
                    for at_s in (300, 375, 480, 600, LATEST_S)
                ],
            }
        ],
    }
    (tmp_path / "test.yml").write_bytes(to_yaml(document))
    asked = [str(need("promtool")), "test", "rules", "test.yml"]
    answer = subprocess.run(asked, cwd=tmp_path, capture_output=True, check=False)
    assert answer.returncode == 0, answer.stdout.decode() + answer.stderr.decode()
