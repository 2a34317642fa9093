"""The metrics are an exposition that Prometheus' own parser reads, and the score is what the weights say."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from regiowacht_audit.judge.finding import Finding
from regiowacht_audit.outcome import exit_code
from regiowacht_audit.report.metrics import FINDINGS, SCORE, SUCCESS, run_as_metrics
from regiowacht_audit.report.score import WEIGHTS, score
from regiowacht_contract.catalogue import catalogue
from tests.audit.report.samples import CANARY, judged, unread

NOW_S = 1_767_225_600.4


def samples(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(text):
        assert family.type == catalogue()[family.name].kind
        assert family.documentation == catalogue()[family.name].help
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def test_every_judged_device_has_its_findings_score_and_time() -> None:
    device = judged()
    assert device.judged is not None
    failed = [str(one.severity) for one in device.judged.findings if one.status == "fail"]
    got = samples(run_as_metrics([device, unread()], NOW_S))
    of = {"gemeente": "zandbeke", "instance": "sw-1", "job": "audit"}
    assert {labels["severity"]: value for labels, value in got[FINDINGS]} == {
        severity: failed.count(severity) for severity in WEIGHTS
    }
    ((labels, value),) = got[SCORE]
    assert labels == of
    assert value == pytest.approx(score(device.judged.findings), abs=1e-4)
    assert got[SUCCESS] == [(of, 1_767_225_600)]


def test_a_device_that_was_not_read_leaves_its_old_time_alone() -> None:
    assert run_as_metrics([unread()], NOW_S) == ""


def test_a_name_cannot_end_its_label() -> None:
    ((labels, _value),) = samples(run_as_metrics([judged(device='a"} 1\n\\x')], NOW_S))[SUCCESS]
    assert labels["instance"] == 'a"} 1\n\\x'


def test_no_configuration_is_in_them() -> None:
    text = run_as_metrics([judged()], NOW_S)
    assert CANARY not in text
    assert "hostname" not in text


def finding(severity: str, status: str) -> Finding:
    return Finding("RW-ACC-01", severity, status, (), ())  # type: ignore[arg-type]


def test_the_score_is_the_weight_of_what_is_in_order() -> None:
    assert score([finding("critical", "pass"), finding("low", "fail")]) == pytest.approx(10 / 11)
    assert score([finding("low", "pass"), finding("critical", "fail")]) == pytest.approx(1 / 11)
    assert score([finding("high", "pass"), finding("high", "n/a")]) == 1
    assert score([finding("high", "n/a")]) is None
    assert score([]) is None


def test_the_exit_code_is_that_of_the_gravest() -> None:
    assert exit_code([]) == 0
    assert exit_code([judged()]) == 1
    assert exit_code([judged(), unread()]) == 3
    assert exit_code([unread()]) == 3
