"""What is told of a poll itself is what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.poll.health import REASONS_MAX, health, is_whole, reasons
from regiowacht_agent.snmp.poll.took import DETAILS_MAX, Took, bounded
from regiowacht_agent.snmp.session import Effort, Trouble
from regiowacht_contract import catalogue
from tests.agent.snmp.fake_agent import Agent
from tests.agent.snmp.poll.switch import HC_IN, device, hold, switch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_agent.family import Sample

EFFORT = Effort(sent=12, retried=2, answered=10)


def told(took: Took | None, failed: SnmpFailed | None = None) -> dict[tuple[str, ...], float]:
    return by_name(health(took, failed, EFFORT, 0.25, 0.2, "fast", 3))


def by_name(samples: Iterable[Sample]) -> dict[tuple[str, ...], float]:
    found = [((one.metric.name, *one.labels), one.value) for one in samples]
    assert len(dict(found)) == len(found), "two series of one name"
    return dict(found)


def test_a_whole_poll_is_a_success_and_tells_what_it_cost() -> None:
    assert told(Took(None, (), "", 61.5, 2000)) == {
        ("snmp_scrape_duration_seconds",): 0.25,
        ("snmp_scrape_walk_duration_seconds",): 0.2,
        ("snmp_scrape_packets_sent",): 12,
        ("snmp_scrape_packets_retried",): 2,
        ("snmp_scrape_pdus_returned",): 2000,
        ("snmp_poll_success",): 1,
        ("snmp_poll_missing_rows",): 0,
        ("snmp_poll_slow_age_seconds",): 61.5,
        ("snmp_poll_relearns_total",): 3,
        ("snmp_poll_engine_info", "fast", "none"): 1,
    }


def test_what_is_missing_is_counted_and_named() -> None:
    found = told(Took(None, (Trouble("skipped", "-", HC_IN, 3), Trouble("toobig", "-", HC_IN)), "", 0.0))
    assert found["snmp_poll_success",] == 0
    assert found["snmp_poll_missing_rows",] == 3
    assert found["snmp_poll_reason_info", "skipped", "1.3.6.1.2.1.31.1.1.1.6"] == 1
    assert found["snmp_poll_reason_info", "toobig", "1.3.6.1.2.1.31.1.1.1.6"] == 1


def test_a_device_that_does_not_answer_is_no_success_and_nobody_knows_what_is_missing() -> None:
    found = told(None, SnmpFailed("timeout", "-"))
    assert found["snmp_poll_success",] == 0
    assert found["snmp_poll_reason_info", "timeout", ""] == 1
    assert found["snmp_scrape_pdus_returned",] == 0
    assert ("snmp_poll_missing_rows",) not in found
    assert ("snmp_poll_slow_age_seconds",) not in found


def test_a_comparison_says_what_it_came_to_and_is_no_loss() -> None:
    differs = (Trouble("check", "-", HC_IN, 3),)
    found = by_name(health(Took(None, (), "", 0.0), None, EFFORT, 0.2, 0.2, "pysnmp", 0, "differs", differs))
    assert found["snmp_poll_engine_info", "pysnmp", "differs"] == 1
    assert found["snmp_poll_reason_info", "check", "1.3.6.1.2.1.31.1.1.1.6"] == 1
    assert found["snmp_poll_success",] == 1
    assert found["snmp_poll_missing_rows",] == 0


def test_what_waits_for_its_check_is_no_success_for_nothing_is_told_of_it() -> None:
    whole = Took(None, (), "", 0.0)
    found = by_name(health(whole, None, EFFORT, 0.2, 0.2, "fast", 0, "pending"))
    assert found["snmp_poll_success",] == 0
    assert found["snmp_poll_reason_info", "check", ""] == 1
    assert by_name(health(whole, None, EFFORT, 0.2, 0.2, "fast", 0, "impossible"))["snmp_poll_success",] == 1
    silent = by_name(health(None, SnmpFailed("timeout", "-"), EFFORT, 0.2, 0.2, "fast", 0, "pending"))
    assert ("snmp_poll_reason_info", "check", "") not in silent, "it has a reason of its own"


def test_rows_told_apart_are_no_loss_and_rows_that_are_not_told_are() -> None:
    assert is_whole([Trouble("duplicate", "told apart")])
    assert not is_whole([Trouble("duplicate", "left out", rows=1)])
    assert not is_whole([Trouble("skipped", "nobody knows how many")])


def test_many_reasons_stay_few_series_and_none_is_lost() -> None:
    troubles = [Trouble("skipped", "-", (1, 3, place)) for place in range(3 * REASONS_MAX)]
    found = reasons([*troubles, Trouble("loop", "-", (1, 3, 999)), troubles[0]])
    assert len(found) == REASONS_MAX + 2
    assert found[-2:] == [("skipped", ""), ("loop", "")]


def test_every_metric_of_its_family_is_told() -> None:
    names = {name for name, *_labels in told(Took(None, (Trouble("value", "-"),), "", 0.0))}
    assert names == {metric.name for metric in catalogue.family("snmp_poll")}


def test_a_device_that_is_polled_tells_how_many_objects_came() -> None:
    agent = Agent(switch(range(1, 9)))
    one = device(slow_polls=1)
    first, again = hold(one.poll(), agent), hold(one.poll(), agent)
    assert first.objects > 8 * 10
    assert 8 * 10 < again.objects <= first.objects
    assert told(again)["snmp_scrape_pdus_returned",] == again.objects


def test_of_many_troubles_every_row_is_counted() -> None:
    troubles = [Trouble("skipped", "-", (1, 3, place), 2) for place in range(DETAILS_MAX + 10)]
    found = tuple(bounded([*troubles, Trouble("loop", "-")]))
    assert len(found) == DETAILS_MAX + 2
    assert Took(None, found, "", 0.0).missing == 2 * len(troubles)
    assert {trouble.reason for trouble in found} == {"skipped", "loop"}
