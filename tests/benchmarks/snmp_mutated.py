"""Millions of mutated answers of SNMP: nothing that a device or anybody else sends crashes, hangs or grows the agent.

Answers of a switch to the questions of a plan are changed, cut, doubled and moved, and go the way that each datagram
goes: its number is read, a community or SNMP 3 unwraps it, the PDU is read and compared with what was expected. What
is accepted by the short ways of ``poll.expected`` must say what reading it binding by binding says. A PDU is mutated
before it is signed as often as after: the device itself may be mad.

Usage: python -m tests.benchmarks.snmp_mutated [--replies 10000000] [--seed 5]
"""

from __future__ import annotations

import argparse
import gc
import itertools
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.community import Communities
from regiowacht_agent.snmp.credential import Community, User
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.message import Report
from regiowacht_agent.snmp.message_number import message_number
from regiowacht_agent.snmp.poll.expected import Differs, Expected
from regiowacht_agent.snmp.poll.plan import plan
from regiowacht_agent.snmp.usm.security import Usm
from tests.agent.snmp.agent_v3 import AUTH_SECRET, PRIV_SECRET, AgentV3
from tests.agent.snmp.fake_agent import Agent, Quirks
from tests.agent.snmp.poll.switch import switch
from tests.agent.snmp.usm.exchange import asked
from tests.agent.snmp.usm.test_hostile import mutated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from regiowacht_agent.snmp.message import Security
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.poll.part import Part

REPLIES = 10_000_000
SEED = 5
ROUND = 5000
"""Replies before everything begins anew: a report may have taught a session another engine."""

LOOKS = 10
PORTS = range(1, 10)
REFUSALS = (Malformed, Differs, Report, SnmpFailed)
HANG_S = 60
USERS = (
    User("monitor"),
    User("monitor", "sha256", AUTH_SECRET),
    User("monitor", "sha", AUTH_SECRET, "aes128", PRIV_SECRET),
    User("monitor", "md5", AUTH_SECRET, "des", PRIV_SECRET),
)


@dataclass(slots=True)
class Found:
    """What became of the replies.

    Attributes:
        refused: how many were refused, by the name of the refusal.
        taken: how many were taken as an answer, and held what reading them says.
        slowest_ms: what one took at most.
        looks: replies so far, resident kilobytes, and objects of Python.
    """

    refused: Counter[str] = field(default_factory=Counter)
    taken: int = 0
    slowest_ms: float = 0.0
    looks: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def replies(self) -> int:
        """How many there were."""
        return self.taken + self.refused.total()


class Exchange:
    """A device of one credential, and who polls it.

    Args:
        agent: the switch.
        credential: of SNMP 1, 2c or 3.
    """

    def __init__(self, agent: Agent, credential: Community | User) -> None:
        self._agent = agent
        self._change: Callable[[bytes], bytes] = bytes
        self._numbers = itertools.count(0x2000_0000)
        self.security: Security
        if isinstance(credential, Community):
            self.security, self._device = Communities(credential), None
        else:
            usm = self.security = Usm(credential)
            self._device = AgentV3(self._handle, credential)
            asked(usm, self._device)
        self._wrap = self.security.wrap

    def answer(self, part: Part, change: Callable[[bytes], bytes] = bytes) -> bytes:
        """Return the datagram that answers a part, its PDU changed before it is wrapped."""
        number = next(self._numbers)
        question = pdu.with_number(part.question(), number)
        self._change = change
        try:
            if self._device is None:
                return self._wrap(self._handle(question), number)
            return self._device(self._wrap(question, number)) or b""
        finally:
            self._change = bytes

    def _handle(self, question: bytes) -> bytes:
        return self._change(self._agent.handle(question) or b"")


def _cells(agent: Agent) -> dict[Oid, dict[Oid, Any]]:
    found: dict[Oid, dict[Oid, Any]] = {}
    for name, value in agent.objects.items():
        found.setdefault(name[:-1], {})[name[-1:]] = value
    return found


def replies(dice: random.Random) -> Iterator[tuple[Security, Part, Expected, bytes]]:
    """Yield replies without end, each with who unwraps it and what was expected."""
    for turn in itertools.count():
        agent = Agent(switch(PORTS), Quirks(counting=True))
        cells = _cells(agent)
        parts = plan(cells, sorted(cells))
        kinds = [bytes(agent.objects[name].tag for name in part.names) for part in parts]
        expected = [Expected(part, kind) for part, kind in zip(parts, kinds, strict=True)]
        credential = (Community("2c", b"public"), Community("1", b"public"), *USERS)[turn % 6]
        exchange = Exchange(agent, credential)
        good: list[bytes] = []
        for _ in range(3):  # the pattern of an answer is known from its second time on
            good = [exchange.answer(part) for part in parts]
            for one, datagram in zip(expected, good, strict=True):
                one.take(exchange.security.unwrap(datagram).pdu)
        for left in range(ROUND):
            at = dice.randrange(len(parts))
            if left % 4:
                datagram = mutated(good[at], dice)
            else:
                datagram = exchange.answer(parts[at], lambda told: mutated(told, dice))
            yield exchange.security, parts[at], expected[at], datagram


def take(security: Security, part: Part, expected: Expected, datagram: bytes) -> str:
    """Take a reply as a loop and a device do; return the name of what refuses it, or "".

    Raises:
        AssertionError: it was taken for something that it does not say.
    """
    try:
        message_number(datagram)
        _number, told = security.unwrap(datagram)
        expected.take(told)
    except REFUSALS as refusal:
        return type(refusal).__name__
    # An oracle that has seen no answer before.
    again = Expected(part, bytes(expected._kinds))
    again.take(told)
    assert again.values == expected.values, told.hex()
    return ""


def run(count: int, seed: int, tell: Callable[[tuple[int, int, int]], None] = lambda _look: None) -> Found:
    """Take so many mutated replies; return what became of them."""
    found = Found()
    clock = time.perf_counter
    source = replies(random.Random(seed))
    for number in range(count):
        if number % max(1, count // LOOKS) == 0 and number:
            found.looks.append((number, resident_kb(), _objects()))
            tell(found.looks[-1])
        one = next(source)
        begin = clock()
        refusal = take(*one)
        found.slowest_ms = max(found.slowest_ms, (clock() - begin) * 1000)
        if refusal:
            found.refused[refusal] += 1
        else:
            found.taken += 1
        if number % ROUND == 0:
            signal.alarm(HANG_S)  # a reply that hangs ends the run, with its line
    signal.alarm(0)
    return found


def _objects() -> int:
    gc.collect()
    return len(gc.get_objects())


def resident_kb() -> int:
    """Return what this process holds (proc(5), smaps_rollup)."""
    rows = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Rss:"))


def main(words: Sequence[str]) -> int:
    """Run it; return the exit code."""
    told = argparse.ArgumentParser(prog="python -m tests.benchmarks.snmp_mutated")
    told.add_argument("--replies", type=int, default=REPLIES)
    told.add_argument("--seed", type=int, default=SEED)
    options = told.parse_args(words)
    print("| replies | RSS kB | Python objects |\n|---|---|---|", flush=True)
    found = run(options.replies, options.seed, lambda look: print(f"| {look[0]} | {look[1]} | {look[2]} |", flush=True))
    refused = ", ".join(f"{count} {name}" for name, count in found.refused.most_common())
    print(f"seed {options.seed}: {found.replies} replies; taken {found.taken}; refused {refused}", flush=True)
    print(f"slowest {found.slowest_ms:.1f} ms, waiting for the processor included", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
