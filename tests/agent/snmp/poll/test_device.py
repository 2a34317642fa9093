from __future__ import annotations

import random
from typing import Any

import pytest

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.oid import Oid, parse_oid
from regiowacht_agent.snmp.poll.device import RELEARN_S, SOON_S, Device
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.fake_agent import Agent, Quirks
from tests.agent.snmp.poll.switch import (
    ALIAS,
    HC_IN,
    HC_OUT,
    IF,
    IF_NUMBER,
    IN_ERRORS,
    OPER,
    UPTIME,
    column,
    device,
    hold,
    integer,
    samples,
    switch,
    text,
    told,
)

PORTS = range(1, 53)


def move(agent: Agent, random_: random.Random) -> None:
    """Let time pass at an agent: its uptime and some of its counters grow."""
    agent.objects[UPTIME] = Value(tags.TICKS, int(agent.objects[UPTIME].data) + 6000)  # type: ignore[arg-type]
    for oid, value in agent.objects.items():
        if value.tag in {tags.COUNTER32, tags.COUNTER64} and isinstance(value.data, int) and oid[:-1] != IN_ERRORS:
            agent.objects[oid] = Value(value.tag, value.data + random_.randrange(10 ** random_.randrange(1, 9)))


def dotted(oid: Oid) -> str:
    """Return an object's name as quirks are written."""
    return ".".join(map(str, oid))


def poll_kinds(agent: Agent, polled: Device) -> list[int]:
    """Return the kinds of questions of one more poll."""
    before = len(agent.asked)
    hold(polled.poll(), agent)
    return [question.kind for question in agent.asked[before:]]


def check(agent: Agent, polled: Device) -> None:
    """Poll once and compare with what the agent holds."""
    took = hold(polled.poll(), agent)
    for metric, name in (("ifHCInOctets", HC_IN), ("ifHCOutOctets", HC_OUT), ("ifInErrors", IN_ERRORS)):
        assert told(took, metric) == column(agent, name)
    assert told(took, "ifOperStatus") == column(agent, OPER)
    assert took.missing == 0
    assert took.troubles == ()


def test_what_is_polled_is_what_the_device_holds() -> None:
    agent, polled, random_ = Agent(switch(PORTS)), device(), random.Random(5)
    for _ in range(12):
        check(agent, polled)
        move(agent, random_)
    assert polled.relearns == 0


def test_a_poll_takes_few_questions_and_never_walks() -> None:
    agent, polled, random_ = Agent(switch(PORTS)), device(), random.Random(5)
    hold(polled.poll(), agent)
    move(agent, random_)
    kinds = poll_kinds(agent, polled)
    assert set(kinds) == {pdu.GET, pdu.GETBULK}
    assert len(kinds) < 18
    assert all(len(agent.handle(pdu.request(pdu.GETBULK, 1 << 24, one.oids, 0, one.second)) or b"") < 1400
               for one in agent.asked[-len(kinds):] if one.kind == pdu.GETBULK)  # fmt: skip


def test_a_device_that_starts_again_is_learnt_anew_in_the_same_poll() -> None:
    agent, polled = Agent(switch(PORTS)), device()
    hold(polled.poll(), agent)
    agent.set(switch(range(101, 149)) | {UPTIME: Value(tags.TICKS, 500)})
    took = hold(polled.poll(), agent)
    assert took.relearnt == "restarted"
    assert told(took, "ifHCInOctets") == column(agent, HC_IN)
    assert len(told(took, "ifHCInOctets")) == 48


@pytest.mark.parametrize(
    "change",
    [
        {IF_NUMBER: integer(53)},
        {parse_oid("1.3.6.1.2.1.1.2.0"): Value(tags.OBJECT, parse_oid("1.3.6.1.4.1.99999.2"))},
    ],
)
def test_a_table_that_says_that_it_changed_is_learnt_anew(change: dict[Oid, Value]) -> None:
    agent, polled = Agent(switch(PORTS)), device()
    hold(polled.poll(), agent)
    agent.set(switch(range(1, 54)) | change)
    took = hold(polled.poll(), agent)
    assert took.relearnt
    assert told(took, "ifHCInOctets") == column(agent, HC_IN)


