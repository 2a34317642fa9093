from __future__ import annotations

import socket
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_agent.snmp import pdu as pdus
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.ber import Malformed, encode
from regiowacht_agent.snmp.community import Communities
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.dialogue import Get, GetBulk, Ready
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.loop import Loop
from regiowacht_agent.snmp.message import Report, Unwrapped
from regiowacht_agent.snmp.message_number import message_number
from regiowacht_agent.snmp.pace import WAIT_MIN_S, Pace
from regiowacht_agent.snmp.place import Place, ask_system, written
from regiowacht_agent.snmp.session import Effort, Target
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.fake_agent import UPTIME, Agent, Objects, Quirks, Server, answer_community, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from regiowacht_agent.snmp.dialogue import Dialogue
    from regiowacht_agent.snmp.talk import Ended

PUBLIC = Community("2c", b"public")
COLUMN = (1, 3, 6, 1, 2, 1, 2, 2, 1, 10)
OBJECTS: Objects = {UPTIME: Value(tags.TICKS, 4242)}
OBJECTS |= {(*COLUMN, row): Value(tags.COUNTER32, row * 1000) for row in range(1, 60)}
DEADLINE_S = 60.0
NO_WINDOWS = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say it on such a socket")


@pytest.fixture
def loop() -> Iterator[Loop]:
    found = Loop()
    yield found
    found.close()


def ask(*questions: Any) -> Dialogue[tuple[Any, ...]]:
    return (yield questions)


def asks(batches: int, width: int) -> Dialogue[int]:
    """Return how many answers were the right ones."""
    right = 0
    for _ in range(batches):
        answers = yield tuple(Get((UPTIME, (*COLUMN, row))) for row in range(1, width + 1))
        for row, answer in enumerate(answers, 1):
            assert isinstance(answer, bytes), answer
            right += pdus.read(answer).bindings[1] == ((*COLUMN, row), Value(tags.COUNTER32, row * 1000))
    return right


def target(server: Server, **kwargs: Any) -> Target:
    return Target(server.host, PUBLIC, server.port, **kwargs)


def reason_of(answer: Any) -> str:
    assert isinstance(answer, SnmpFailed), answer
    assert "public" not in answer.detail
    return answer.reason


def turn_until(loop: Loop, is_so: Callable[[], object]) -> None:
    until = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < until
        loop.turn(0.2)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("window", [1, 2, 4])
def test_each_question_gets_its_answer(loop: Loop, host: str, window: int) -> None:
    effort = Effort()
    with serving(OBJECTS, host=host) as (agent, server):
        assert loop.run(asks(3, 7), target(server, window=window), Communities(PUBLIC), effort) == 21
    assert (effort.sent, effort.retried, effort.answered) == (21, 0, 21)
    assert len({question.number for question in agent.asked}) == 21
    assert loop.is_idle


def test_a_zone_and_a_mapped_address_are_taken() -> None:
    found = written("fe80::1%lo", 161)
    if found is not None:  # where the interface has that name
        assert found[0].address == ("fe80::1", 161, 0, socket.if_nametoindex("lo"))
    assert written("::ffff:10.0.0.1", 161) == (Place(socket.AF_INET, ("10.0.0.1", 161)),)
    assert written("::1", 161) == (Place(socket.AF_INET6, ("::1", 161, 0, 0)),)
    assert written("switch.example", 161) is None


def test_lost_questions_and_answers_are_made_up_for(loop: Loop) -> None:
    effort = Effort()
    with serving(OBJECTS, Quirks(drop=0.2), seed=5) as (_agent, server):
        told = loop.run(asks(2, 12), target(server, timeout_s=0.3, retries=30, window=4), Communities(PUBLIC), effort)
    assert told == 24
    assert effort.answered == 24
    assert effort.sent == 24 + effort.retried
    assert effort.retried > 0


