"""An agent that misbehaves as told: a sorted table of objects, answered as real agents do and as they should not."""

from __future__ import annotations

import math
import random
import select
import socket
import threading
import time
from bisect import bisect_left, bisect_right
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from regiowacht_agent.snmp import pdu as pdus
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.ber import SEQUENCE, Reader, encode, encode_integer
from regiowacht_agent.snmp.oid import Oid, decode_oid, encode_oid
from regiowacht_agent.snmp.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Objects = dict[Oid, Value]
UPTIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
V3 = 3
COUNTERS = frozenset({tags.COUNTER32, tags.COUNTER64})


@dataclass(slots=True)
class Quirks:
    """What is wrong with an agent; by default nothing is.

    OIDs are written with dots, as test data has them.
    """

    size_max: int = 65_000
    """Octets of an answer's PDU at most."""
    toobig: str = "cut"
    """What a GETBULK that does not fit gets: ``cut`` (as RFC 3416 wants), ``empty`` or ``full`` (tooBig)."""
    bulk: str = ""
    """``ignore``, ``refuse`` (genErr) or ``toobig``: what every GETBULK gets."""
    bulk_columns_max: int = 0
    """A GETBULK for more columns is not answered."""
    rows_max: int = 0
    """Repetitions that a GETBULK gets at most."""
    skip_above: int = 0
    """Repetitions above which a GETBULK leaves rows out without a word."""
    reorder: bool = False
    """Bindings of a GETBULK come shuffled."""
    duplicate_rows: bool = False
    """Each binding of a GETBULK comes twice."""
    loop_at: str = ""
    """What follows this object is the first of its column again."""
    stuck_at: str = ""
    """What follows this object is itself."""
    back_at: str = ""
    """What follows this object is the one two before it."""
    endless: str = ""
    """A column that has always another row."""
    drop: float = 0.0
    """Share of questions that is lost, and of answers."""
    slow_every: int = 0
    """Every so many answers one takes ``slow_s``."""
    slow_s: float = 0.6
    twice: bool = False
    """Each datagram is answered twice."""
    elsewhere: str = ""
    """``port`` or ``address``: where its answers come from instead."""
    number_off: int = 0
    """What is added to the request-id in an answer."""
    community: str = ""
    """The community of its answers."""
    garbage: str = ""
    """``only``: octets in place of answers; ``too``: before each answer."""
    reboot_after: int = 0
    """Questions after which it restarts, once: its uptime is small again, its rows have other indexes."""
    move_every: int = 0
    """Questions after which all rows move up by one index."""
    move_times: int = 1
    counting: bool = False
    """Counters grow with every question."""
    generr_at: str = ""
    """An object, or a whole column, that gets genErr."""
    other_oids: bool = False
    """Answers are about objects that nobody asked for."""
    no_columns: tuple[str, ...] = ()
    holes: tuple[str, ...] = ()
    """Objects that it has not."""
    wrong_type: str = ""
    """An object that is text."""
    first_only: bool = False
    """Answers only the first binding of a GET or GETNEXT."""


def oid_of(text: str) -> Oid:
    return tuple(map(int, text.split("."))) if text else ()


def encode_value(value: Value) -> bytes:
    if value.tag in tags.NUMBERS:
        assert isinstance(value.data, int)
        return encode_integer(value.data, value.tag)
    if value.tag == tags.OBJECT:
        assert isinstance(value.data, tuple)
        return encode(value.tag, encode_oid(value.data))
    return encode(value.tag, value.data if isinstance(value.data, bytes) else b"")


def binding(oid: Oid, value: Value) -> bytes:
    return encode(SEQUENCE, encode(tags.OBJECT, encode_oid(oid)) + encode_value(value))


@dataclass(slots=True)
class Question:
    """A question as it came."""

    kind: int
    number: int
    first: int
    second: int
    oids: list[Oid]


def read_question(pdu: bytes) -> Question:
    outer = Reader(pdu)
    kind, start, end = outer.head()
    reader = Reader(pdu, start, end)
    number, first, second = reader.integer(), reader.integer(), reader.integer()
    inner, oids = reader.inside(), []
    while not inner.is_done:
        oids.append(decode_oid(inner.inside().body(tags.OBJECT)))
    return Question(kind, number, first, second, oids)