@pytest.mark.parametrize(
    "ports", [range(1, 52), [*range(1, 30), 200, *range(31, 53)], [2, *range(4, 53)], range(7, 20)]
)
def test_rows_that_change_without_a_word_are_noticed_by_themselves(ports: list[int] | range) -> None:
    agent, polled = Agent(switch(PORTS)), device()
    hold(polled.poll(), agent)
    agent.set(switch(ports) | {IF_NUMBER: integer(52)})
    took = hold(polled.poll(), agent)
    assert took.relearnt
    assert told(took, "ifHCInOctets") == column(agent, HC_IN)
    assert told(took, "ifOperStatus") == column(agent, OPER)


def test_a_row_at_the_end_that_nothing_tells_of_comes_with_the_hour() -> None:
    now = [0.0]
    agent, polled = Agent(switch(PORTS)), device(lambda: now[0])
    hold(polled.poll(), agent)
    agent.set(switch(range(1, 54)) | {IF_NUMBER: integer(52)})
    now[0] = RELEARN_S + 1
    took = hold(polled.poll(), agent)
    assert took.relearnt == "time"
    assert told(took, "ifHCInOctets") == column(agent, HC_IN)


def test_what_could_not_be_read_is_told_at_each_poll_until_it_can_be() -> None:
    now = [0.0]
    agent, polled = Agent(switch(PORTS), Quirks(generr_at=dotted(HC_OUT))), device(lambda: now[0])
    first, second = (hold(polled.poll(), agent) for _ in range(2))
    assert [trouble.reason for trouble in first.troubles] == ["status"]
    assert (second.relearnt, second.troubles) == ("", first.troubles)
    agent.quirks.generr_at = ""
    now[0] = SOON_S + 1
    check(agent, polled)
    assert polled.relearns == 1


def test_what_can_never_be_read_is_tried_less_and_less() -> None:
    now = [0.0]
    agent, polled = Agent(switch(PORTS), Quirks(generr_at=dotted(HC_OUT))), device(lambda: now[0])
    for _ in range(6 * 60):
        assert hold(polled.poll(), agent).troubles
        now[0] += 60.0
    assert 6 <= polled.relearns <= 6 + 8


def test_a_device_that_told_nothing_when_it_was_learnt_is_asked_at_each_poll() -> None:
    agent, polled = Agent({}), device()
    assert not hold(polled.poll(), agent).objects
    assert poll_kinds(agent, polled)
    agent.set(switch(PORTS))
    check(agent, polled)


def test_tables_that_fill_after_a_start_come_soon() -> None:
    now = [0.0]
    agent, polled = Agent(switch(())), device(lambda: now[0])
    agent.objects[UPTIME] = Value(tags.TICKS, 2_000)
    hold(polled.poll(), agent)
    agent.set(switch(PORTS) | {IF_NUMBER: agent.objects[IF_NUMBER], UPTIME: Value(tags.TICKS, 9_000)})
    now[0] = SOON_S + 1
    check(agent, polled)
    relearns = polled.relearns
    for _ in range(60):
        move(agent, random.Random(5))
        now[0] += 60.0
        hold(polled.poll(), agent)
    assert polled.relearns - relearns <= 6


def test_a_new_name_is_told_within_the_slow_pace() -> None:
    agent, polled = Agent(switch(PORTS)), device(slow_polls=4)
    hold(polled.poll(), agent)
    agent.objects[*ALIAS, 7] = text("verhuisd naar de zolder")
    polls = [hold(polled.poll(), agent) for _ in range(4)]
    assert [took.relearnt for took in polls].count("names") == 1
    page = b"".join(one.lines for one in polls[-1].sheet.write())
    assert b'ifAlias="verhuisd naar de zolder"' in page
    assert b'ifAlias="lokaal 7"' not in page


