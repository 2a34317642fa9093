from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp import pdu as pdus
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.credential import Community, User
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.fast_session import FastSession, habits_for
from regiowacht_agent.snmp.session import Target
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.fake_agent import UPTIME, Objects, Quirks, oid_of, serving

if TYPE_CHECKING:
    from tests.agent.snmp.fake_agent import Server

ENTRY = (1, 3, 6, 1, 2, 1, 2, 2, 1)
COLUMNS = [(*ENTRY, column) for column in range(1, 5)]
OBJECTS: Objects = {UPTIME: Value(tags.TICKS, 4242)}
OBJECTS |= {(*column, row): Value(tags.GAUGE32, row * 100) for column in COLUMNS for row in range(1, 53)}
OBJECTS |= {(1, 3, 6, 1, 4, 1, 9, 0): Value(tags.INTEGER, 1)}
ROWS = {(row,): Value(tags.GAUGE32, row * 100) for row in range(1, 53)}


def session(server: Server, version: str = "2c", **kwargs: object) -> FastSession:
    credential = Community("1" if version == "1" else "2c", b"public")
    return FastSession(Target(server.host, credential, server.port, **({"timeout_s": 20.0} | kwargs)))  # type: ignore[arg-type]


def test_columns_are_asked_for_in_few_questions_whose_answers_stay_small() -> None:
    with serving(OBJECTS) as (agent, server):
        asking = session(server)
        first = asking.columns(COLUMNS)
        learnt = len(agent.asked)
        again = asking.columns(COLUMNS)
        asking.close()
    assert first.cells == again.cells == dict.fromkeys(COLUMNS, ROWS)
    assert first.troubles == again.troubles == ()
    assert learnt <= 24
    assert len(agent.asked) - learnt <= 20
    assert max(question.second for question in agent.asked) <= 53


@pytest.mark.parametrize("version", ["1", "2c"])
def test_what_a_device_has_not_is_an_empty_column_without_trouble(version: str) -> None:
    nothing, last = (*ENTRY, 20), (1, 3, 6, 1, 6)
    with serving(OBJECTS) as (_agent, server):
        asking = session(server, version)
        found = asking.columns([nothing, COLUMNS[0], (*last, 1)])
        scalars = asking.get([UPTIME, (*nothing, 0), (*last, 1, 0)])
        asking.close()
    assert found.cells == {nothing: {}, COLUMNS[0]: ROWS, (*last, 1): {}}
    assert found.troubles == ()
    assert scalars.values == {UPTIME: Value(tags.TICKS, 4242)}
    assert scalars.troubles == ()


@pytest.mark.parametrize("version", ["1", "2c"])
def test_many_objects_are_asked_for_in_parts(version: str) -> None:
    wanted = [(*column, row) for column in COLUMNS for row in range(1, 53)]
    with serving(OBJECTS, Quirks(size_max=180, toobig="empty")) as (agent, server):
        asking = session(server, version)
        found = asking.get([*wanted, *wanted])
        assert asking.habits.objects < 20
        asked = len(agent.asked)
        again = asking.get(wanted)
        assert len(agent.asked) - asked <= 52
        asking.close()
    assert found.values == again.values == {oid: OBJECTS[oid] for oid in wanted}
    assert found.troubles == again.troubles == ()


@pytest.mark.parametrize("version", ["1", "2c"])
def test_an_object_in_error_costs_no_other(version: str) -> None:
    wanted = [UPTIME, *((*COLUMNS[0], row) for row in range(1, 20))]
    with serving(OBJECTS, Quirks(generr_at="1.3.6.1.2.1.2.2.1.1.7")) as (_agent, server):
        asking = session(server, version)
        found = asking.get(wanted)
        asking.close()
    bad = (*COLUMNS[0], 7)
    assert found.values == {oid: OBJECTS[oid] for oid in wanted if oid != bad}
    assert [(trouble.reason, trouble.oid, trouble.rows) for trouble in found.troubles] == [("status", bad, 1)]
    assert "genErr" in found.troubles[0].detail


@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize("what", ["", "full", "empty"])
def test_a_value_that_no_answer_holds_is_named_and_the_rest_comes(version: str, what: str) -> None:
    objects = OBJECTS | {(*COLUMNS[1], 9): Value(tags.OCTETS, b"x" * 3000)}
    quirks = Quirks(size_max=1400, toobig=what) if what else Quirks()
    with serving(objects, quirks) as (_agent, server):
        asking = session(server, version)
        found = asking.columns(COLUMNS)
        asking.close()
    wanted = {column: dict(ROWS) for column in COLUMNS}
    if what:
        del wanted[COLUMNS[1]][9,]
        told = [(trouble.reason, trouble.oid, trouble.rows) for trouble in found.troubles]
        assert told == [("toobig", COLUMNS[1], 1)]
    else:
        wanted[COLUMNS[1]][9,] = objects[*COLUMNS[1], 9]
        assert found.troubles == ()
    assert found.cells == wanted


