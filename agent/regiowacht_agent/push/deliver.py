"""Sends readings until each sample of them is taken or refused for good, or the line does not serve any more."""

from __future__ import annotations

import time

from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.push.http_date import date_of
from regiowacht_agent.push.part import Reading, parts_of, writes_of
from regiowacht_agent.push.post import ProxyRefused
from regiowacht_agent.push.size import Size
from regiowacht_agent.push.verdict import OF_TIMES, Verdict, verdict
from regiowacht_contract.light import NamedTuple
from regiowacht_contract.wire.snappy import compress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from regiowacht_agent.push.clock import Clock
    from regiowacht_agent.push.counts import Counts
    from regiowacht_agent.push.part import Part
    from regiowacht_agent.push.post import Line
    from regiowacht_agent.push.scrape import Scrape

SPLITS_MAX = 200
"""Writes that finding the refused samples of one delivery may take; what is still refused then is let go as it is."""

AGAIN_AFTER_S = 3600.0
BANNED_MAX = 1_000


class Delivered(NamedTuple):
    """What became of readings of the spool, by their numbers.

    Attributes:
        taken: arrived, or as much of them as anybody will take.
        refused: nobody will take anything of these, with the reason.
    """

    taken: list[int]
    refused: dict[str, list[int]]


class Later(Exception):
    """The rest of what was to be sent has to wait.

    Args:
        reason: why, in a word.
        detail: the same for a person.
        wait_s: what the other side asks for, or None.
        delivered: what became of the readings that were settled before.
    """

    def __init__(self, reason: str, detail: str, wait_s: float | None, delivered: Delivered) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.wait_s, self.delivered = reason, detail, wait_s, delivered