def test_a_question_that_is_sent_again_is_the_same_so_that_an_answer_to_the_first_counts(loop: Loop) -> None:
    quirks = Quirks(slow_every=2, slow_s=WAIT_MIN_S * 2)
    effort = Effort()
    with serving(OBJECTS, quirks) as (agent, server):
        # The first answer is quick and teaches the pace; the second comes after its question was sent twice.
        assert loop.run(asks(2, 1), target(server, timeout_s=20), Communities(PUBLIC), effort) == 2
        assert effort.answered == 2
        assert effort.retried >= 1
        assert len({question.number for question in agent.asked}) == 2


def test_double_and_late_answers_are_dropped(loop: Loop) -> None:
    with serving(OBJECTS, Quirks(twice=True)) as (_agent, server):
        assert loop.run(asks(5, 8), target(server), Communities(PUBLIC)) == 40
    assert loop.strays > 0


@pytest.mark.parametrize(
    ("quirks", "reason"),
    [
        (Quirks(drop=1.0), "timeout"),
        (Quirks(elsewhere="port"), "address"),
        (Quirks(elsewhere="address"), "address"),
        (Quirks(garbage="only"), "format"),
        (Quirks(number_off=1000), "format"),
        (Quirks(community="private"), "format"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_is_no_answer_is_named(loop: Loop, quirks: Quirks, reason: str) -> None:
    effort = Effort()
    with serving(OBJECTS, quirks) as (_agent, server):
        told = loop.run(ask(Get((UPTIME,))), target(server, timeout_s=0.3, retries=1), Communities(PUBLIC), effort)
    assert [reason_of(answer) for answer in told] == [reason]
    assert (effort.sent, effort.retried, effort.answered) == (2, 1, 0)


def test_garbage_before_an_answer_costs_nothing(loop: Loop) -> None:
    with serving(OBJECTS, Quirks(garbage="too")) as (_agent, server):
        assert loop.run(asks(2, 3), target(server), Communities(PUBLIC)) == 6


def test_a_wrong_community_is_no_answer(loop: Loop) -> None:
    with serving(OBJECTS) as (_agent, server):
        told = loop.run(
            ask(Get((UPTIME,))), target(server, timeout_s=0.2, retries=0), Communities(Community("2c", b"wrong"))
        )
    assert [reason_of(answer) for answer in told] == ["timeout"]


@NO_WINDOWS
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_closed_port_is_unreachable_at_once(loop: Loop, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as closed:
        closed.bind((host, 0))
        port = closed.getsockname()[1]
    effort = Effort()
    questions = [Get((UPTIME,))] * 9
    told = loop.run(ask(*questions), Target(host, PUBLIC, port, timeout_s=1000), Communities(PUBLIC), effort)
    assert {reason_of(answer) for answer in told} == {"unreachable"}
    assert effort.sent < 9
    assert "refused" in told[0].detail


@NO_WINDOWS
def test_an_unreachable_device_is_no_other_devices_trouble(loop: Loop) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    ends: list[Ended] = []
    with serving(OBJECTS) as (_agent, server):
        for _ in range(20):
            for device in (Target("127.0.0.1", PUBLIC, port, timeout_s=1000), target(server)):
                loop.add(asks(3, 3), device, Communities(PUBLIC), ends.append)
        turn_until(loop, lambda: len(ends) == 40)
    assert sorted(str(end.told) for end in ends) == ["9"] * 20 + ["None"] * 20


def test_no_route_is_unreachable(loop: Loop) -> None:
    told = loop.run(ask(Get((UPTIME,))), Target("255.255.255.255", PUBLIC, timeout_s=1000), Communities(PUBLIC))
    assert [reason_of(answer) for answer in told] == ["unreachable"]


def test_what_waits_behind_an_unanswered_question_is_not_asked(loop: Loop) -> None:
    with serving(OBJECTS, Quirks(drop=1.0)) as (_agent, server):
        told = loop.run(
            ask(*[Get((UPTIME,))] * 500), target(server, timeout_s=0.2, retries=1, window=2), Communities(PUBLIC)
        )
        assert [reason_of(answer) for answer in told] == ["timeout"] * 500
        assert server.datagrams == 4


def test_many_devices_are_asked_beside_each_other(loop: Loop) -> None:
    ends: list[Ended] = []
    with (
        serving(OBJECTS, Quirks(drop=1.0)) as (_dead, silent),
        serving(OBJECTS) as (_agent, server),
        serving(OBJECTS, host="::1") as (_other, six),
    ):
        waiting = loop.add(asks(1, 1), target(silent, timeout_s=1000), Communities(PUBLIC), ends.append)
        for one in [server, six] * 50:
            loop.add(asks(2, 4), target(one), Communities(PUBLIC), ends.append)
        turn_until(loop, lambda: len(ends) == 100)
        assert {end.told for end in ends} == {8}
        assert not loop.is_idle
        loop.cancel(waiting)
        turn_until(loop, lambda: loop.is_idle)
    assert len(ends) == 100
    assert loop.flying == {}


def test_another_thread_may_add_and_cancel(loop: Loop) -> None:
    ends: list[Ended] = []
    is_stopped = threading.Event()

    def turn() -> None:
        while not is_stopped.is_set():
            loop.turn(DEADLINE_S)

    thread = threading.Thread(target=turn)
    thread.start()
    ended = threading.Event()

    def done(end: Ended) -> None:
        ends.append(end)
        ended.set()

    with serving(OBJECTS) as (_agent, server):
        for _ in range(3):
            ended.clear()
            loop.add(asks(1, 2), target(server), Communities(PUBLIC), done)
            assert ended.wait(DEADLINE_S / 2)
    is_stopped.set()
    loop.wake()
    thread.join(DEADLINE_S / 2)
    assert not thread.is_alive()
    assert [end.told for end in ends] == [2, 2, 2]


def test_a_dialogue_that_breaks_breaks_no_other(loop: Loop) -> None:
    def broken() -> Dialogue[None]:
        yield (Get((UPTIME,)),)
        raise ZeroDivisionError

    def refuses() -> Dialogue[None]:
        yield (Get((UPTIME,)),)
        raise SnmpFailed("access", "no")

    ends: list[Ended] = []
    with serving(OBJECTS) as (_agent, server):
        for dialogue in (broken(), refuses(), ask(Get(((9, 9),)))):
            loop.add(dialogue, target(server), Communities(PUBLIC), ends.append)
        assert loop.run(asks(5, 5), target(server), Communities(PUBLIC)) == 25
        turn_until(loop, lambda: len(ends) == 3)
    failed = sorted((reason_of(end.failed), end.failed.detail) for end in ends if end.failed is not None)
    assert [reason for reason, _ in failed] == ["access", "internal", "internal"]
    assert any("ZeroDivisionError at test_loop.py:" in detail for _, detail in failed)


def test_batches_may_be_empty(loop: Loop) -> None:
    def empty() -> Dialogue[int]:
        assert (yield ()) == ()
        assert len((yield (Ready(Get((UPTIME,)).encode(1)),))) == 1
        assert (yield ()) == ()
        return 5

    with serving(OBJECTS) as (_agent, server):
        assert loop.run(empty(), target(server), Communities(PUBLIC)) == 5


def test_an_answer_may_be_as_large_as_a_datagram(loop: Loop) -> None:
    objects: Objects = {(*COLUMN, row): Value(tags.OCTETS, b"x" * 4000) for row in range(1, 16)}
    with serving(objects) as (_agent, server):
        (answer,) = loop.run(ask(GetBulk((COLUMN,), 15)), target(server), Communities(PUBLIC))
    assert len(answer) > 60_000
    assert len(pdus.read(answer).bindings) == 15


class Greeting:
    """Security that wants to be greeted, and to have each message wrapped again some times."""

    def __init__(self, hellos: int, rewraps: int) -> None:
        self.hellos, self.rewraps = hellos, rewraps
        self._inner = Communities(PUBLIC)

    def hello(self, number: int) -> bytes | None:
        return self._inner.wrap(Get(()).encode(number), number) if self.hellos else None

    def wrap(self, pdu: bytes, number: int) -> bytes:
        assert self.hellos == 0
        return self._inner.wrap(pdu, number)

    def number(self, datagram: bytes) -> int:
        return self._inner.number(datagram)

    def unwrap(self, datagram: bytes) -> Unwrapped:
        found = self._inner.unwrap(datagram)
        if self.hellos:
            self.hellos -= 1
            raise Report(found.number, again=False)
        if self.rewraps:
            self.rewraps -= 1
            raise Report(found.number, again=True)
        return found

    def unanswered(self) -> SnmpFailed | None:
        return None


@pytest.mark.parametrize(("hellos", "rewraps"), [(0, 0), (1, 0), (3, 0), (0, 1), (1, 2)])
def test_a_device_is_greeted_and_told_again(loop: Loop, hellos: int, rewraps: int) -> None:
    effort = Effort()
    with serving(OBJECTS) as (_agent, server):
        assert loop.run(asks(2, 2), target(server), Greeting(hellos, rewraps), effort) == 4
    assert effort.sent == effort.answered == 4 + hellos + rewraps


@pytest.mark.parametrize(("hellos", "rewraps"), [(99, 0), (0, 99)])
def test_a_device_that_is_never_pleased_is_given_up(loop: Loop, hellos: int, rewraps: int) -> None:
    with serving(OBJECTS) as (_agent, server), pytest.raises(SnmpFailed) as caught:
        loop.run(asks(1, 1), target(server), Greeting(hellos, rewraps))
    assert caught.value.reason == "engine"


def test_a_hello_that_nobody_answers_fails_the_dialogue(loop: Loop) -> None:
    with serving(OBJECTS, Quirks(drop=1.0)) as (_agent, server), pytest.raises(SnmpFailed) as caught:
        loop.run(asks(1, 1), target(server, timeout_s=0.2, retries=1), Greeting(1, 0))
    assert caught.value.reason == "timeout"


def test_what_security_knows_of_silence_is_told(loop: Loop) -> None:
    class Knowing(Greeting):
        def unanswered(self) -> SnmpFailed | None:
            return SnmpFailed("priv", "deaf to us")

    with (
        serving(OBJECTS, Quirks(drop=1.0)) as (_agent, server),
        pytest.raises(SnmpFailed, match="deaf to us") as caught,
    ):
        loop.run(asks(1, 1), target(server, timeout_s=0.2, retries=0), Knowing(1, 0))
    assert caught.value.reason == "priv"


def test_what_security_refuses_ends_the_dialogue(loop: Loop) -> None:
    class Refusing(Greeting):
        def unwrap(self, datagram: bytes) -> Unwrapped:
            raise SnmpFailed("auth", "another passphrase")

    with serving(OBJECTS) as (_agent, server), pytest.raises(SnmpFailed) as caught:
        loop.run(asks(1, 5), target(server), Refusing(0, 0))
    assert caught.value.reason == "auth"
    assert loop.flying == {}


def test_a_name_is_looked_up_beside_others_and_kept() -> None:
    may_answer, asked = threading.Event(), []

    def slow(host: str, port: int) -> Any:
        asked.append(host)
        if host == "hangs.example":
            may_answer.wait(DEADLINE_S)
        return (Place(socket.AF_INET, ("127.0.0.1", port)),)

    loop = Loop(ask=slow)
    ends: list[Ended] = []
    try:
        with serving(OBJECTS) as (_agent, server):
            for _ in range(2):
                hangs = Target("hangs.example", PUBLIC, server.port)
                loop.add(asks(1, 1), hangs, Communities(PUBLIC), ends.append)
            for _ in range(3):
                named = Target("switch.example", PUBLIC, server.port)
                assert loop.run(asks(1, 2), named, Communities(PUBLIC)) == 2
            assert ends == []
            may_answer.set()
            turn_until(loop, lambda: len(ends) == 2)
    finally:
        may_answer.set()
        loop.close()
    assert [end.told for end in ends] == [1, 1]
    assert sorted(asked) == ["hangs.example", "switch.example"]


def test_a_name_that_is_none_is_told() -> None:
    loop = Loop(ask=lambda host, _port: SnmpFailed("name", f"{host}: unknown"))
    with pytest.raises(SnmpFailed) as caught:
        loop.run(asks(1, 1), Target("nowhere.invalid", PUBLIC), Communities(PUBLIC))
    loop.close()
    assert (caught.value.reason, caught.value.detail) == ("name", "nowhere.invalid: unknown")
    found = ask_system("no\0name", 161)
    assert reason_of(found) == "name"


def test_a_resolver_that_hangs_is_given_up() -> None:
    may_answer = threading.Event()
    now = [0.0]

    def hang(_host: str, _port: int) -> SnmpFailed:
        may_answer.wait(DEADLINE_S)
        return SnmpFailed("name", "late")

    loop = Loop(clock=lambda: now[0], ask=hang)
    ends: list[Ended] = []
    loop.add(asks(1, 1), Target("hangs.example", PUBLIC), Communities(PUBLIC), ends.append)
    loop.turn(0)
    now[0] = 30.0
    loop.turn(0)
    may_answer.set()
    loop.close()
    assert [end.failed.reason for end in ends if end.failed is not None] == ["name"]


@NO_WINDOWS
def test_the_next_address_of_a_name_is_tried() -> None:
    with serving(OBJECTS) as (_agent, server):
        places = (Place(socket.AF_INET6, ("::1", server.port, 0, 0)), Place(socket.AF_INET, ("127.0.0.1", server.port)))
        loop = Loop(ask=lambda _host, _port: places)
        device = Target("localhost.example", PUBLIC, server.port, timeout_s=1000)
        assert loop.run(asks(2, 3), device, Communities(PUBLIC)) == 6
        loop.close()


def test_the_pace_follows_rfc_6298() -> None:
    pace = Pace()
    assert pace.wait_s(False, 2.0) == 2.0  # nothing known yet
    pace.learn(0.4)
    assert pace.wait_s(False, 2.0) == pytest.approx(0.4 + 4 * 0.2)
    pace.learn(0.4)
    assert pace.wait_s(False, 2.0) == pytest.approx(0.4 + 4 * 0.15)
    pace.slow_down()
    assert pace.wait_s(False, 2.5) == pytest.approx(2.0)
    assert pace.wait_s(False, 1.5) == 1.5
    assert pace.wait_s(True, 9.0) == 9.0
    for _ in range(50):
        pace.learn(0.001)
    assert pace.wait_s(False, 2.0) == WAIT_MIN_S


@pytest.mark.parametrize("community", [b"", b"public", b"c" * 127, b"c" * 128, b"c" * 300])
@pytest.mark.parametrize("number", [1, 255, 2**31 - 1])
@pytest.mark.parametrize("rows", [0, 1, 40, 4000])
def test_a_number_is_found_before_anything_is_proven(community: bytes, number: int, rows: int) -> None:
    wrapped = Communities(Community("2c", community)).wrap(Get((UPTIME,) * rows).encode(number), number)
    assert message_number(wrapped) == number


def test_a_number_of_snmp_3_is_found() -> None:
    header = encode(0x30, bytes.fromhex("020207d1 02030100 00 040104 020103"))
    assert message_number(encode(0x30, b"\x02\x01\x03" + header + b"\x04\x00\x30\x00")) == 2001


def test_no_cut_of_a_message_is_more_than_refused() -> None:
    whole = Communities(Community("2c", b"c" * 200)).wrap(Get((UPTIME,) * 30).encode(77), 77)
    for end in range(220):
        with pytest.raises(Malformed):
            message_number(whole[: min(end, 212)])


def test_an_agent_answers_a_datagram_only_with_its_community() -> None:
    answer = answer_community(Agent(OBJECTS))
    asked = Communities(Community("1", b"public")).wrap(Get((UPTIME,)).encode(5), 5)
    told = answer(asked)
    assert told is not None
    assert pdus.read(Communities(Community("1", b"public")).unwrap(told).pdu).bindings[0][1].data == 4242
    assert answer(Communities(Community("1", b"other")).wrap(Get((UPTIME,)).encode(5), 5)) is None
