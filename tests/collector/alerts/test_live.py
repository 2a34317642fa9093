"""The engine itself evaluates every alert without an error, and is asked how it fares."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_collector.alerts.rule import GROUP, GROUP_BEHIND, alerts
from regiowacht_inventory import example_path, load
from tests.collector.live import collecting, exporter, until, values
from tests.parts import need, need_peer

if TYPE_CHECKING:
    from regiowacht_collector import RunningCollector

pytestmark = pytest.mark.tools

PAGE = "\n".join(
    f'up{{gemeente="zandbeke",scope="zandbeke/{laag}",site="stadhuis",instance="{name}",job="{job}"}} {value}'
    for name, laag, job, value in (
        ("srv-files", "infrastructuur", "node", 1),
        ("rt-stadhuis", "connectiviteit", "snmp", 0),
        ("wan-1", "connectiviteit", "probe", 0),
        ("wan-2", "connectiviteit", "probe", 1),
    )
)


def rules(collector: RunningCollector) -> list[dict[str, Any]]:
    """Return every alerting rule as the engine tells of it."""
    with urllib.request.urlopen(f"{collector.url}/api/v1/rules?type=alert", timeout=10) as answer:
        groups = json.load(answer)["data"]["groups"]
    return [rule for group in groups if group["name"] in {GROUP, GROUP_BEHIND} for rule in group["rules"]]


@pytest.mark.parametrize("which", ["of the tests", "newest"])
def test_every_alert_is_evaluated_and_the_engine_tells_of_itself(which: str, tmp_path: Path) -> None:
    engine = Path(need("prometheus")) if which == "of the tests" else need_peer("prometheus").path
    with (
        exporter(PAGE + "\n") as (address, _),
        collecting(load(example_path()), tmp_path, engine=engine, carried=(address,)) as collector,
    ):
        until(lambda: len(values(collector, "regiowacht:asset_state")) > 3, collector)
        until(lambda: all(rule["health"] != "unknown" for rule in rules(collector)), collector)
        until(lambda: "engine" in values(collector, "prometheus_notifications_dropped_total"), collector)
        until(
            lambda: (
                values(collector, 'up{gemeente="_regio",instance=~"collector|engine"} == 1').keys()
                >= {"collector", "engine"}
            )
        )
        told = rules(collector)
        assert {rule["name"] for rule in told} == {one.alert for one in alerts()}
        assert [(rule["name"], rule.get("lastError")) for rule in told if rule["health"] != "ok"] == []
        assert {rule["name"] for rule in told if rule["state"] == "firing"} == {"Waakhond"}
        assert values(collector, "go_goroutines") == {}
