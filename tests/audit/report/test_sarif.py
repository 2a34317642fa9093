"""The SARIF log holds what SARIF 2.1.0 (OASIS, sections 3.13 to 3.49) asks of it, and places every finding."""

from __future__ import annotations

import json
from urllib.parse import unquote

from regiowacht_audit.judge.rule import rules
from regiowacht_audit.report.sarif import run_as_sarif
from tests.audit.report.samples import CANARY, judged, unread


def log(*outcomes: object, lang: str = "en") -> dict:  # type: ignore[type-arg]  # JSON
    made = run_as_sarif(outcomes, "0.1.0", lang)  # type: ignore[arg-type]
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]


def test_it_says_what_it_is_and_who_made_it() -> None:
    made = log(judged())
    assert made["version"] == "2.1.0"
    (run,) = made["runs"]
    assert run["tool"]["driver"]["name"] == "regiowacht"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in rules()]
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}


def test_every_result_names_a_rule_that_is_there_and_what_came_of_it() -> None:
    (run,) = log(judged())["runs"]
    assert len(run["results"]) == len(list(rules()))
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["kind"] in {"pass", "fail", "notApplicable"}
        # Section 3.27.10: a kind other than "fail" has no level but "none".
        assert (result["level"] == "none") == (result["kind"] != "fail")
        assert result["level"] in {"none", "note", "warning", "error"}
    assert {result["kind"] for result in run["results"]} == {"pass", "fail", "notApplicable"}


def test_places_are_rows_of_the_kept_configuration() -> None:
    device = judged()
    rows = device.text.split("\n")
    (run,) = log(device)["runs"]
    seen = 0
    for result in run["results"]:
        for place in result["locations"]:
            physical = place["physicalLocation"]
            assert physical["artifactLocation"]["uri"] == "zandbeke/sw-1.cfg"
            if "region" in physical:
                assert physical["region"]["snippet"]["text"] == rows[physical["region"]["startLine"] - 1]
                seen += 1
    assert seen > 5
    assert CANARY not in json.dumps(run)


def test_a_name_is_a_valid_address_whatever_it_holds() -> None:
    (run,) = log(judged(device="sw 1 é%"))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert " " not in uri
    assert unquote(uri) == "zandbeke/sw 1 é%.cfg"


def test_a_device_that_was_not_read_is_no_result_but_a_notification() -> None:
    (run,) = log(judged(), unread())["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (told,) = invocation["toolExecutionNotifications"]
    assert "oosthove/sw-9" in told["message"]["text"]
    assert not [result for result in run["results"] if "sw-9" in result["message"]["text"]]


def test_it_speaks_the_language_asked_for() -> None:
    assert "Geen beheer over telnet" in json.dumps(log(judged(), lang="nl"))
    assert "No management over telnet" in json.dumps(log(judged()))
