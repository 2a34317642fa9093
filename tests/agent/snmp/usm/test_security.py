from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.ber import SEQUENCE, Malformed, Reader, encode, encode_integer
from regiowacht_agent.snmp.credential import User
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.message import Report
from regiowacht_agent.snmp.oid import encode_oid
from regiowacht_agent.snmp.usm import reports
from regiowacht_agent.snmp.usm.engine import BOOTS_MAX
from regiowacht_agent.snmp.usm.security import REPORTS_MAX, Usm
from regiowacht_agent.snmp.usm.store import Store
from tests.agent.snmp.agent_v3 import AUTH_SECRET, ENGINE, MONITOR, PRIV_SECRET, AgentV3, serving
from tests.agent.snmp.usm.exchange import UPTIME, Silent, asked, over_udp

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = User("monitor")
SIGNING = User("monitor", "sha256", AUTH_SECRET)
LEVELS = pytest.mark.parametrize("user", [PLAIN, SIGNING, MONITOR], ids=["plain", "signing", "encrypting"])
SECURE = pytest.mark.parametrize("user", [SIGNING, MONITOR], ids=["signing", "encrypting"])


def answering(octets: int = 4) -> Callable[[bytes], bytes]:
    """Return a handler whose answers hold a value of so many octets."""

    def answer(asked: bytes) -> bytes:
        number = pdu.read_number(asked)
        binding = encode(SEQUENCE, encode(0x06, encode_oid(UPTIME)) + encode(0x04, b"x" * octets))
        return encode(pdu.RESPONSE, encode_integer(number) + encode_integer(0) * 2 + encode(SEQUENCE, binding))

    return answer


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now_s = 10_000.0

    def __call__(self) -> float:
        return self.now_s


def known(user: User = MONITOR) -> tuple[AgentV3, Usm, Clock]:
    """Return a device, and who has had an answer of it."""
    agent, clock = AgentV3(answering(), user), Clock()
    usm = Usm(user, clock=clock)
    asked(usm, agent)
    agent.seen.clear()
    return agent, usm, clock


@LEVELS
def test_it_says_hello_once_and_asks(user: User) -> None:
    agent = AgentV3(answering(), user)
    usm = Usm(user)
    for _ in range(3):
        assert asked(usm, agent).bindings[0][0] == UPTIME
    assert [message.engine for message in agent.seen] == [b"", ENGINE, ENGINE, ENGINE]
    assert (agent.seen[0].user, agent.seen[0].flags & 3) == (b"", 0)


def test_over_udp_it_is_the_same() -> None:
    with serving(AgentV3(answering())) as port:
        assert asked(Usm(MONITOR), over_udp(port)).status == 0


def test_a_question_before_the_hello_cannot_be_wrapped() -> None:
    with pytest.raises(SnmpFailed) as failed:
        Usm(MONITOR).wrap(pdu.request(pdu.GET, 1, (UPTIME,)), 1)
    assert failed.value.reason == "engine"


@pytest.mark.parametrize(
    ("oid", "reason"),
    [
        (reports.LEVEL, "level"),
        (reports.USER, "user"),
        (reports.DIGEST, "auth"),
        (reports.DECRYPTION, "priv"),
        (reports.CONTEXTS[0], "access"),
        (reports.MODEL, "level"),
        ((1, 3, 6, 1, 4, 1, 9, 9), "status"),
    ],
)
@pytest.mark.parametrize("flags", [0, 1, 3])
def test_what_a_device_says_by_report_has_its_reason(oid: tuple[int, ...], reason: str, flags: int) -> None:
    with pytest.raises(SnmpFailed) as failed:
        asked(Usm(MONITOR), AgentV3(answering(), report=oid, report_flags=flags))
    assert failed.value.reason == reason


def test_another_context_is_no_access() -> None:
    agent = AgentV3(answering(), context=b"vlan-20")
    with pytest.raises(SnmpFailed) as failed:
        asked(Usm(MONITOR), agent)
    assert failed.value.reason == "access"
    user = User("monitor", "sha", AUTH_SECRET, "aes128", PRIV_SECRET, context="vlan-20")
    assert asked(Usm(user), agent).status == 0


@SECURE
def test_an_answer_that_is_not_signed_with_the_key_is_none(user: User) -> None:
    agent, usm, _ = known(user)
    agent.spoils_digest = True
    with pytest.raises(Silent):
        asked(usm, agent)


@pytest.mark.parametrize(("user", "level"), [(SIGNING, 0), (MONITOR, 0), (MONITOR, 1)])
def test_an_answer_of_another_level_is_none(user: User, level: int) -> None:
    agent, usm, _ = known(user)
    agent.level = level
    with pytest.raises(Silent):
        asked(usm, agent)


