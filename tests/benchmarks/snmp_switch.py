"""Switches of 48 and 4 ports whose counters move, on many UDP ports of the loopback, as fast as Python goes.

A question is read once: what it asks for is remembered by its bytes, and only counters are written anew. SNMP 2c, and 3
with one user; GET, GETNEXT and GETBULK.

Usage: python -m tests.benchmarks.snmp_switch [--switches 1] [--delay-ms 0] [--size-max 65000] [--still] [--v3]
It prints its UDP ports in one line, and runs until its standard input is closed.
"""

from __future__ import annotations

import argparse
import heapq
import random
import select
import socket
import sys
import time
from bisect import bisect_right
from typing import TYPE_CHECKING

from regiowacht_agent.snmp import pdu as pdus
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.ber import SEQUENCE, Reader, encode, encode_integer
from regiowacht_agent.snmp.oid import encode_oid, parse_oid
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.agent_v3 import AgentV3
from tests.agent.snmp.fake_agent import binding, read_question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from regiowacht_agent.snmp.oid import Oid

PORTS = range(1, 53)
UPLINKS = range(49, 53)
COMMUNITY = b"public"
UP_S = 90 * 86_400
"""How long a switch has been up when it is first asked."""

MIB2 = "1.3.6.1.2.1"
ENTRY, X_ENTRY = parse_oid(f"{MIB2}.2.2.1"), parse_oid(f"{MIB2}.31.1.1.1")
REMEMBERED_MAX = 5000


class Moving:
    """An object that counts at one rate since the switch was started.

    Args:
        oid: its name.
        tag: of its value.
        start: what it was.
        rate: by the second.
    """

    __slots__ = ("_head", "_modulus", "_rate", "_start", "_tag")

    def __init__(self, oid: Oid, tag: int, start: int, rate: float) -> None:
        self._head = encode(tags.OBJECT, encode_oid(oid))
        self._tag, self._start, self._rate = tag, start, rate
        self._modulus = 2**64 if tag == tags.COUNTER64 else 2**32

    def told(self, now_s: float) -> bytes:
        """Return its binding at that second of the switch's life."""
        count = (self._start + int(self._rate * now_s)) % self._modulus
        octets = count.bit_length() // 8 + 1
        value = self._head + bytes((self._tag, octets)) + count.to_bytes(octets, "big")
        return bytes((SEQUENCE, len(value))) + value