def test_the_age_of_what_is_read_slowly_is_told() -> None:
    now = [0.0]
    agent, polled = Agent(switch(PORTS)), device(lambda: now[0], slow_polls=4)
    ages = []
    for _ in range(12):
        ages.append(hold(polled.poll(), agent).slow_age_s)
        now[0] += 60
    assert ages[0] == 0
    assert max(ages) <= 4 * 60
    assert max(ages[4:]) >= 2 * 60


def test_a_device_of_few_ports_is_asked_for_names_no_more_often() -> None:
    agent, polled = Agent(switch(range(1, 4))), device(slow_polls=4)
    hold(polled.poll(), agent)
    alias = (*ALIAS, 1)
    asked: list[int] = []
    for _ in range(12):
        before = len(agent.asked)
        hold(polled.poll(), agent)
        asked.append(sum(alias in question.oids for question in agent.asked[before:]))
    assert sorted(asked) == [0] * 9 + [1] * 3


def test_names_that_got_lost_are_asked_for_again_at_once() -> None:
    agent, polled = Agent(switch(range(1, 4))), device(slow_polls=4)
    alias, lost = (*ALIAS, 1), [0]
    hold(polled.poll(), agent)

    def lose(answer: bytes | None) -> bytes | None:
        is_alias = alias in agent.asked[-1].oids
        lost[0] += is_alias
        return None if is_alias else answer

    polls = [hold(polled.poll(), agent, lose) for _ in range(4)]
    before, is_lost = len(agent.asked), [bool(took.troubles) for took in polls]
    assert is_lost.count(True) == lost[0] == 1
    hold(polled.poll(), agent)
    assert any(alias in question.oids for question in agent.asked[before:])


def test_one_question_without_an_answer_costs_its_rows_alone() -> None:
    agent, polled, random_ = Agent(switch(PORTS)), device(), random.Random(5)
    hold(polled.poll(), agent)
    hold(polled.poll(), agent)
    move(agent, random_)
    lost: list[bytes] = []

    def lose(answer: bytes | None) -> bytes | None:
        question = agent.asked[-1]
        if question.kind == pdu.GETBULK and question.oids[0][: len(HC_IN)] == HC_IN:
            lost.append(answer or b"")
            return None
        return answer

    took = hold(polled.poll(), agent, lose)
    assert lost
    assert told(took, "ifHCInOctets") == {}
    assert told(took, "ifHCOutOctets") == column(agent, HC_OUT)
    assert took.missing == 52
    assert {trouble.reason for trouble in took.troubles} == {"timeout"}
    check(agent, polled)


def test_a_silent_device_is_a_failure_at_the_price_of_one_question() -> None:
    agent, polled = Agent(switch(PORTS)), device()
    hold(polled.poll(), agent)
    before = len(agent.asked)
    with pytest.raises(SnmpFailed, match="no answer"):
        hold(polled.poll(), agent, lambda _answer: None)
    assert len(agent.asked) == before + 1
    check(agent, polled)


def test_a_device_that_never_answered_is_a_failure() -> None:
    with pytest.raises(SnmpFailed) as failed:
        hold(device().poll(), Agent({}), lambda _answer: None)
    assert failed.value.reason == "timeout"


QUIRKS = {
    "tooBig, empty": Quirks(size_max=600, toobig="empty"),
    "tooBig, full": Quirks(size_max=600, toobig="full"),
    "cut off": Quirks(size_max=600),
    "few rows at once": Quirks(rows_max=9),
    "no GETBULK": Quirks(bulk="ignore"),
    "GETBULK refused": Quirks(bulk="refuse"),
    "GETBULK is always too big": Quirks(bulk="toobig"),
    "one column at once": Quirks(bulk_columns_max=1),
    "rows left out": Quirks(skip_above=30),
    "shuffled": Quirks(reorder=True),
    "rows twice": Quirks(duplicate_rows=True),
    "a hole": Quirks(holes=(".".join(map(str, (*HC_IN, 17))),)),
}