class Banned:
    """Series that are refused whatever their time, and left out of writes for an hour: they would cost a search each.

    Args:
        monotonic: seconds that never jump.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until: dict[bytes, float] = {}

    def now(self) -> dict[bytes, float]:
        """Return the labels of those."""
        if self._until and next(iter(self._until.values())) <= (now := self._monotonic()):
            self._until = {head: until for head, until in self._until.items() if until > now}
        return self._until

    def add(self, head: bytes) -> None:
        """Leave a series out from now on."""
        if len(self._until) < BANNED_MAX:
            self._until[head] = self._monotonic() + AGAIN_AFTER_S


class Deliverer:
    """Sends readings over a line.

    Args:
        line: where they go.
        clock: takes in what answers say of the time.
        counts: takes in what became of writes and samples.
        most: returns how many samples a write holds at most, where the line is quick enough.

    Attributes:
        size: how many it holds on this line.
    """

    def __init__(self, line: Line, clock: Clock, counts: Counts, most: Callable[[], int]) -> None:
        self._line, self._clock, self._counts, self.size = line, clock, counts, Size(most)
        self._banned = Banned()
        self._suspects: list[bytes] = []
        self._has_taken = False

    def deliver(self, batches: Iterable[Sequence[tuple[int | None, Scrape]]]) -> Delivered:
        """Send batches of readings of one shape each, and return what became of them.

        Raises:
            Later: the line does not serve, or the other side asks to wait.
            Stopped: the agent stops.
        """
        most = self.size.now()
        parts = [part for batch in batches for part in parts_of(tuple(Reading(*one) for one in batch), most)]
        for part in parts:
            for one in part.readings:
                one.parts += 1
        self._suspects, self._has_taken = [], False
        delivered = Delivered([], {})
        todo = list(writes_of(parts, most))[::-1]
        splits = SPLITS_MAX
        while todo:
            write = todo.pop()
            found = self._write(write, delivered)
            if found.kind == "taken":
                self._taken(write, found, delivered)
                continue
            if found.let_go is not None:
                self._refused(write, found, delivered)
                continue
            if found.reason == "old" and len(write) == 1:
                todo += self._old(write[0], found, delivered)
                continue
            smaller = _smaller(write) if splits > 0 else None
            if smaller is None:
                self._refused(write, found, delivered)
            else:
                splits -= len(smaller)
                todo += smaller
        if self._has_taken:  # who refuses everything says nothing of one series
            for head in self._suspects:
                self._banned.add(head)
        return delivered

    def _write(self, write: tuple[Part, ...], delivered: Delivered) -> Verdict:
        told = b"".join([part.body(self._banned.now()) for part in write])
        if not told:
            return Verdict("taken")
        body = compress(told)
        begin = time.monotonic()
        try:
            reply = self._line.post(body)
        except Failed as failed:
            if failed.reason == "timeout":
                self.size.too_slow()
            reason = "proxy" if isinstance(failed, ProxyRefused) else failed.reason
            self._counts.write(reason)
            raise Later(reason, failed.detail, None, delivered) from None
        self.size.took((time.monotonic() - begin) / self._line.timeout_s)
        date = date_of(reply.fields.get("date", ""))
        if date is not None:
            self._clock.heard(date, time.monotonic() - begin)
        found = verdict(reply)
        self._counts.write(found.reason or "taken", len(body))
        if found.kind == "later":
            raise Later(found.reason, found.detail, found.wait_s, delivered)
        return found

    def _old(self, part: Part, found: Verdict, delivered: Delivered) -> list[tuple[Part, ...]]:
        """Find out which readings are too old, and return what is still to be sent for another reason.

        Where one is too old, all before it are: whoever is back after the collector's window does not have to ask for
        each. All samples of a reading are of one time, so it is not looked at series by series.
        """
        others: list[tuple[Part, ...]] = []
        while len(part.readings) > 1:
            older, newer = part.halves() or (part, part)
            said = self._write((newer,), delivered)
            if said.reason == "old":
                self._refused((older,), found, delivered)
                part = newer
                continue
            if said.kind == "taken":
                self._taken((newer,), said, delivered)
            else:
                others.append((newer,))
            part = older
        self._refused((part,), found, delivered)
        return others

    def _taken(self, write: tuple[Part, ...], found: Verdict, delivered: Delivered) -> None:
        self._has_taken = True
        banned, let_go = self._banned.now(), found.let_go or {}
        samples = left_out = 0
        for part in write:
            samples += part.samples
            left_out += sum(head in banned for head in part.heads()) * len(part.readings) if banned else 0
            for one in part.readings:
                one.taken = True
                _settle(one, delivered)
        self._counts.refused("series", left_out)
        self._count(let_go)
        self._counts.taken(max(0, samples - left_out - sum(let_go.values())))

    def _count(self, let_go: Mapping[str, int]) -> None:
        for reason, samples in let_go.items():
            self._counts.refused(reason, samples)

    def _refused(self, write: tuple[Part, ...], found: Verdict, delivered: Delivered) -> None:
        self._count(found.let_go or {})
        for part in write:
            if not found.let_go:
                self._counts.refused(found.reason, part.samples)
            if found.reason not in OF_TIMES and found.let_go is None and part.places == 1:
                self._suspects.append(part.heads()[0])
            for one in part.readings:
                one.refused = found.reason
                _settle(one, delivered)


def _smaller(write: tuple[Part, ...]) -> list[tuple[Part, ...]] | None:
    """Return a write that was refused as two or more, the first one last; None: it is one sample."""
    if len(write) > 1:
        return [(part,) for part in reversed(write)]
    (part,) = write
    halves = part.halves()
    if halves is None:
        return None
    if len(part.readings) == 1:
        part.readings[0].parts += 1
    return [(half,) for half in reversed(halves)]


def _settle(reading: Reading, delivered: Delivered) -> None:
    reading.parts -= 1
    if reading.parts or reading.number is None:
        return
    if reading.taken or not reading.refused:
        delivered.taken.append(reading.number)
    else:
        delivered.refused.setdefault(reading.refused, []).append(reading.number)