class Objects:
    """The objects of one switch.

    Args:
        seed: makes this switch another than its neighbours.

    Attributes:
        fixed: objects that stay as they are, as bindings.
        moving: the others.
        names: of all, in order.
    """

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.fixed: dict[Oid, bytes] = {}
        self.moving: dict[Oid, Moving] = {}
        self._system(seed)
        for port in PORTS:
            self._port(port)
        self.names = sorted((*self.fixed, *self.moving))

    def _set(self, oid: Oid, tag: int, data: Any) -> None:
        self.fixed[oid] = binding(oid, Value(tag, data))

    def _system(self, seed: int) -> None:
        system = parse_oid(f"{MIB2}.1")
        self._set((*system, 1, 0), tags.OCTETS, b"Fictional Switch 48G-4X, release 16.11.0007")
        self._set((*system, 2, 0), tags.OBJECT, parse_oid("1.3.6.1.4.1.99999.1.48"))
        self.moving[*system, 3, 0] = Moving((*system, 3, 0), tags.TICKS, 0, 100)
        self._set((*system, 4, 0), tags.OCTETS, b"ict@gemeente.example")
        self._set((*system, 5, 0), tags.OCTETS, b"sw-%03d" % seed)
        self._set((*system, 6, 0), tags.OCTETS, b"stadhuis, kast 1")
        self._set(parse_oid(f"{MIB2}.2.1.0"), tags.INTEGER, len(PORTS))
        self._set(parse_oid(f"{MIB2}.31.1.5.0"), tags.TICKS, 4711)

    def _port(self, port: int) -> None:
        dice = self._dice
        is_up = port in UPLINKS or dice.random() < 0.6
        speed = 10_000 if port in UPLINKS else 1000
        kind = "Ten" if port in UPLINKS else ""
        mac = b"\x0e\xdf\x01\x02" + bytes((dice.randrange(256), port))
        low: dict[int, tuple[int, Any]] = {
            1: (tags.INTEGER, port),
            2: (tags.OCTETS, f"{kind}GigabitEthernet1/0/{port}".encode()),
            3: (tags.INTEGER, 6),
            4: (tags.INTEGER, 1500),
            5: (tags.GAUGE32, min(speed * 10**6, 2**32 - 1)),
            6: (tags.OCTETS, mac),
            7: (tags.INTEGER, 1),
            8: (tags.INTEGER, 1 if is_up else 2),
            9: (tags.TICKS, dice.randrange(UP_S * 100)),
            21: (tags.GAUGE32, 0),
            22: (tags.OBJECT, (0, 0)),
        }
        high: dict[int, tuple[int, Any]] = {
            1: (tags.OCTETS, f"{kind[:2]}Gi1/0/{port}".encode()),
            14: (tags.INTEGER, 1),
            15: (tags.GAUGE32, speed if is_up else 0),
            16: (tags.INTEGER, 2),
            17: (tags.INTEGER, 1),
            18: (tags.OCTETS, f"werkplek {100 + port}, stadhuis".encode()),
            19: (tags.TICKS, 0),
        }
        for entry, told in ((ENTRY, low), (X_ENTRY, high)):
            for column, (tag, data) in told.items():
                self._set((*entry, column, port), tag, data)
        self._traffic(port, (3e7 if port in UPLINKS else 10 ** dice.uniform(2, 6)) if is_up else 0.0)

    def _traffic(self, port: int, octets_s: float) -> None:
        """Count traffic: octets, packets to one, to many and to all, and a few errors and discards."""
        dice = self._dice
        ways = (
            ((10, 11, 12), (2, 3), (6, 7, 8, 9), (13, 14, 15)),
            ((16, 17, 18), (4, 5), (10, 11, 12, 13), (19, 20)),
        )
        for low, kinds, high, odd in ways:
            octets = octets_s * dice.uniform(0.3, 1.0)
            rates = (octets, octets / 700, octets / 90_000, octets / 60_000)
            counts = [(dice.randrange(2**20 if octets_s else 2**12), rate) for rate in rates]
            many = (counts[2][0] + counts[3][0], rates[2] + rates[3])
            rare = ((dice.randrange(40), octets_s / 1e9), (dice.randrange(9), 0.0), (0, 0.0))
            self._count(ENTRY, low, port, tags.COUNTER32, (*counts[:2], many))
            self._count(X_ENTRY, kinds, port, tags.COUNTER32, counts[2:])
            self._count(X_ENTRY, high, port, tags.COUNTER64, counts)
            self._count(ENTRY, odd, port, tags.COUNTER32, rare)

    def _count(
        self, entry: Oid, columns: Sequence[int], port: int, tag: int, counts: Sequence[tuple[int, float]]
    ) -> None:
        for column, (start, rate) in zip(columns, counts, strict=False):
            if rate:
                oid = (*entry, column, port)
                self.moving[oid] = Moving(oid, tag, start, rate)
            else:
                self._set((*entry, column, port), tag, start)


