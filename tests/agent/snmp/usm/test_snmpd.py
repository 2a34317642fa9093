from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.credential import User
from regiowacht_agent.snmp.dialogue import GetBulk
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.loop import Loop
from regiowacht_agent.snmp.session import Target
from regiowacht_agent.snmp.usm.security import Usm
from regiowacht_agent.snmp.usm.store import Known, Store
from tests.agent.snmp.snmpd import AUTH_SECRET, BOTH_SECURE, PRIV_SECRET, USERS, free_port
from tests.agent.snmp.snmpd import snmpd as net_snmp
from tests.agent.snmp.usm.exchange import UPTIME, Silent, asked, over_udp

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.snmp.dialogue import Dialogue
    from tests.agent.snmp.snmpd import Snmpd

pytestmark = pytest.mark.snmp

WRONG = b"wrong-not-a-secret"
SYSTEM = (1, 3, 6, 1, 2, 1, 1)
WRONG_KEY = User("sha256-aes128", "sha256", AUTH_SECRET, "aes128", WRONG)
ANOTHER = User("sha512-des", "sha512", AUTH_SECRET, "des", PRIV_SECRET)


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name)
def test_snmpd_answers_every_kind_of_user(snmpd: Snmpd, user: User) -> None:
    usm = Usm(user)
    for _ in range(3):
        found = asked(usm, over_udp(snmpd.port)).bindings
        assert [oid for oid, _ in found] == [UPTIME]
        assert found[0][1].number is not None
    many = asked(usm, over_udp(snmpd.port), pdu.GETBULK, 40).bindings
    assert len(many) == 40


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (User("nobody"), "user"),
        (User("nobody", "sha", WRONG), "user"),
        (User("auth-sha", "sha", WRONG), "auth"),
        (User("auth-sha", "sha256", AUTH_SECRET), "auth"),
        (User("auth-sha", "sha", AUTH_SECRET, "aes128", WRONG), "level"),
        (User("sha-des", "sha", AUTH_SECRET, "des", WRONG), "priv"),
        (User("sha-aes128", "sha", AUTH_SECRET, "aes128", WRONG), "priv"),
        (User("sha-aes256", "sha", AUTH_SECRET, "aes256-blumenthal", PRIV_SECRET), "priv"),
    ],
)
def test_snmpd_says_why_it_refuses(snmpd: Snmpd, user: User, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.agent.snmp.usm.exchange.PATIENCE_S", 3.0)
    usm = Usm(user)
    try:
        asked(usm, over_udp(snmpd.port))
    except Silent:
        silence = usm.unanswered()
        assert silence is not None
        failed = silence
    except SnmpFailed as error:
        failed = error
    else:
        pytest.fail("it was answered")
    assert failed.reason == reason
    assert WRONG.decode() not in failed.detail


def test_a_level_below_what_the_view_wants_is_an_error_of_the_answer(snmpd: Snmpd) -> None:
    usm = Usm(User("sha-aes128", "sha", AUTH_SECRET))
    assert asked(usm, over_udp(snmpd.port)).status == pdu.AUTHORIZATION_ERROR


def test_a_reboot_between_two_questions_costs_one_report(tmp_path: Path) -> None:
    port = free_port()
    store = Store("")
    usm = Usm(BOTH_SECURE, store.at("sw-1", port))
    with net_snmp(tmp_path, port=port):
        asked(usm, over_udp(port))
        first = store.get("sw-1", port)
    with net_snmp(tmp_path, port=port):
        asked(usm, over_udp(port))
        second = store.get("sw-1", port)
    assert first is not None
    assert second is not None
    assert (second.engine, second.boots) == (first.engine, first.boots + 1)


def test_another_engine_on_the_same_address_is_learnt(tmp_path: Path) -> None:
    port = free_port()
    store = Store("")
    usm = Usm(BOTH_SECURE, store.at("sw-1", port))
    for engine in (b"one", b"another"):
        folder = tmp_path / engine.decode()
        folder.mkdir()
        with net_snmp(folder, f"engineID {engine.decode()}", port=port):
            asked(usm, over_udp(port))
        known = store.get("sw-1", port)
        assert known is not None
        assert known.engine.endswith(engine)


def test_what_was_remembered_spares_the_hello(snmpd: Snmpd, tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    asked(Usm(BOTH_SECURE, store.at("sw-1", snmpd.port)), over_udp(snmpd.port))
    assert store.save()
    sent: list[bytes] = []

    def ask(datagram: bytes) -> bytes | None:
        sent.append(datagram)
        return over_udp(snmpd.port)(datagram)

    asked(Usm(ANOTHER, Store(str(tmp_path)).at("sw-1", snmpd.port)), ask)
    assert len(sent) == 1


def test_a_remembered_engine_that_is_wrong_costs_a_report(snmpd: Snmpd) -> None:
    store = Store("")
    store.put("sw-1", snmpd.port, Known(b"\x80\0\0\0\4gone", 77, 5))
    usm = Usm(BOTH_SECURE, store.at("sw-1", snmpd.port))
    assert asked(usm, over_udp(snmpd.port)).status == 0


def test_the_loop_polls_over_it_and_says_why_where_the_key_is_wrong(snmpd: Snmpd) -> None:
    def dialogue() -> Dialogue[int]:
        answers = yield tuple(GetBulk((SYSTEM,), 40) for _ in range(12))
        return sum(len(pdu.read(answer).bindings) for answer in answers if isinstance(answer, bytes))

    def failing() -> Dialogue[int]:
        answers = yield (GetBulk((SYSTEM,), 40),)
        for answer in answers:
            if isinstance(answer, SnmpFailed):
                raise answer
        return 0

    with closing(Loop()) as loop:
        usm = Usm(BOTH_SECURE)
        target = Target("127.0.0.1", BOTH_SECURE, port=snmpd.port, timeout_s=30.0, window=4)
        assert [loop.run(dialogue(), target, usm) for _ in range(2)] == [480, 480]
        wrong = Target("127.0.0.1", WRONG_KEY, port=snmpd.port, timeout_s=2.0, retries=0)
        with pytest.raises(SnmpFailed) as failed:
            loop.run(failing(), wrong, Usm(WRONG_KEY))
        assert failed.value.reason == "priv"
