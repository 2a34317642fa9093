"""A baseline that cannot be used says what is wrong with it, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_audit.judge.baseline import find_baseline, read_baseline
from regiowacht_contract.errors import Found, UsageError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'version: "1"\ntitle: {nl: Proef, en: Trial}\n'


def test_a_gemeente_names_its_servers() -> None:
    baseline = read_baseline("eigen", HEAD + "rules:\n  RW-TIM-01: {count: 1, allowed: [192.0.2.1]}\n", "eigen.yaml")
    assert baseline.params["RW-TIM-01"] == {"count": 1, "allowed": ["192.0.2.1"]}
    assert baseline.params["RW-LOG-01"] == {"count": 1, "allowed": []}


def test_a_rule_can_be_left_out() -> None:
    assert "RW-LAN-03" not in read_baseline("eigen", HEAD + "without: [RW-LAN-03]\n", "eigen.yaml").params


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("rules: {RW-TIM-1: {}}", "audit.baseline-rule"),
        ("without: [RW-XYZ-01]", "audit.baseline-rule"),
        ("rules: {RW-TIM-01: {counts: 1}}", "audit.baseline-param"),
        ("rules: {RW-TIM-01: {count: many}}", "audit.baseline-kind"),
        ("rules: {RW-TIM-01: {count: true}}", "audit.baseline-kind"),
        ("rulez: {}", "audit.baseline-invalid"),
        ("rules: {RW-TIM-01: [", "audit.baseline-yaml"),
        ("rules: 3", "audit.baseline-invalid"),
    ],
)
def test_mistakes_are_named(body: str, key: str) -> None:
    with pytest.raises(Found) as caught:
        read_baseline("eigen", HEAD + body, "eigen.yaml")
    assert caught.value.key == key
    assert "eigen.yaml" in caught.value.message("nl")


def test_an_unknown_one_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="minimal, recommended"):
        find_baseline("streng")
    with pytest.raises(UsageError, match="no such file"):
        find_baseline(str(tmp_path / "weg.yaml"))


def test_one_of_the_region_goes_before_one_of_the_product(tmp_path: Path) -> None:
    (tmp_path / "minimal.yml").write_text(HEAD.replace('"1"', '"7"'), encoding="utf-8")
    assert find_baseline("minimal", tmp_path).version == "7"
