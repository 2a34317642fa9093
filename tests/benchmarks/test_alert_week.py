"""The parts of the week of alerts: what promtool says is read, and what Alertmanager would send is what it sends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht.demo.history import Incident, Size
from regiowacht.demo.history.curves import Flat, Patch, Patched, Steps
from tests.benchmarks import alert_week as week
from tests.benchmarks.alert_dispatch import Dispatch, Firing, Silenced

if TYPE_CHECKING:
    from pathlib import Path

SAID = """
    expr: "ALERTS{alertstate=\\"firing\\"}", time: 1m30s,
        exp: nil
        got: {__name__="ALERTS", alertname="A", alertstate="", x="a}"} 1E+00, {__name__="ALERTS", alertname="B"} 1E+00
"""
MONDAY_S = datetime(2026, 11, 23, 9, tzinfo=UTC).timestamp()
HOUR_S = 3600.0


def _config(**leaf: Any) -> dict[str, Any]:
    base = {"receiver": "none", "group_by": ["alertname"], "group_wait": "10s", "group_interval": "1m"}
    return {
        "route": {**base, "repeat_interval": "7d", "routes": [{"receiver": "ict", "matchers": ['g="a"'], **leaf}]},
        "time_intervals": [
            {
                "name": "office",
                "time_intervals": [
                    {"weekdays": ["monday"], "times": [{"start_time": "10:00", "end_time": "11:00"}], "location": "UTC"}
                ],
            }
        ],
        "inhibit_rules": [
            {"source_matchers": ['alertname="Up"'], "target_matchers": ['alertname=~"Down|Up"'], "equal": ["g"]}
        ],
    }


def _firing(name: str, from_s: float, until_s: float) -> Firing:
    return Firing(frozenset({("alertname", name), ("g", "a")}), MONDAY_S + from_s, MONDAY_S + until_s)


def test_what_promtool_says_becomes_times() -> None:
    found = list(week.points(SAID))
    assert found == [(90, {"alertname": "A", "x": "a}"}), (90, {"alertname": "B"})]
    [one, other] = week.intervals([(0, {"a": "b"}), (30, {"a": "b"}), (600, {"a": "b"})])
    assert (one.from_s - week.START_S, one.until_s - week.START_S) == (0, 60)
    assert other.from_s - week.START_S == 600


def test_curves_are_written_in_runs() -> None:
    assert week.values(Flat(2.0), (0, 600)) == "2x9"
    steps = Steps((week.START_S + 120, week.START_S + 240), (1.0, None, 0.0))
    assert week.values(steps, (0, 600)) == "1x1 stale _x1 0x5"


def test_an_audit_tells_its_figures_once() -> None:
    told = Steps((week.START_S, week.START_S + 7200), (None, None, 0.5))
    assert week.pushed(told, (0, 10_800)) == "_x60 _x60 0.5 _x59"


def test_what_happens_is_looked_at_closely_once() -> None:
    found = week.stretches([Incident("silent-agent", "a", "b", week.START_S + at, None) for at in (60, 9000, 9600)])
    assert found == [(0, 60 + week.AFTER_S), (9000 - week.BEFORE_S, 9600 + week.AFTER_S)]


def test_no_more_is_pinged_at_once_than_promtool_looks_up() -> None:
    found = week.parts({"a": 1, "b": 1, "c": 4, "d": 1, "e": 9, "f": 1, "g": 1, "h": 1, "i": 1})
    assert found == [{"e"}, {"c", "a"}, {"b", "d", "f", "g", "h"}, {"i"}]


def test_one_message_a_cause_and_one_when_it_is_over() -> None:
    sent = Dispatch(_config(), [_firing("Down", 0, 300)]).sent()
    assert [(one.at_s - MONDAY_S, bool(one.firing)) for one in sent] == [(10, True), (310, False)]
    assert Dispatch(_config(), [_firing("Down", 0, 5)]).sent() == []


def test_what_is_behind_something_or_silenced_is_not_told() -> None:
    dispatch = Dispatch(_config(), [_firing("Down", 5, 300), _firing("Up", 0, 400)])
    assert {dict(labels)["alertname"] for one in dispatch.sent() for labels in one.firing} == {"Up"}
    assert len(dispatch.held_back) == 1
    silence = Silenced(['g="a"'], MONDAY_S, MONDAY_S + 900)
    assert Dispatch(_config(), [_firing("Down", 0, 300)], [silence]).sent() == []


def test_a_warning_waits_for_the_office_to_open() -> None:
    of_office = _config(active_time_intervals=["office"])
    [first, *_] = Dispatch(of_office, [_firing("Down", 0, 2 * HOUR_S)]).sent()
    assert HOUR_S <= first.at_s - MONDAY_S < HOUR_S + 60
    assert Dispatch(of_office, [_firing("Down", 0, 600)]).sent() == []


def test_what_goes_on_is_told_again() -> None:
    sent = Dispatch(_config(repeat_interval="1h"), [_firing("Down", 0, 2.5 * HOUR_S)]).sent()
    assert sum(bool(one.firing) for one in sent) == 3


HOURS = 8
"""Of the week: the night with its work, and the morning in which people come."""


@pytest.mark.tools
def test_a_quiet_night_and_morning_are_told_to_nobody(tmp_path: Path) -> None:
    region = week.a_region(tmp_path / "region", Size(1, 40))
    past = week.a_week(region, ())
    assert week.played(past, tmp_path / "week", HOURS * 3600) == []
    assert week.unexercised(past) == []


@pytest.mark.tools
def test_a_server_that_falls_silent_in_them_is_told(tmp_path: Path) -> None:
    region = week.a_region(tmp_path / "region", Size(1, 12))
    server = next(asset for asset in region.assets if asset.job == "node")
    from_s = week.START_S + 3600
    past = week.a_week(region, [Incident("silent-agent", *server.key, from_s, from_s + 1800)])
    [one] = week.played(past, tmp_path / "week", 2 * 3600)
    assert {*one.labels} >= {("alertname", "PollerStil"), ("instance", server.name)}
    assert from_s <= one.from_s <= from_s + 300
    assert from_s + 1800 <= one.until_s <= from_s + 2100


def test_what_begins_between_two_knots_is_exact() -> None:
    since = week.START_S + 420
    curve = Patched(Flat(0.0), (Patch(since, since + 60, Flat(1.0)),))
    assert week.values(curve, (0, 900)) == "0x6 1x0 0x6"


def test_what_is_not_over_lasts_until_the_end() -> None:
    curve = Patched(Flat(0.0), (Patch(week.START_S + 420, float("inf"), Flat(1.0)),))
    assert week.values(curve, (0, 900)) == "0x6 1x7"
