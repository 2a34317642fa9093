"""pysnmp's engine with agents that bear little: what it asks them for, and that nothing is lost of what they have."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp import pdu as pdus
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.ber import Reader
from regiowacht_agent.snmp.credential import PRIV_PROTOCOLS, Community, User
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.pysnmp_engine.asking import REPETITIONS_MAX
from regiowacht_agent.snmp.pysnmp_engine.holding import SILENCES_MAX
from regiowacht_agent.snmp.pysnmp_engine.session import PysnmpSession
from regiowacht_agent.snmp.session import Target
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp import agent_v3
from tests.agent.snmp.agent_v3 import AUTH_SECRET, PRIV_SECRET, AgentV3
from tests.agent.snmp.fake_agent import UPTIME, Agent, Objects, Quirks, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.agent.snmp.fake_agent import Server

ENTRY = (1, 3, 6, 1, 2, 1, 2, 2, 1)
COLUMNS = [(*ENTRY, column) for column in range(1, 5)]
ROWS = {(row,): Value(tags.GAUGE32, row * 100) for row in range(1, 53)}
OBJECTS: Objects = {UPTIME: Value(tags.TICKS, 4242)}
OBJECTS |= {column + row: value for column in COLUMNS for row, value in ROWS.items()}
OBJECTS |= {(1, 3, 6, 1, 4, 1, 9, 0): Value(tags.INTEGER, 1)}
TABLES = [(*ENTRY[:-2], table, 1, 1) for table in range(10)]
LONG = Value(tags.OCTETS, b"long " * 500)
"""A value that no datagram of 1,400 octets holds."""


def session(server: Server, version: str = "2c", **how: object) -> PysnmpSession:
    """Return a session that waits as long as a busy machine may need."""
    credential = Community("1" if version == "1" else "2c", b"public")
    return PysnmpSession(Target(server.host, credential, server.port, **({"timeout_s": 20.0} | how)))  # type: ignore[arg-type]


def session_v3(port: int, user: User) -> PysnmpSession:
    """Return the same for SNMP 3."""
    return PysnmpSession(Target("127.0.0.1", user, port, timeout_s=20.0, retries=0))


def bulks(agent: Agent) -> list[int]:
    """Return the repetitions of the GETBULKs that an agent was asked."""
    return [question.second for question in agent.asked if question.kind == pdus.GETBULK]


def test_rows_are_asked_for_in_other_numbers_than_by_the_fast_engine() -> None:
    with serving(OBJECTS) as (agent, server), closing(session(server)) as one:
        found = one.columns(COLUMNS)
    assert found.cells == dict.fromkeys(COLUMNS, ROWS)
    assert found.troubles == ()
    assert max(bulks(agent)) == REPETITIONS_MAX
    assert len(agent.asked) <= 24


@pytest.mark.parametrize("toobig", ["empty", "full"])
def test_after_too_big_less_is_asked_for_and_that_is_remembered(toobig: str) -> None:
    with serving(OBJECTS, Quirks(size_max=200, toobig=toobig)) as (agent, server), closing(session(server)) as one:
        found = one.columns(COLUMNS)
        learnt = len(bulks(agent))
        again = one.columns(COLUMNS)
    assert found.cells == again.cells == dict.fromkeys(COLUMNS, ROWS)
    assert found.troubles == again.troubles == ()
    first, *later = bulks(agent)
    assert max(later[learnt:]) < first


@pytest.mark.parametrize("version", ["1", "2c"])
def test_too_many_objects_are_asked_for_in_parts(version: str) -> None:
    wanted = [column + row for column in COLUMNS for row in ROWS]
    quirks = Quirks(size_max=180, toobig="empty")
    with serving(OBJECTS, quirks) as (_agent, server), closing(session(server, version)) as one:
        found = one.get(wanted)
    assert found.values == {oid: OBJECTS[oid] for oid in wanted}
    assert found.troubles == ()


@pytest.mark.parametrize("bulk", ["refuse", "toobig"])
def test_without_getbulk_it_goes_on_with_getnext_and_tries_no_more(bulk: str) -> None:
    with serving(OBJECTS, Quirks(bulk=bulk)) as (agent, server), closing(session(server)) as one:
        found = one.columns(COLUMNS)
        assert one.columns(COLUMNS).cells == found.cells
        learnt = len(agent.asked)
        one.columns(COLUMNS)
    assert found.cells == dict.fromkeys(COLUMNS, ROWS)
    assert found.troubles == ()
    assert bulks(agent)
    assert {question.kind for question in agent.asked[learnt:]} == {pdus.GETNEXT}


def test_getbulk_without_an_answer_is_a_reason_for_getnext() -> None:
    quirks, how = Quirks(bulk="ignore"), {"timeout_s": 2.0, "retries": 0}
    with serving(OBJECTS, quirks) as (agent, server), closing(session(server, **how)) as one:  # type: ignore[arg-type]
        found = one.columns(COLUMNS)
    assert found.cells == dict.fromkeys(COLUMNS, ROWS)
    assert found.troubles == ()
    assert bulks(agent)


@pytest.mark.parametrize("above", [4, 10, 24])
def test_rows_left_out_where_many_are_asked_for_are_found(above: int) -> None:
    with serving(OBJECTS, Quirks(skip_above=above)) as (agent, server), closing(session(server)) as one:
        found = one.columns(COLUMNS)
    assert max(bulks(agent)) > above
    assert found.cells == dict.fromkeys(COLUMNS, ROWS)
    assert found.troubles == ()


def test_version_1_is_never_asked_by_getbulk() -> None:
    with serving(OBJECTS) as (agent, server), closing(session(server, "1")) as one:
        found = one.columns(COLUMNS)
    assert found.cells == dict.fromkeys(COLUMNS, ROWS)
    assert bulks(agent) == []


def test_a_device_that_is_gone_is_not_waited_for_table_by_table() -> None:
    quirks, how = Quirks(drop=1.0), {"timeout_s": 0.1, "retries": 1}
    with serving(OBJECTS, quirks) as (_agent, server), closing(session(server, **how)) as one:  # type: ignore[arg-type]
        with pytest.raises(SnmpFailed) as failed:
            one.columns(TABLES)
        assert failed.value.reason == "timeout"
        assert one.effort.sent == 2 * (SILENCES_MAX + 1)


def size_max(datagram: bytes) -> int:
    """Return what a message of SNMP 3 says that answers may have, in octets (msgMaxSize)."""
    outer = Reader(datagram).inside()
    outer.integer()
    header = outer.inside()
    header.integer()
    return header.integer()


@pytest.fixture
def large() -> Iterator[int]:
    """Serve an agent of SNMP 3 that has a long value and keeps to what it is told of the size of answers; its port."""
    agent = Agent(OBJECTS | {UPTIME: LONG})
    device = AgentV3(agent.handle, User("monitor"))

    def answer(datagram: bytes) -> bytes | None:
        agent.quirks.size_max = size_max(datagram) - 100
        return device(datagram)

    with agent_v3.serving(answer) as port:
        yield port


def test_a_value_longer_than_a_datagram_should_be_comes_whole(large: int) -> None:
    with closing(session_v3(large, User("monitor"))) as one:
        found = one.get([UPTIME, COLUMNS[0] + (1,)])
    assert found.values == {UPTIME: LONG, COLUMNS[0] + (1,): ROWS[1,]}
    assert found.troubles == ()


@pytest.mark.parametrize("priv", PRIV_PROTOCOLS)
def test_every_encryption_is_spoken(priv: str) -> None:
    user = User("monitor", "sha", AUTH_SECRET, priv, PRIV_SECRET)  # type: ignore[arg-type] # one of its protocols
    device = AgentV3(Agent(OBJECTS).handle, user)
    with agent_v3.serving(device) as port, closing(session_v3(port, user)) as one:
        assert one.get([UPTIME]).values == {UPTIME: OBJECTS[UPTIME]}
        found = one.columns(COLUMNS[:2])
    assert found.cells == dict.fromkeys(COLUMNS[:2], ROWS)
    assert found.troubles == ()
    assert all(message.flags & 3 == 3 for message in device.seen if message.user)
    assert any(message.user for message in device.seen)


def test_another_passphrase_for_3des_is_told() -> None:
    user = User("monitor", "sha", AUTH_SECRET, "3des", PRIV_SECRET)
    with agent_v3.serving(AgentV3(Agent(OBJECTS).handle, user)) as port:
        wrong = User("monitor", "sha", AUTH_SECRET, "3des", b"wrong-not-a-secret")
        with closing(session_v3(port, wrong)) as one, pytest.raises(SnmpFailed) as failed:
            one.get([UPTIME])
    assert failed.value.reason == "priv"
