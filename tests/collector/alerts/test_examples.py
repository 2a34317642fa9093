"""Every alert does what its examples say, as Prometheus itself sees it."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from regiowacht_collector.alerts.example import INTERVAL_S, as_test
from regiowacht_collector.alerts.rule import GROUP, GROUP_BEHIND, alert, alerts, expressions
from regiowacht_collector.files import write_files
from regiowacht_collector.rule_files import rule_files
from regiowacht_collector.rules import GROUPS
from regiowacht_collector.yaml_text import to_yaml
from tests.collector.promtool import only_needed, run_test
from tests.parts import need, need_peer

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_collector.alerts.schema import AlertFile

ORDER = [*(group.name for group in GROUPS), GROUP, GROUP_BEHIND]


@pytest.fixture(params=["of the tests", "newest"])
def promtool(request: pytest.FixtureRequest) -> str:
    """Return this Debian's promtool (2.42), then the newest."""
    if request.param == "of the tests":
        return str(need("promtool"))
    return str(need_peer("prometheus").path.with_name("promtool"))


@pytest.mark.tools
@pytest.mark.parametrize("one", alerts(), ids=lambda one: one.alert)
def test_it_fires_holds_its_tongue_and_resolves(one: AlertFile, promtool: str, tmp_path: Path) -> None:
    rules = _rules(one)
    write_files(rules, tmp_path)
    document: dict[str, object] = {
        "rule_files": ["rules/*.yml"],
        "evaluation_interval": "4m" if all(example.every == "4m" for example in one.examples) else f"{INTERVAL_S}s",
        "group_eval_order": [group for group in ORDER if f"rules/{group}.yml" in rules],
        "tests": [as_test(one, example) for example in one.examples],
    }
    run_test(tmp_path, document, promtool)


def _rules(one: AlertFile) -> dict[str, bytes]:
    """Return what it asks for: this alert, those whose state it asks for, and recording rules; the rest costs time."""
    files = rule_files()
    wanted = {one.alert, *re.findall(r'alertname="(\w+)"', one.expr)}
    told = {path: _of(files.pop(path), wanted) for path in (f"rules/{GROUP}.yml", f"rules/{GROUP_BEHIND}.yml")}
    asked = " ".join(expr for name in wanted for expr, _ in expressions(alert(name)))
    return only_needed(files, asked.replace("ALERTS", "")) | told


def _of(text: bytes, wanted: set[str]) -> bytes:
    """Return a file of alerts with those of these names alone."""
    (group,) = yaml.safe_load(text)["groups"]
    return to_yaml({"groups": [{**group, "rules": [rule for rule in group["rules"] if rule["alert"] in wanted]}]})


@pytest.mark.tools
def test_promtool_has_no_remark_on_any_file(promtool: str, tmp_path: Path) -> None:
    write_files(rule_files(), tmp_path)
    paths = sorted(rule_files())
    answer = subprocess.run([promtool, "check", "rules", *paths], cwd=tmp_path, capture_output=True, check=True)
    assert b"FAILED" not in answer.stdout + answer.stderr