def test_what_a_device_bears_is_remembered() -> None:
    for quirks in (Quirks(bulk="refuse"), Quirks(bulk="toobig"), Quirks(size_max=400, toobig="empty")):
        with serving(OBJECTS, quirks) as (agent, server):
            asking = session(server)
            asking.columns(COLUMNS)
            before = len(agent.asked)
            other = FastSession(Target(server.host, Community("2c", b"public"), server.port), habits=asking.habits)
            assert other.columns(COLUMNS).cells == dict.fromkeys(COLUMNS, ROWS)
            asking.close()
            other.close()
            if quirks.bulk:
                assert all(question.kind == pdus.GETNEXT for question in agent.asked[before:])
            else:
                assert max(one.second for one in agent.asked[before:]) < agent.asked[0].second


def test_bulk_that_is_ignored_is_found_out_once() -> None:
    with serving(OBJECTS, Quirks(bulk="ignore")) as (agent, server):
        asking = session(server, timeout_s=0.3, retries=0)
        assert asking.get([UPTIME]).values
        assert asking.columns(COLUMNS).cells == dict.fromkeys(COLUMNS, ROWS)
        assert asking.habits.has_bulk is False
        before = len(agent.asked)
        assert asking.columns(COLUMNS).troubles == ()
        assert all(question.kind == pdus.GETNEXT for question in agent.asked[before:])
        asking.close()


def test_a_table_without_end_is_cut_off() -> None:
    with serving(OBJECTS, Quirks(endless="1.3.6.1.2.1.2.2.1.2")) as (_agent, server):
        asking = session(server)
        found = asking.columns(COLUMNS, rows_max=200)
        asking.close()
    assert len(found.cells[COLUMNS[1]]) == 200
    assert {column: rows for column, rows in found.cells.items() if column != COLUMNS[1]} == dict.fromkeys(
        [COLUMNS[0], *COLUMNS[2:]], ROWS
    )
    assert [(trouble.reason, trouble.oid) for trouble in found.troubles] == [("limit", COLUMNS[1])]


def test_rows_that_move_all_the_time_are_told() -> None:
    with serving(OBJECTS, Quirks(move_every=3, move_times=10_000)) as (_agent, server):
        asking = session(server)
        found = asking.columns(COLUMNS)
        asking.close()
    assert "moved" in {trouble.reason for trouble in found.troubles}


def test_a_restart_in_between_leaves_the_rows_of_afterwards() -> None:
    with serving(OBJECTS, Quirks(reboot_after=4)) as (agent, server):
        asking = session(server)
        found = asking.columns(COLUMNS)
        assert asking.get([UPTIME]).values == {UPTIME: Value(tags.TICKS, 7)}
        asking.close()
    moved = {(row[0] + 100,): value for row, value in ROWS.items()}
    assert found.cells == dict.fromkeys(COLUMNS, moved)
    assert found.troubles == ()
    assert len(agent.asked) > 4


@pytest.mark.parametrize(
    ("quirks", "reason"),
    [
        (Quirks(drop=1.0), "timeout"),
        (Quirks(garbage="only"), "format"),
        (Quirks(elsewhere="port"), "address"),
        (Quirks(community="other"), "format"),
    ],
)
def test_a_device_that_never_answers_fails_as_a_whole(quirks: Quirks, reason: str) -> None:
    with serving(OBJECTS, quirks) as (_agent, server):
        asking = session(server, timeout_s=0.2, retries=0)
        for ask in (lambda: asking.columns(COLUMNS), lambda: asking.get([UPTIME])):
            with pytest.raises(SnmpFailed) as caught:
                ask()
            assert caught.value.reason == reason
        assert asking.effort.answered == 0
        asking.close()


def test_a_device_that_falls_silent_is_told_column_by_column() -> None:
    with serving(OBJECTS) as (agent, server):
        asking = session(server, timeout_s=0.3, retries=0)
        handle, asked = agent.handle, agent.asked

        def silent_later(pdu: bytes, *, is_v1: bool = False) -> bytes | None:
            told = handle(pdu, is_v1=is_v1)
            return told if len(asked) <= 5 else None

        agent.handle = silent_later  # type: ignore[method-assign]
        found = asking.columns(COLUMNS)
        asking.close()
    assert {trouble.oid for trouble in found.troubles} >= set(COLUMNS[2:])
    assert {trouble.reason for trouble in found.troubles} == {"timeout"}


def test_a_session_wants_what_speaks_for_its_user() -> None:
    with pytest.raises(TypeError, match="security"):
        FastSession(Target("127.0.0.1", User("monitor")))
    assert habits_for(Target("127.0.0.1", User("monitor"))).has_bulk is None
    assert habits_for(Target("127.0.0.1", Community("1", b"public"))).has_bulk is False
    assert oid_of("") == ()
