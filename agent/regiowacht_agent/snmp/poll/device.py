"""One device over the years: learnt once, read again and again, learnt anew when an answer is another than planned.

Whatever comes is compared with what was learnt. What does not fit is not guessed at: the device is learnt again within
the same poll, by the walk that is right about any agent, and the poll's values are then the walk's.
"""

from __future__ import annotations

import _thread
import time

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.habits import REPETITIONS_MAX
from regiowacht_agent.snmp.meaning.recognise import NOTHING
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_agent.snmp.poll.expected import Differs
from regiowacht_agent.snmp.poll.fit import fit
from regiowacht_agent.snmp.poll.known import Known, Read
from regiowacht_agent.snmp.poll.look import look
from regiowacht_agent.snmp.poll.plan import Bounds
from regiowacht_agent.snmp.poll.recognise import DESCRIPTION, OBJECT_ID, recognise
from regiowacht_agent.snmp.poll.took import Took, bounded, refused
from regiowacht_agent.snmp.scalars import get
from regiowacht_agent.snmp.session import Trouble
from regiowacht_agent.snmp.walk import columns
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from regiowacht_agent.polls.asset import Polled
    from regiowacht_agent.snmp.dialogue import Answer, Dialogue
    from regiowacht_agent.snmp.habits import Habits
    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.meaning.lay_out import Options
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.poll.expected import Expected
    from regiowacht_contract.metric import Metric

UPTIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
"""sysUpTime.0 (SNMPv2-MIB): falls when the device starts again, and after 497 days."""

GUARDS: tuple[Oid, ...] = (
    UPTIME,
    OBJECT_ID,  # an address that another device has now
    (1, 3, 6, 1, 2, 1, 2, 1, 0),  # ifNumber.0 (IF-MIB)
    (1, 3, 6, 1, 2, 1, 31, 1, 5, 0),  # ifTableLastChange.0 (IF-MIB)
    (1, 3, 6, 1, 2, 1, 47, 1, 4, 1, 0),  # entLastChangeTime.0 (ENTITY-MIB)
)
"""Objects that change when rows may have come, gone or moved."""

UPTIME_SLACK = 100
"""Ticks of a hundredth of a second that a clock may go back without a start in between."""

RELEARN_S = 3600.0
"""A device is learnt anew after so long, for rows that come without any of the guards saying so."""

SOON_S = 30.0
"""A device is learnt anew after so long, then after twice as long, and so on, where something of it could not be read,
and where it is young."""

YOUNG_S = 1800.0
"""Tables of a device fill for so long after its start."""

FAILURES_MAX = 2
"""Polls in a row in which a question was not answered while others were, before less is asked at once."""

ROWS_AT_ONCE = 100
"""Rows that a question asks for at most: more than a walk does, since here each row is known beforehand."""

RESTARTS_MAX = 2


class Wanted(NamedTuple):
    """What is wanted of a device.

    Attributes:
        options: which series.
        rows_max: rows that a table is read to.
        series_max: series that it may have.
        slow_polls: the slow pace: everything once in so many polls.
    """

    options: Options
    rows_max: int
    series_max: int
    slow_polls: int