@pytest.mark.parametrize("name", QUIRKS)
@pytest.mark.parametrize("ports", [52, 20, 5])
def test_no_quirk_costs_a_row(name: str, ports: int) -> None:
    agent, polled, random_ = Agent(switch(range(1, ports + 1)), QUIRKS[name]), device(), random.Random(5)
    for _ in range(8):
        took = hold(polled.poll(), agent)
        for metric, of in (("ifHCInOctets", HC_IN), ("ifHCOutOctets", HC_OUT), ("ifInErrors", IN_ERRORS)):
            held, came = column(agent, of), told(took, metric)
            assert {row: value for row, value in held.items() if row in came} == came
            assert len(held) - len(came) <= took.missing
        move(agent, random_)
    if name != "shuffled":
        check(agent, polled)
        relearns = polled.relearns
        check(agent, polled)
        assert polled.relearns == relearns, "it has found a way that it keeps"


def test_a_device_that_leaves_rows_out_is_asked_for_as_few_as_it_tells_rightly() -> None:
    agent, polled = Agent(switch(PORTS), Quirks(skip_above=8)), device()
    for _ in range(4):
        check(agent, polled)
    before = len(agent.asked)
    check(agent, polled)
    assert max(question.second for question in agent.asked[before:] if question.kind == pdu.GETBULK) <= 8


def test_a_device_whose_rows_only_a_walk_gets_right_is_asked_cell_by_cell() -> None:
    agent, polled = Agent(switch(PORTS)), device()
    hold(polled.poll(), agent)

    def leave_out(answer: bytes | None) -> bytes | None:
        """Leave the first row out where a poll asks for many, which the walk does with one column at a time."""
        question = agent.asked[-1]
        if question.kind == pdu.GETBULK and question.second in {50, 52} and not walking[0]:
            return agent.handle(pdu.request(pdu.GETBULK, question.number, [(*question.oids[0], 1)], 0, question.second))
        return answer

    walking = [False]
    for _ in range(4):
        dialogue = polled.poll()
        took = hold(_marked(dialogue, walking), agent, leave_out)
        assert told(took, "ifHCInOctets") == column(agent, HC_IN)
    assert pdu.GETBULK not in poll_kinds(agent, polled)
    check(agent, polled)


def _marked(dialogue: Any, walking: list[bool]) -> Any:
    """Yield what a poll asks, noting when it has begun to walk: after its first two batches."""
    answers, batches = None, 0
    while True:
        try:
            questions = dialogue.send(answers)
        except StopIteration as end:
            return end.value
        batches += 1
        walking[0] = batches > 2
        answers = yield questions


def test_ports_not_in_use_tell_their_state_alone_where_that_is_asked() -> None:
    agent, polled = Agent(switch(range(1, 11))), device(idle=False)
    took = hold(polled.poll(), agent)
    assert len(told(took, "ifOperStatus")) == 10
    assert sorted(told(took, "ifHCInOctets")) == ["10", "2", "4", "6", "8"]
    agent.objects[*OPER, 3] = integer(1)
    took = hold(polled.poll(), agent)
    assert "3" in told(took, "ifHCInOctets")


def test_two_ports_of_one_name_are_both_told() -> None:
    objects = switch(range(1, 9))
    for row in range(1, 9):
        objects[*IF, 2, row] = text("port")
        objects[*ALIAS[:-1], 1, row] = text("port")
        objects[*ALIAS, row] = text("")
    took = hold(device().poll(), Agent(objects))
    assert len(told(took, "ifHCInOctets")) == 8


def test_values_that_are_no_answer_are_missing_with_a_reason() -> None:
    agent, polled = Agent(switch(PORTS)), device()
    hold(polled.poll(), agent)
    took = hold(polled.poll(), agent, lambda answer: answer[:-3] if answer and len(answer) > 600 else answer)
    assert {trouble.reason for trouble in took.troubles} == {"format"}
    assert took.missing > 52
    assert ("ifHCInOctets", "3") not in samples(took)
    check(agent, polled)
