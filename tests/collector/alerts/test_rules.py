"""What alerts ask for exists: metrics, labels, thresholds, dashboards, each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

import pytest

from regiowacht_collector.alerts.behind import CUT_OFF, DOWN, UNREACHABLE
from regiowacht_collector.alerts.routing import WATCHDOG_ALERT
from regiowacht_collector.alerts.rule import KEY, alerts, expressions, rendered
from regiowacht_contract.catalogue import catalogue
from regiowacht_contract.labels import TARGET_LABELS
from regiowacht_contract.texts import Lang
from regiowacht_contract.thresholds import thresholds
from regiowacht_dashboards.boards import BOARDS, board

if TYPE_CHECKING:
    from regiowacht_collector.alerts.schema import AlertFile

NAMES = {one.alert for one in alerts()}
OF_THE_ENGINE = {"ALERTS"}
"""What Prometheus keeps of alerts by itself."""

KEYWORDS = {
    "and", "or", "unless", "on", "ignoring", "by", "without", "group_left", "group_right", "bool", "offset", "inf",
}  # fmt: skip
of_each = pytest.mark.parametrize("one", alerts(), ids=lambda one: one.alert)


def asked(expr: str) -> set[str]:
    """Return the names of metrics in an expression: words that are no keyword, no function and no label."""
    bare = re.sub(r'"[^"]*"|#.*', "", expr)
    bare = re.sub(r"\{[^{}]*\}|\[[^\]]*\]", "", bare)
    bare = re.sub(r"\b(on|by|without|ignoring|group_left|group_right)\s*\([^()]*\)", "", bare)
    bare = re.sub(r"\b\d[\w.]*(e[+-]?\d+)?", "", bare)
    return set(re.findall(r"[A-Za-z_:][A-Za-z0-9_:]*(?!\s*\(|[A-Za-z0-9_:])", bare)) - KEYWORDS


def fields(one: AlertFile) -> set[str]:
    """Return what the texts of an alert stand open for."""
    texts = [one.summary, one.means, one.call, *one.check]
    return {name for said in texts for lang in get_args(Lang) for name in re.findall(r"\{(\w+)\}", getattr(said, lang))}


@of_each
def test_it_asks_for_metrics_of_the_catalogue_alone(one: AlertFile) -> None:
    for expr, _ in expressions(one):
        assert asked(expr) <= set(catalogue()) | OF_THE_ENGINE


def test_a_name_that_is_none_would_be_seen() -> None:
    assert asked('sum by (gemeente) (rate(no_such_total{up="1"}[5m])) > 0.5 and on (instance) up == 1.5e+06') == {
        "no_such_total",
        "up",
    }


@of_each
def test_its_thresholds_are_the_contracts_and_every_one_is_filled_in(one: AlertFile) -> None:
    names = re.findall(r"\{(\w+)\.(?:warning|critical)\}", one.expr)
    assert set(names) <= set(thresholds())
    assert not any(re.search(r"\{\w+\.\w+\}", expr) for expr, _ in expressions(one))


@of_each
def test_it_leads_to_a_dashboard_there_is_with_variables_it_has(one: AlertFile) -> None:
    assert one.board.uid in BOARDS
    for lang in get_args(Lang):
        made = board(one.board.uid, lang)
        assert set(one.board.variables) <= {variable.name for variable in made.variables}


@of_each
def test_what_hides_it_is_an_alert_and_not_itself(one: AlertFile) -> None:
    assert set(one.hidden_by) <= NAMES - {one.alert}


@of_each
def test_only_the_summary_stands_open_and_for_what_the_alert_has(one: AlertFile) -> None:
    summary = {*re.findall(r"\{(\w+)\}", one.summary.nl), *re.findall(r"\{(\w+)\}", one.summary.en)}
    assert set(re.findall(r"\{(\w+)\}", one.summary.nl)) == set(re.findall(r"\{(\w+)\}", one.summary.en))
    assert fields(one) == summary
    assert "value" not in summary or one.value != "none"
    known = {*TARGET_LABELS, "kind", "laag", "leverancier", "value"} if one.about == "asset" else {"value"}
    fired = {name for example in one.examples for moment in example.moments for more in moment.fires for name in more}
    assert summary <= known | fired


@of_each
def test_it_says_what_to_check_in_sentences(one: AlertFile) -> None:
    assert one.check
    for said in (one.means, one.call, *one.check):
        assert said.nl[0].isupper() or said.nl.split()[0].isascii()
        assert said.nl != said.en


@of_each
def test_its_rules_have_what_every_alert_has(one: AlertFile) -> None:
    for rule in rendered(one):
        labels = rule["labels"]
        assert isinstance(labels, dict)
        assert labels["severity"] in {"warning", "critical"}
        if one.about != "asset":
            assert labels["laag"]
        if one.about == "region":
            assert labels["gemeente"] == "_regio"
            assert labels["scope"] == f"_regio/{one.laag}"
        if one.about == "gemeente":
            fired = [more for example in one.examples for moment in example.moments for more in moment.fires]
            assert all({"gemeente", "scope"} <= set(more) for more in fired)
    assert len({rule["for"] for rule in rendered(one)}) <= 2


def test_what_routes_and_inhibition_name_are_alerts() -> None:
    assert {*UNREACHABLE, *DOWN, *CUT_OFF, WATCHDOG_ALERT} <= NAMES
    assert set(DOWN) <= set(UNREACHABLE)
    assert {one.alert for one in alerts() if one.always} == {WATCHDOG_ALERT}


def test_what_waits_for_others_is_unreachable_and_about_an_asset() -> None:
    waiting = {one.alert for one in alerts() if one.for_behind}
    assert waiting <= set(UNREACHABLE)
    assert KEY == "gemeente, instance, job"