def test_a_signed_answer_is_none_for_who_signs_nothing() -> None:
    agent, usm, _ = known()
    answer = agent(usm.wrap(pdu.request(pdu.GET, 0x2000_0000, (UPTIME,)), 0x2000_0000))
    plain = Usm(PLAIN)
    asked(plain, AgentV3(answering(), PLAIN))
    with pytest.raises(Malformed):
        plain.unwrap(answer or b"")


@LEVELS
def test_an_answer_to_another_question_is_none(user: User) -> None:
    agent, usm, _ = known(user)
    first = 0x2000_0000
    datagram = usm.wrap(pdu.request(pdu.GET, first, (UPTIME,)), first)
    agent.number = first + 1
    answer = agent(datagram)
    assert answer is not None
    assert usm.number(answer) == first + 1
    with pytest.raises(Malformed):
        usm.unwrap(answer)


def test_the_clock_of_the_message_decrypts_it() -> None:
    clock = itertools.count(5000, 7)
    agent = AgentV3(answering(), time=lambda: next(clock))
    usm = Usm(MONITOR)
    for _ in range(5):
        assert asked(usm, agent).status == 0


@SECURE
@pytest.mark.parametrize(
    ("boots", "time"), [(4, 0), (3, 0), (3, 90_000), (0, 17), (1, 1000), (9, 2**31 - 1)],
    ids=["reboot", "reboot-not-counted", "ahead", "reset-to-zero", "reset", "end-of-time"],
)  # fmt: skip
def test_a_clock_that_jumps_costs_one_question(user: User, boots: int, time: int) -> None:
    agent, usm, _ = known(user)
    agent.boots, agent.time = boots, time
    for _ in range(3):
        assert asked(usm, agent).status == 0
    assert len(agent.seen) == 4


@SECURE
@pytest.mark.parametrize(("boots", "time"), [(3, 0), (2, 5000), (0, 0)])
def test_a_device_that_takes_any_time_and_goes_back_is_asked_for_its_clock(user: User, boots: int, time: int) -> None:
    agent, usm, _ = known(user)
    agent.checks_time, agent.boots, agent.time = False, boots, time
    for _ in range(3):
        assert asked(usm, agent).status == 0
    assert len(agent.seen) == 4
    assert (agent.seen[1].boots, agent.seen[1].time) == (0, 0)


@SECURE
def test_time_goes_by_here_as_there(user: User) -> None:
    agent, usm, clock = known(user)
    for _ in range(3):
        clock.now_s += 3600
        agent.time = agent.now + 3600 + 40  # it runs fast
        assert asked(usm, agent).status == 0
    assert len(agent.seen) == 3


@LEVELS
def test_another_engine_in_mid_poll_is_learnt(user: User) -> None:
    agent, usm, _ = known(user)
    agent.engine, agent.boots, agent.time = ENGINE + b"2", 1, 4
    for _ in range(3):
        assert asked(usm, agent).status == 0
    assert len(agent.seen) == 4


def test_a_reboot_with_four_questions_in_flight_costs_four_reports() -> None:
    agent, usm, _ = known()
    agent.boots, agent.time = agent.boots + 1, 3
    numbers = range(0x3000_0000, 0x3000_0004)
    for number, datagram in [(n, usm.wrap(pdu.request(pdu.GET, n, (UPTIME,)), n)) for n in numbers]:
        with pytest.raises(Report) as report:
            usm.unwrap(agent(datagram) or b"")
        assert (report.value.number, report.value.again) == (number, True)
    for number in numbers:
        assert usm.unwrap(agent(usm.wrap(pdu.request(pdu.GET, number, (UPTIME,)), number)) or b"").number == number


def test_two_engines_on_one_address_end_with_a_reason() -> None:
    agent, usm, _ = known()
    names = itertools.count()

    def ask(datagram: bytes) -> bytes | None:
        agent.engine = ENGINE + bytes((next(names) & 0xFF,))
        return agent(datagram)

    with pytest.raises(SnmpFailed) as failed:
        asked(usm, ask)
    assert failed.value.reason == "engine"
    assert f" {REPORTS_MAX} reports" in failed.value.detail
    assert len(agent.seen) == REPORTS_MAX + 1
    agent.engine = ENGINE
    assert asked(usm, agent).status == 0


@SECURE
def test_a_clock_that_is_never_right_ends_with_a_reason(user: User) -> None:
    agent, usm, _ = known(user)
    agent.report = reports.CLOCK
    with pytest.raises(SnmpFailed) as failed:
        asked(usm, agent)
    assert failed.value.reason == "clock"
    agent.report = None
    assert asked(usm, agent).status == 0


def test_a_device_that_started_too_often_is_told_so() -> None:
    agent, usm, _ = known()
    agent.boots = BOOTS_MAX
    with pytest.raises(SnmpFailed) as failed:
        asked(usm, agent)
    assert failed.value.reason == "clock"


