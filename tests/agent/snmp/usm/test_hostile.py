from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.credential import User
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.message import Report, Unwrapped
from regiowacht_agent.snmp.usm import reports
from regiowacht_agent.snmp.usm.security import Usm
from tests.agent.snmp.agent_v3 import AUTH_SECRET, ENGINE, MONITOR, PRIV_SECRET, AgentV3
from tests.agent.snmp.usm.exchange import UPTIME, asked
from tests.agent.snmp.usm.test_security import PLAIN, SIGNING, answering

if TYPE_CHECKING:
    from collections.abc import Iterator

MUTATED = 20_000
SEED = 3414
ENCRYPTING_DES = User("monitor", "md5", AUTH_SECRET, "des", PRIV_SECRET)
NUMBER = 0x2000_0000


def answers(user: User, usm: Usm) -> list[bytes]:
    """Return what a device may send to a question of that user, of every kind."""
    asked(usm, AgentV3(answering(), user))
    question = usm.wrap(pdu.request(pdu.GET, NUMBER, (UPTIME,)), NUMBER)
    agents = [AgentV3(answering(octets), user) for octets in (4, 200, 600)]
    kinds = (reports.CLOCK, reports.USER, reports.DIGEST)
    agents += [AgentV3(answering(), user, report=oid, report_flags=flags) for oid in kinds for flags in (0, 1, 3)]
    agents += [AgentV3(answering(), user, engine=b"\x80\0\0\0\4other"), AgentV3(answering(), user, boots=8)]
    return [answer for agent in agents if (answer := agent(question)) is not None]


def mutated(datagram: bytes, dice: random.Random) -> bytes:
    """Return it with some octets changed, cut, doubled or moved."""
    made = bytearray(datagram)
    for _ in range(dice.choice((1, 1, 1, 2, 5, 20))):
        # What stands before the data is where the decisions are.
        at = dice.randrange(min(len(made), dice.choice((16, 120, 1000))) or 1)
        kind = dice.randrange(6)
        if kind == 0:
            made[at : at + 1] = bytes((dice.choice((0, 1, 2, 4, 0x30, 0x7F, 0x80, 0x81, 0x84, 0xFF)),))
        elif kind == 1:
            made[at : at + 1] = bytes((dice.randrange(256),))
        elif kind == 2:
            del made[at : at + dice.randrange(1, 9)]
        elif kind == 3:
            made[at:at] = dice.randbytes(dice.randrange(1, 9))
        elif kind == 4:
            del made[at:]
        else:
            made[at:at] = made[: dice.randrange(1, 60)]
        if not made:
            return b""
    return bytes(made)


def told(usm: Usm, datagram: bytes) -> Iterator[object]:
    """Give what it makes of a datagram; anything else that it raises goes on."""
    try:
        yield usm.number(datagram)
    except Malformed as error:
        yield error
    try:
        yield usm.unwrap(datagram)
    except (Malformed, Report, SnmpFailed) as error:
        yield error


@pytest.mark.parametrize("user", [PLAIN, SIGNING, MONITOR, ENCRYPTING_DES], ids=["plain", "sha256", "aes", "des"])
def test_whatever_comes_it_is_an_answer_or_one_of_three_refusals(user: User) -> None:
    dice = random.Random(SEED)
    usm = Usm(user)
    known = answers(user, usm)
    refused = 0
    for _ in range(MUTATED // 4):
        good = dice.choice(known)
        datagram = mutated(good, dice)
        for what in told(usm, datagram):
            refused += isinstance(what, Malformed)
            if isinstance(what, Unwrapped) and user.auth:
                assert datagram in known
    assert refused > MUTATED // 10
    assert asked(usm, AgentV3(answering(), user)).status == 0


def test_no_octet_of_a_signed_answer_can_be_changed() -> None:
    usm = Usm(MONITOR)
    asked(usm, AgentV3(answering(600)))
    good = AgentV3(answering(600))(usm.wrap(pdu.request(pdu.GET, NUMBER, (UPTIME,)), NUMBER))
    assert good is not None
    assert usm.unwrap(good).number == NUMBER
    for at in range(len(good)):
        changed = good[:at] + bytes((good[at] ^ 1,)) + good[at + 1 :]
        with pytest.raises(Malformed):
            usm.unwrap(changed)
        with pytest.raises(Malformed):
            usm.unwrap(good[:at])
    assert usm.unwrap(good).number == NUMBER
    with pytest.raises(Malformed):
        usm.unwrap(good + b"\0")


@pytest.mark.parametrize("engine", [b"", b"x" * 33])
def test_an_engine_that_cannot_be_is_not_learnt(engine: bytes) -> None:
    usm = Usm(MONITOR)
    hello = usm.hello(NUMBER)
    assert hello is not None
    agent = AgentV3(answering(), engine=engine)
    agent.report = reports.ENGINE
    with pytest.raises(Malformed):
        usm.unwrap(agent(hello) or b"")
    assert asked(usm, AgentV3(answering())).status == 0
    assert ENGINE in usm.wrap(pdu.request(pdu.GET, NUMBER, (UPTIME,)), NUMBER)