class Agent:
    """Answers PDUs; what carries them is not its business.

    Attributes:
        asked: the questions so far.
        objects: what it has now.
    """

    def __init__(self, objects: Mapping[Oid, Value], quirks: Quirks | None = None, seed: int = 1) -> None:
        self.quirks = quirks or Quirks()
        self.asked: list[Question] = []
        self._random = random.Random(seed)
        self._is_rebooted = False
        gone = {oid_of(text) for text in self.quirks.holes}
        columns = tuple(map(oid_of, self.quirks.no_columns))
        self.set({
            oid: value for oid, value in objects.items()
            if oid not in gone and not any(oid[: len(column)] == column for column in columns)
        })  # fmt: skip
        if self.quirks.wrong_type:
            self.objects[oid_of(self.quirks.wrong_type)] = Value(tags.OCTETS, b"text")

    def set(self, objects: Mapping[Oid, Value]) -> None:
        self.objects = dict(objects)
        self._names = sorted(self.objects)

    def handle(self, pdu: bytes, *, is_v1: bool = False) -> bytes | None:
        """Return the answer to a question, or None: it is not answered."""
        question = read_question(pdu)
        self.asked.append(question)
        self._live()
        quirks = self.quirks
        if question.kind == pdus.GETBULK:
            if is_v1 or quirks.bulk == "ignore" or 0 < quirks.bulk_columns_max < len(question.oids):
                return None
            if quirks.bulk:
                status = pdus.TOO_BIG if quirks.bulk == "toobig" else pdus.GEN_ERR
                return self._status(question, status, 0 if quirks.bulk == "toobig" else 1, is_full=is_v1)
        culprit = self._culprit(question)
        if culprit:
            return self._status(question, pdus.GEN_ERR, culprit)
        if question.kind == pdus.GETBULK:
            return self._bulk(question)
        return self._single(question, is_v1)

    def _live(self) -> None:
        quirks, count = self.quirks, len(self.asked)
        if quirks.reboot_after and count > quirks.reboot_after and not self._is_rebooted:
            self._is_rebooted = True
            self._move(100)
            self.objects[UPTIME] = Value(tags.TICKS, 7)
        if quirks.move_every and count % quirks.move_every == 0 and count <= quirks.move_every * quirks.move_times:
            self._move(1)
        if quirks.counting:
            for oid, value in self.objects.items():
                if value.tag in COUNTERS and isinstance(value.data, int):
                    self.objects[oid] = Value(value.tag, value.data + 1)

    def _move(self, by: int) -> None:
        """Give every row another index; scalars stay."""
        self.set({(*oid[:-1], oid[-1] + by) if oid[-1] else oid: value for oid, value in self.objects.items()})

    def _culprit(self, question: Question) -> int:
        if not self.quirks.generr_at:
            return 0
        bad = oid_of(self.quirks.generr_at)
        for place, oid in enumerate(question.oids, 1):
            found = oid if question.kind == pdus.GET else self._next(oid, is_v1=False)
            if found is not None and found[: len(bad)] == bad:
                return place
        return 0

    def _next(self, oid: Oid, *, is_v1: bool) -> Oid | None:
        quirks, names = self.quirks, self._names
        if quirks.endless and oid[: len(oid_of(quirks.endless))] == oid_of(quirks.endless):
            column = oid_of(quirks.endless)
            found = (*column, oid[len(column)] + 1 if len(oid) > len(column) else 1)
            self.objects.setdefault(found, Value(tags.INTEGER, found[-1]))
            return found
        at = bisect_right(names, oid)
        if quirks.loop_at and oid == oid_of(quirks.loop_at):
            at = bisect_left(names, oid[:-1])
        elif quirks.stuck_at and oid == oid_of(quirks.stuck_at):
            at -= 1
        elif quirks.back_at and oid == oid_of(quirks.back_at):
            at = max(at - 3, 0)
        while is_v1 and at < len(names) and self.objects[names[at]].tag == tags.COUNTER64:
            at += 1
        return names[at] if at < len(names) else None

    def _single(self, question: Question, is_v1: bool) -> bytes:
        found = []
        for place, oid in enumerate(question.oids, 1):
            name = oid if question.kind == pdus.GET else self._next(oid, is_v1=is_v1)
            value = self.objects.get(name) if name is not None else None
            if value is None or name is None or (is_v1 and value.tag == tags.COUNTER64):
                if is_v1:
                    return self._status(question, pdus.NO_SUCH_NAME, place, is_full=True)
                name, value = oid, Value(tags.END if question.kind == pdus.GETNEXT else tags.NO_INSTANCE, None)
            found.append((name, value))
        if self.quirks.first_only:
            del found[1:]
        answer = self._answer(question, found)
        if len(answer) > self.quirks.size_max:
            return self._status(question, pdus.TOO_BIG, 0, is_full=is_v1 or self.quirks.toobig == "full")
        return answer

    def _bulk(self, question: Question) -> bytes:
        quirks, found = self.quirks, []
        names: list[Oid | None] = list(question.oids)
        last = list(question.oids)
        repetitions = min(question.second, quirks.rows_max) if quirks.rows_max else question.second
        for _ in range(min(repetitions, 5000)):
            for place, name in enumerate(names):
                following = None if name is None else self._next(name, is_v1=False)
                names[place] = following
                if following is None:
                    found.append((last[place], Value(tags.END, None)))
                else:
                    last[place] = following
                    found.append((following, self.objects[following]))
            if not any(names):
                break
        bad = oid_of(quirks.generr_at)
        if bad and any(name[: len(bad)] == bad for name, _ in found):
            return self._status(question, pdus.GEN_ERR, 1)
        if 0 < quirks.skip_above < question.second:
            found = [one for at, one in enumerate(found) if at % 7 != 3]
        if quirks.duplicate_rows:
            found = [one for one in found for _ in range(2)]
        if quirks.reorder:
            self._random.shuffle(found)
        return self._fitting(question, found)

    def _fitting(self, question: Question, found: list[tuple[Oid, Value]]) -> bytes:
        answer = self._answer(question, found)
        if len(answer) <= self.quirks.size_max:
            return answer
        if self.quirks.toobig != "cut":
            return self._status(question, pdus.TOO_BIG, 0, is_full=self.quirks.toobig == "full")
        while len(answer) > self.quirks.size_max and found:
            found = found[: min(len(found) - 1, len(found) * self.quirks.size_max // len(answer))]
            answer = self._answer(question, found)
        return answer if found else self._status(question, pdus.TOO_BIG, 0)

    def _answer(self, question: Question, found: Sequence[tuple[Oid, Value]]) -> bytes:
        if self.quirks.other_oids:
            found = [((1, 3, 6, 1, 4, 1, 99, *oid[8:]), value) for oid, value in found]
        return self._response(question, 0, 0, b"".join(binding(*one) for one in found))

    def _status(self, question: Question, status: int, culprit: int, *, is_full: bool = False) -> bytes:
        listed = b"".join(binding(oid, Value(tags.NULL, None)) for oid in question.oids)
        return self._response(question, status, culprit, listed if is_full or status != pdus.TOO_BIG else b"")

    def _response(self, question: Question, status: int, culprit: int, listed: bytes) -> bytes:
        head = encode_integer(question.number + self.quirks.number_off)
        head += encode_integer(status) + encode_integer(culprit)
        return encode(pdus.RESPONSE, head + encode(SEQUENCE, listed))


def answer_community(agent: Agent, community: bytes = b"public") -> Callable[[bytes], bytes | None]:
    """Return what answers datagrams of SNMP 1 and 2c for an agent."""

    def answer(datagram: bytes) -> bytes | None:
        outer = Reader(datagram)
        reader = outer.inside()
        version = reader.integer()
        if version == V3:
            return None
        given = reader.body(0x04)
        if given != community:
            return None
        told = agent.handle(datagram[reader.at : reader.end], is_v1=version == 0)
        if told is None:
            return None
        said = agent.quirks.community.encode() or community
        return encode(SEQUENCE, encode_integer(version) + encode(0x04, said) + told)

    return answer


@dataclass(slots=True)
class Server:
    """An agent on a UDP socket, in a thread of its own.

    Attributes:
        host: where it is.
        port: likewise.
        datagrams: questions that came to it.
    """

    answer: Callable[[bytes], bytes | None]
    quirks: Quirks = field(default_factory=Quirks)
    host: str = "127.0.0.1"
    seed: int = 1
    port: int = 0
    datagrams: int = 0

    @contextmanager
    def run(self) -> Iterator[Server]:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        stop, stopped = socket.socketpair()
        with socket.socket(family, socket.SOCK_DGRAM) as sock, socket.socket(family, socket.SOCK_DGRAM) as other:
            sock.bind((self.host, 0))
            self.port = sock.getsockname()[1]
            if self.quirks.elsewhere == "address":
                other.bind(("127.0.0.9", self.port))
            else:
                other.bind((self.host, 0))
            thread = threading.Thread(target=self._serve, args=(sock, other, stopped), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                stop.close()
                thread.join(30)
                stopped.close()

    def _serve(self, sock: socket.socket, other: socket.socket, stopped: socket.socket) -> None:
        chance = random.Random(self.seed)
        waiting: list[tuple[float, bytes, Any]] = []
        sent = 0
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        poll.register(stopped, select.POLLIN)
        while True:
            wait_s = min((when for when, _, _ in waiting), default=time.monotonic() + 60) - time.monotonic()
            ready = {number for number, _ in poll.poll(math.ceil(max(wait_s, 0) * 1000))}
            if stopped.fileno() in ready:
                return
            if sock.fileno() in ready:
                datagram, source = sock.recvfrom(65_507)
                self.datagrams += 1
                if chance.random() >= self.quirks.drop:
                    answer = self.answer(datagram)
                    if answer is not None and chance.random() >= self.quirks.drop:
                        sent += 1
                        is_slow = self.quirks.slow_every and sent % self.quirks.slow_every == 0
                        when = time.monotonic() + (self.quirks.slow_s if is_slow else 0)
                        waiting.append((when, answer, source))
            for one in [one for one in waiting if one[0] <= time.monotonic()]:
                waiting.remove(one)
                self._send(other if self.quirks.elsewhere else sock, one[1], one[2])

    def _send(self, sock: socket.socket, answer: bytes, source: Any) -> None:
        if self.quirks.garbage:
            sock.sendto(b"\x30\x82\xff\xff\x02\x01\x07garbage", source)
            if self.quirks.garbage == "only":
                return
        for _ in range(2 if self.quirks.twice else 1):
            sock.sendto(answer, source)


@contextmanager
def serving(
    objects: Mapping[Oid, Value], quirks: Quirks | None = None, host: str = "127.0.0.1", seed: int = 1
) -> Iterator[tuple[Agent, Server]]:
    """Run an agent of SNMP 1 and 2c on loopback."""
    agent = Agent(objects, quirks, seed)
    with Server(answer_community(agent), agent.quirks, host, seed).run() as server:
        yield agent, server