@SECURE
def test_a_report_of_the_clock_that_is_not_signed_changes_nothing(user: User) -> None:
    agent, usm, _ = known(user)
    spoofer = AgentV3(answering(), user, time=77_777, checks_time=False, report=reports.CLOCK, report_flags=0)
    with pytest.raises(Silent):
        asked(usm, spoofer)
    assert asked(usm, agent).status == 0
    assert len(agent.seen) == 1


def test_a_spoofed_engine_costs_a_question_and_is_not_remembered() -> None:
    store = Store("")
    agent = AgentV3(answering())
    usm = Usm(MONITOR, store.at("sw-1", 161))
    asked(usm, agent)
    before = store.get("sw-1", 161)
    spoofer = AgentV3(answering(), engine=b"\x80\0\0\0\4evil", boots=2**31 - 2)
    number = 0x2000_0000
    with pytest.raises(Report):
        usm.unwrap(spoofer(usm.wrap(pdu.request(pdu.GET, number, (UPTIME,)), number)) or b"")
    assert store.get("sw-1", 161) == before
    assert asked(usm, agent).status == 0
    assert store.get("sw-1", 161) == before


def test_an_old_answer_is_not_taken_again_once_its_window_is_over() -> None:
    agent, usm, clock = known()
    agent.handler = answering(600)
    number = 0x2000_0000
    old = agent(usm.wrap(pdu.request(pdu.GET, number, (UPTIME,)), number))
    assert old is not None
    assert usm.unwrap(old).number == number
    clock.now_s += 149
    assert usm.unwrap(old).number == number
    clock.now_s += 2
    with pytest.raises(Report):
        usm.unwrap(old)


def reason(usm: Usm) -> str:
    """Return what it says of a question that got no answer."""
    failed = usm.unanswered()
    return failed.reason if failed else ""


def test_what_keeps_silent_to_a_wrong_key_is_told_from_what_is_away() -> None:
    agent = AgentV3(answering(), is_deaf=True)
    usm = Usm(User("monitor", "sha", AUTH_SECRET, "aes128", b"wrong-not-a-secret"))
    assert reason(usm) == ""
    for _ in range(2):
        with pytest.raises(Silent):
            asked(usm, agent)
        assert [reason(usm), reason(usm)] == ["priv", "priv"]
        assert usm.hello(0x1000_0001) is not None
        assert reason(usm) == ""  # not even the hello was answered


def test_a_key_that_changes_on_a_silent_device_is_told_with_the_second_poll() -> None:
    agent, usm, _ = known()
    agent.is_deaf, agent.user = True, User("monitor", "sha", AUTH_SECRET, "aes128", b"another-not-a-secret")
    for wanted in ("", "priv"):
        with pytest.raises(Silent):
            asked(usm, agent)
        assert reason(usm) == wanted
    agent.user = MONITOR
    assert asked(usm, agent).status == 0


def test_after_silence_what_is_under_way_may_go_on() -> None:
    agent, usm, _ = known()
    assert reason(usm) == ""
    number = 0x2000_0000
    answer = agent(usm.wrap(pdu.request(pdu.GET, number, (UPTIME,)), number))
    assert usm.unwrap(answer or b"").number == number
    assert asked(usm, agent).status == 0
    assert usm.hello(number) is None


def test_a_device_that_is_silent_to_another_engine_than_its_own_is_greeted_again() -> None:
    agent, usm, _ = known()
    agent.engine = ENGINE + b"2"

    def ask(datagram: bytes) -> bytes | None:
        answer = agent(datagram)
        return answer if agent.seen[-1].engine in {b"", agent.engine} else None

    with pytest.raises(Silent):
        asked(usm, ask)
    assert reason(usm) == ""
    assert asked(usm, ask).status == 0


@LEVELS
@pytest.mark.parametrize("octets", [1, 100, 127, 128, 200, 255, 256, 300, 1350, 65_000])
def test_answers_of_every_length_are_read_alike(user: User, octets: int) -> None:
    agent, usm, clock = known(user)
    agent.handler = answering(octets)
    for at in range(4):
        found = asked(usm, agent).bindings
        assert [(oid, value.data) for oid, value in found] == [(UPTIME, b"x" * octets)]
        agent.time = agent.now + at // 2
        clock.now_s += at // 2


def test_a_question_says_how_long_an_answer_may_be() -> None:
    usm = Usm(PLAIN, size_max_bytes=1400)
    asked(usm, AgentV3(answering(), PLAIN))
    datagram = usm.wrap(pdu.request(pdu.GET, 0x1000_0000, (UPTIME,)), 0x1000_0000)
    reader = Reader(datagram).inside()
    reader.integer()
    header = reader.inside()
    assert (header.integer(), header.integer()) == (0x1000_0000, 1400)
