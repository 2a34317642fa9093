"""A device with too many series tells of its ports what is needed most, and says what it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp.habits import Habits
from regiowacht_agent.snmp.meaning.lay_out import ALL, Options
from regiowacht_agent.snmp.meaning.loader import book, metrics
from regiowacht_agent.snmp.poll.device import Device, Wanted
from regiowacht_agent.snmp.poll.fit import NEEDED
from regiowacht_agent.snmp.poll.health import is_whole
from tests.agent.snmp.fake_agent import Agent
from tests.agent.snmp.poll.switch import ASSET, hold, samples, switch, told

if TYPE_CHECKING:
    from regiowacht_agent.snmp.poll.took import Took
    from regiowacht_agent.snmp.session import Trouble

PORTS = 48
DEFAULTS = ("status", "traffic", "errors", "discards", "speed")


def polled(series_max: int, *groups: str, idle: bool = True) -> tuple[Took, Took, Agent]:
    """Return two polls of a switch of which every second port is down."""
    agent = Agent(switch(range(1, PORTS + 1)))
    wanted = Wanted(Options(frozenset(groups), idle=idle), 20_000, series_max, 1)
    one = Device(ASSET, book(), metrics(), wanted, Habits(), lambda: 0.0)
    return hold(one.poll(), agent), hold(one.poll(), agent), agent


def limits(took: Took) -> list[Trouble]:
    return [trouble for trouble in took.troubles if trouble.reason == "limit"]


def test_a_device_within_its_limit_loses_nothing() -> None:
    first, _second, _agent = polled(10_000, ALL)
    count = len(samples(first))
    exact, again, _agent = polled(count, ALL)
    assert len(samples(exact)) == len(samples(again)) == count
    assert limits(exact) == limits(again) == []


@pytest.mark.parametrize("groups", [DEFAULTS, (ALL,)])
def test_what_is_needed_least_goes_first_and_states_stay(groups: tuple[str, ...]) -> None:
    count = len(samples(polled(10_000, *groups)[0]))
    lost: list[str] = []
    for series_max in range(count - 1, 3 * PORTS + 20, -PORTS // 2):
        first, second, _agent = polled(series_max, *groups)
        assert len(samples(first)) == len(samples(second)) <= series_max
        assert len(told(second, "ifOperStatus")) == PORTS, "whether a port is up is told of each"
        (trouble,) = limits(second)
        assert limits(first) == [trouble]
        assert f"{count} series, where series_max is {series_max}" in trouble.detail
        assert not is_whole([trouble])
        lost.append(trouble.detail.partition(": without ")[2])
    beyond = sorted({"address", "details", "multicast", "octets32", "packets32", "unicast"} if ALL in groups else ())
    order = [*beyond, "unused ports", *NEEDED[:-1]]
    for left_out in lost:
        assert left_out.split(", ") == order[: left_out.count(",") + 1]
    assert lost == sorted(lost, key=len)
    assert len(set(lost)) > 3


def test_at_the_last_the_series_themselves_are_cut_and_the_device_is_not_lost() -> None:
    first, second, _agent = polled(60, *DEFAULTS)
    assert len(samples(first)) == len(samples(second)) == 60
    (trouble,) = limits(second)
    assert "the last " in trouble.detail


def test_what_is_left_out_is_not_asked_for() -> None:
    _first, _second, many = polled(10_000, ALL)
    _first, _second, few = polled(5 * PORTS, ALL)
    assert sum(map(len, (one.oids for one in few.asked))) < sum(map(len, (one.oids for one in many.asked)))


def test_groups_and_unused_ports_are_as_the_settings_say() -> None:
    took = polled(10_000, "status")[1]
    assert len(told(took, "ifOperStatus")) == PORTS
    assert told(took, "ifHCInOctets") == {}
    took = polled(10_000, "status", "traffic", idle=False)[1]
    assert len(told(took, "ifOperStatus")) == PORTS
    assert set(told(took, "ifHCInOctets")) == {str(port) for port in range(2, PORTS + 1, 2)}