class Device:
    """One device, as it is polled.

    Args:
        asset: whose labels its series carry.
        book: tables that a device may have.
        metrics: the catalogue's, by name.
        wanted: what is wanted of it.
        habits: what it bears; learns more.
        clock: monotonic seconds.

    Attributes:
        relearns: how often it was learnt after the first time.
        lock: held while values change; whoever writes the sheet in another thread holds it meanwhile.
        columns: what is needed of the device, once it was learnt.
        moving: those that hold what is measured.
        habits: what it bears.
        recognised: which family it is of, and why.
        identity: sysObjectID and sysDescr as it was learnt: another one is another device, or another firmware.
    """

    def __init__(
        self,
        asset: Polled,
        book: Book,
        metrics: Mapping[str, Metric],
        wanted: Wanted,
        habits: Habits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._asset, self._book, self._metrics, self._wanted = asset, book, metrics, wanted
        self.habits = habits
        self._clock = clock
        self._known: Known | None = None
        self._learn_after_s = 0.0
        self._learnt_soon = 0
        self._rows = 0
        self._was_short = False
        self._has_bulk = True
        self._turn = 0
        self._slow_at: list[float] = []
        self._failures: dict[int, int] = {}
        self.relearns = -1
        self.lock = _thread.allocate_lock()
        self.columns: tuple[Oid, ...] = ()
        self.moving: frozenset[Oid] = frozenset()
        self.recognised = NOTHING
        self.identity: tuple[object, ...] = ()

    def poll(self) -> Dialogue[Took]:
        """Return what the device has to tell now.

        Raises:
            SnmpFailed: it does not answer, or not us.
        """
        known = self._known
        if known is None or not known.has_questions or self._clock() - known.at > self._learn_after_s:
            return (yield from self._learn("" if known is None else "time"))
        why = yield from self._ask_guard(known)
        if why:
            return (yield from self._learn(why))
        return (yield from self._read(known))

    def _ask_guard(self, known: Known) -> Dialogue[str]:
        """Return why the device must be learnt anew before anything else is asked, or ""."""
        guard = known.guard
        before = guard.values
        if not before:
            return ""
        (answer,) = yield (guard,)
        if isinstance(answer, SnmpFailed):
            raise answer
        try:
            with self.lock:
                guard.take(answer)
        except (Differs, Malformed):
            guard.is_fresh = True  # what was told stands until the device is learnt anew, or that fails
            return "guard"
        names = guard.part.columns
        if names[0] == UPTIME and _is_before(guard.values[0], before[0]):
            return "restarted"
        changed = [name for name, old, new in zip(names, before, guard.values, strict=True) if old != new]
        return oid_text(changed[-1]) if changed and changed != [UPTIME] else ""

    def _read(self, known: Known) -> Dialogue[Took]:
        """Ask what was planned, and learn anew where an answer is another."""
        slow = self._due(known)
        asked = known.fast + slow
        answers = yield tuple(asked)
        if not known.guard.values:
            _raise_if_silent(answers)
        troubles = list(known.troubles)
        why = ""
        with self.lock:
            for expected, answer in zip(asked, answers, strict=True):
                trouble, differs = self._take(known, expected, answer)
                troubles += trouble
                why = why or differs
        if why:
            return (yield from self._learn(why))
        self._note_slow(known, slow)
        objects = sum(len(expected.values) for expected in (known.guard, *asked) if expected.is_fresh)
        return Took(known.sheet, self._and_refused(known, troubles), "", self._slow_age_s(), objects, known.refused)

    def _take(self, known: Known, expected: Expected, answer: Answer) -> tuple[list[Trouble], str]:
        """Take one answer; return what is wrong with it, and why the device must be learnt anew, or ""."""
        oid = expected.part.columns[0]
        if isinstance(answer, SnmpFailed):
            expected.miss()
            failures = self._failures[id(expected)] = self._failures.get(id(expected), 0) + 1
            if failures >= FAILURES_MAX and expected.part.size > 1:
                self.habits.was_too_big()
                return [], "unanswered"
            return [Trouble(answer.reason, answer.detail, oid, expected.part.size)], ""
        was_fresh = expected.is_fresh
        try:
            is_new = expected.take(answer)
        except Malformed as error:
            return [Trouble("format", str(error), oid, expected.part.size)], ""
        except Differs as differs:
            expected.is_fresh = was_fresh  # what was told stands until the device is learnt anew, or that fails
            self._bear(differs, expected)
            return [], "toobig" if differs.status == pdu.TOO_BIG else "rows"
        self._failures.pop(id(expected), None)
        return [], "names" if is_new and id(expected) in known.naming else ""

    def _bear(self, differs: Differs, expected: Expected) -> None:
        """Ask in another way what the device did not bear."""
        if differs.status == pdu.TOO_BIG:
            self.habits.was_too_big()
        elif differs.is_short and expected.part.bulk:
            self._was_short = True
            self._rows = max(1, differs.came // len(expected.part.columns))

    def _learn(self, why: str) -> Dialogue[Took]:
        """Read everything anew, by the walk that is right about any agent."""
        before, self._known = self._known, None
        read, present, book = yield from self._walk()
        wanted = self._wanted
        options, layout, beyond = fit(book, read.cells, present, self._metrics, wanted.options, wanted.series_max)
        needs = book.needs(present, options)
        if why == "rows" and before is not None and before.rows == hash(_names(read)):
            self._distrust()
        known = self._known = Known(
            self._asset, read, needs, layout, self._bounds(), (*bounded(read.troubles), *beyond)
        )
        self.relearns += 1
        self.columns = tuple(dict.fromkeys((*needs.slow, *needs.fast)))
        self.moving = frozenset(needs.fast) - needs.shaping
        self.identity = _identity(read)
        self._failures.clear()
        self._slow_at = [read.at] * len(known.slow)
        self._learn_after_s = self._next_learning_s(read, why)
        troubles = list(known.troubles)
        objects = len(read.guards) + sum(map(len, read.cells.values()))
        return Took(known.sheet, self._and_refused(known, troubles), why, self._slow_age_s(), objects, known.refused)

    def _next_learning_s(self, read: Read, why: str) -> float:
        """Return for how many seconds what was read may be taken for all that there is."""
        if not read.troubles and not _is_young(read):
            self._learnt_soon = 0
            return RELEARN_S
        soon = self._learnt_soon = 0 if why == "restarted" else min(self._learnt_soon + 1, 10)
        return min(SOON_S * (1 << max(soon - 1, 0)), RELEARN_S)

    def _distrust(self) -> None:
        """Ask for less at once, then for every cell by its name: the rows are the same, so GETBULK lied about them."""
        self._was_short, was_short = False, self._was_short
        if not was_short:
            self._has_bulk = self._has_bulk and not self._rows
            self._rows = self._rows or REPETITIONS_MAX

    def _bounds(self) -> Bounds:
        habits = self.habits
        at_once = habits.repetitions if habits.repetitions < REPETITIONS_MAX else ROWS_AT_ONCE
        return Bounds(
            bulk=self._has_bulk and habits.has_bulk is not False,
            size_bytes=habits.size_bytes,
            rows=min(self._rows or at_once, at_once),
        )

    def _walk(self) -> Dialogue[tuple[Read, frozenset[Oid], Book]]:
        """Read what is needed of the tables that the device has; once more when it started again meanwhile."""
        for _ in range(RESTARTS_MAX):
            guards = yield from get((*GUARDS, DESCRIPTION), self.habits)
            said = {name: guards.values[name] for name in (OBJECT_ID, DESCRIPTION) if name in guards.values}
            self.recognised = yield from recognise(self._book, said, self.habits)
            book = self._book.family(self.recognised.family)
            present, missing = yield from look(book.anchors(), self.habits)
            needs = book.needs(present, self._wanted.options)
            wanted = tuple(dict.fromkeys((*needs.slow, *needs.fast)))
            tables = yield from columns(
                [oid for oid in wanted if oid not in needs.scalars], self.habits, self._wanted.rows_max
            )
            single = yield from get([(*oid, 0) for oid in wanted if oid in needs.scalars], self.habits)
            cells = {**tables.cells}
            for name, value in single.values.items():
                cells[name[:-1]] = {(0,): value}
            troubles = (*guards.troubles, *missing, *tables.troubles, *single.troubles)
            after = yield from get((UPTIME,), self.habits)
            if not has_restarted(guards.values, after.values):
                held = {oid: guards.values[oid] for oid in GUARDS if oid in guards.values}
                return Read(held, cells, troubles, self._clock()), present, book
        raise SnmpFailed("restarted", "it started again each time that it was read")

    def _due(self, known: Known) -> list[Expected]:
        """Return the questions of the slow pace whose turn it is, and one that had no answer when it was.

        Each has its turn once in so many polls, however few there are.
        """
        slow, count, polls, turn = known.slow, len(known.slow), self._wanted.slow_polls, self._turn
        self._turn = turn + 1
        first = turn * count // polls
        due = [slow[at % count] for at in range(first, (turn + 1) * count // polls)]
        missed = next((one for one in slow if not one.is_fresh and one not in due), None)
        return due if missed is None else [*due, missed]

    def _note_slow(self, known: Known, asked: Sequence[Expected]) -> None:
        now = self._clock()
        for expected in asked:
            if expected.is_fresh:
                self._slow_at[known.slow.index(expected)] = now

    def _slow_age_s(self) -> float:
        return self._clock() - min(self._slow_at) if self._slow_at else 0.0

    def _and_refused(self, known: Known, troubles: list[Trouble]) -> tuple[Trouble, ...]:
        """Return the troubles with the values that could not be believed since the last poll."""
        troubles += refused(known.refused)
        return tuple(bounded(troubles))


def _identity(read: Read) -> tuple[object, ...]:
    described = read.cells.get(DESCRIPTION[:-1], {}).get((0,))
    told = read.guards.get(GUARDS[1])
    return (told and told.data, described and described.data)


def _is_young(read: Read) -> bool:
    uptime = getattr(read.guards.get(UPTIME), "data", None)
    return isinstance(uptime, int) and uptime < YOUNG_S * 100


def _names(read: Read) -> frozenset[Oid]:
    return frozenset((*read.guards, *(column + row for column, rows in read.cells.items() for row in rows)))


def _raise_if_silent(answers: Sequence[Answer]) -> None:
    if answers and all(isinstance(answer, SnmpFailed) for answer in answers):
        raise next(answer for answer in answers if isinstance(answer, SnmpFailed))


def _is_before(now: object, then: object) -> bool:
    return isinstance(now, int) and isinstance(then, int) and now + UPTIME_SLACK < then


def has_restarted(before: Mapping[Oid, object], after: Mapping[Oid, object]) -> bool:
    """Return whether a device started again between two readings of its ``UPTIME``."""
    then, now = before.get(UPTIME), after.get(UPTIME)
    return _is_before(getattr(now, "data", None), getattr(then, "data", None))