class Switch:
    """Answers PDUs.

    Args:
        objects: what it has.
        size_max: octets of an answer's bindings at most; the answer to a GETBULK is cut.
        clock: seconds; the switch is up for ``UP_S`` more.
    """

    def __init__(self, objects: Objects, size_max: int, clock: Callable[[], float]) -> None:
        self._objects, self._size_max, self._clock = objects, size_max, clock
        self._known: dict[bytes, list[bytes | Moving]] = {}

    def handle(self, pdu: bytes) -> bytes:
        """Return the answer to a question."""
        at = 2 + (pdu[1] & 0x7F if pdu[1] & 0x80 else 0)
        after = at + 2 + pdu[at + 1]
        asked = pdu[:1] + pdu[after:]
        found = self._known.get(asked)
        if found is None:
            if len(self._known) > REMEMBERED_MAX:
                self._known.clear()
            found = self._known[asked] = self._found(pdu)
        now_s = self._clock() + UP_S
        told = [one if isinstance(one, bytes) else one.told(now_s) for one in found]
        listed = b"".join(told)
        while len(listed) > self._size_max:
            del told[len(told) * self._size_max // len(listed) :]
            listed = b"".join(told)
        return encode(pdus.RESPONSE, pdu[at:after] + b"\x02\x01\x00\x02\x01\x00" + encode(SEQUENCE, listed))

    def _found(self, pdu: bytes) -> list[bytes | Moving]:
        question = read_question(pdu)
        if question.kind == pdus.GET:
            return [self._one(oid) or binding(oid, Value(tags.NO_INSTANCE, None)) for oid in question.oids]
        if question.kind == pdus.GETNEXT:
            return [self._next(oid)[1] for oid in question.oids]
        found = [self._next(oid)[1] for oid in question.oids[: question.first]]
        names = question.oids[question.first :]
        for _ in range(question.second):
            rows = [self._next(name) for name in names]
            names = [name for name, _one in rows]
            found += [one for _name, one in rows]
        return found

    def _one(self, oid: Oid) -> bytes | Moving | None:
        return self._objects.fixed.get(oid) or self._objects.moving.get(oid)

    def _next(self, oid: Oid) -> tuple[Oid, bytes | Moving]:
        names = self._objects.names
        at = bisect_right(names, oid)
        if at == len(names):
            return oid, binding(oid, Value(tags.END, None))
        one = self._one(names[at])
        assert one is not None
        return names[at], one


def answer_community(switch: Switch) -> Callable[[bytes], bytes | None]:
    """Return what answers datagrams of SNMP 2c."""
    head = encode_integer(1) + encode(tags.OCTETS, COMMUNITY)

    def answer(datagram: bytes) -> bytes | None:
        _tag, start, end = Reader(datagram).head()
        if not datagram.startswith(head, start):
            return None
        return encode(SEQUENCE, head + switch.handle(datagram[start + len(head) : end]))

    return answer


def answer_user(switch: Switch, clock: Callable[[], float]) -> Callable[[bytes], bytes | None]:
    """Return what answers datagrams of SNMP 3, to the user ``agent_v3.MONITOR``."""
    agent = AgentV3(switch.handle, time=lambda: int(clock()) + UP_S)

    def answer(datagram: bytes) -> bytes | None:
        agent.seen.clear()
        return agent(datagram)

    return answer


def serve(answers: Sequence[Callable[[bytes], bytes | None]], delay_s: float) -> None:
    """Serve each on a port of its own, and print those, until standard input is closed."""
    poll = select.epoll()
    sockets = {}
    for answer in answers:
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        own.bind(("127.0.0.1", 0))
        own.setblocking(False)
        sockets[own.fileno()] = (own, answer)
        poll.register(own.fileno(), select.EPOLLIN)
    poll.register(0, select.EPOLLIN | select.EPOLLHUP)
    print(*(own.getsockname()[1] for own, _answer in sockets.values()), flush=True)
    waiting: list[tuple[float, int, bytes, Any, socket.socket]] = []
    count = 0
    while True:
        wait_s = max(0.0, waiting[0][0] - time.monotonic()) if waiting else -1
        ready = poll.poll(wait_s)
        if any(number == 0 for number, _what in ready):
            return
        for number, _what in ready:
            own, answer = sockets[number]
            datagram, source = own.recvfrom(65_507)
            due_s = time.monotonic() + delay_s
            told = answer(datagram)
            if told is not None and not delay_s:
                own.sendto(told, source)
            elif told is not None:
                count += 1
                heapq.heappush(waiting, (due_s, count, told, source, own))
        while waiting and waiting[0][0] <= time.monotonic():
            _due, _count, told, source, own = heapq.heappop(waiting)
            own.sendto(told, source)


def main(words: Sequence[str]) -> int:
    """Run the switches; return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.snmp_switch")
    asked.add_argument("--switches", type=int, default=1)
    asked.add_argument("--delay-ms", type=float, default=0.0, help="between a question and its answer")
    asked.add_argument("--size-max", type=int, default=65_000)
    asked.add_argument("--still", action="store_true", help="time stands still: no counter moves")
    asked.add_argument("--v3", action="store_true", help="SNMP 3 instead of 2c")
    options = asked.parse_args(words)
    begin = time.monotonic()
    clock = (lambda: 0.0) if options.still else (lambda: time.monotonic() - begin)
    switches = [Switch(Objects(number), options.size_max, clock) for number in range(options.switches)]
    serve(
        [answer_user(one, clock) if options.v3 else answer_community(one) for one in switches], options.delay_ms / 1000
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
