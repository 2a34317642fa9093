"""What pysnmp does for the agent, in a process of its own: it proves the fast engine, or asks in its place."""

from __future__ import annotations

import threading
import time

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.snmp import asked as words
from regiowacht_agent.snmp.asked import FAST, PYSNMP, Latest
from regiowacht_agent.snmp.by_session import find, read
from regiowacht_agent.snmp.check import compare
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.proofs import fingerprint
from regiowacht_agent.snmp.pysnmp_engine.worker_session import PysnmpWorker
from regiowacht_agent.snmp.session import Columns, Effort, Trouble
from regiowacht_agent.snmp.walk import columns
from regiowacht_agent.version import version
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_agent.snmp.asked import Asked
    from regiowacht_agent.snmp.loop import Loop
    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.message import Security
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.proofs import Proofs
    from regiowacht_agent.snmp.pysnmp_engine.worker_session import WorkerSession
    from regiowacht_agent.snmp.session import Target
    from regiowacht_agent.snmp.talk import Ended
    from regiowacht_contract.metric import Metric

CHECKS_MAX = 3
"""Checks in a row that a device may fail before pysnmp asks it: a value that jumps there and back fails one."""

AGAIN_S = 60.0
BACK_S = 86_400.0
"""A device that pysnmp asks is checked again after a day, as is one that pysnmp could not read."""

ANSWER_WITHIN_S = 300.0
FIND_EVERY_S = 3600.0
"""A device that pysnmp asks is looked over for other tables that often."""

TRY_EVERY_S = 3600.0
"""A device that neither engine reads is tried with pysnmp that often."""

UNPROVEN_MAX_S = 240.0
"""A device that answers, and of which no check comes to an end for so long, is told without one."""

THREADS_MAX = 4
"""Devices that wait for pysnmp beside each other: one that hangs does not hold up the others."""

OURS = frozenset({"internal", "algorithm"})
"""Reasons of pysnmp that say that it cannot ask at all, however often it tries."""


class _Job(NamedTuple):
    """What is to be done with a device: to check it, or else to ask it."""

    is_check: bool
    asked: Asked
    target: Target
    security: Security


class Checking:
    """Takes devices, a few beside each other: to check, or to ask.

    Args:
        loop: what the fast engine's questions go through.
        book: tables that devices have.
        metrics: the catalogue's, by name.
        proofs: where proofs are remembered.
        keep: takes what a device told.
        worker: hands out sessions through pysnmp.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        loop: Loop,
        book: Book,
        metrics: Mapping[str, Metric],
        proofs: Proofs,
        keep: Callable[[Asked, Latest], None],
        worker: PysnmpWorker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loop, self._book, self._metrics, self._proofs, self._keep = loop, book, metrics, proofs, keep
        self._worker = worker or PysnmpWorker()
        self._clock = clock
        self._changed = threading.Lock()
        self._jobs: list[_Job] = []
        self._wanted: set[tuple[bool, Asked]] = set()
        self._busy: set[Asked] = set()
        self._waits: set[threading.Event] = set()
        self._sessions: dict[Asked, tuple[Target, WorkerSession]] = {}
        self._threads = 0
        self._stopping = False

    def check(self, asked: Asked, target: Target, security: Security) -> None:
        """Prove the fast engine on a device, when its turn comes."""
        self._add(_Job(True, asked, target, security))

    def ask(self, asked: Asked, target: Target, security: Security) -> None:
        """Ask a device through pysnmp, when its turn comes."""
        self._add(_Job(False, asked, target, security))

    def decide(self, asked: Asked, now: float) -> None:
        """Let a device be told that answers, and of which nothing is told since no check comes to an end."""
        if asked.is_proven or asked.engine == PYSNMP:
            return
        if asked.unproven is None:
            asked.unproven = now
        if now - asked.unproven <= UNPROVEN_MAX_S:
            return
        if asked.checks:
            self._hand_over(asked)  # the latest check that did end found a difference
        else:
            self._go_without(asked, f"no check came to an end in {now - asked.unproven:.0f} s")

    def stop(self) -> None:
        """Give up all that is under way, and end the process of pysnmp; nothing more is told of any device."""
        with self._changed:
            self._stopping = True
            self._jobs.clear()
            self._sessions.clear()
            for done in self._waits:
                done.set()
        self._worker.stop()

    def _add(self, job: _Job) -> None:
        with self._changed:
            if self._stopping or (job.is_check, job.asked) in self._wanted:
                return
            self._wanted.add((job.is_check, job.asked))
            self._jobs.append(job)
            if self._threads < THREADS_MAX:
                self._threads += 1
                threading.Thread(target=self._work, name="pysnmp", daemon=True).start()

    def _work(self) -> None:
        """Do what there is to do, and end: most days there is nothing."""
        self._worker.hold()
        try:
            while (job := self._next()) is not None:
                self._do(job)
        finally:
            self._worker.let_go()

    def _do(self, job: _Job) -> None:
        asked = job.asked
        try:
            if job.is_check:
                self._check(asked, job.target, job.security)
            else:
                self._ask(asked, job.target)
            if asked.engine != PYSNMP:
                self._let_go(asked)
        except Exception as error:  # noqa: BLE001 - the supervisor: one device's trouble takes no other along
            LOGGER.error(line("snmp-check-broke", asset=asked.asset.instance, reason=type(error).__name__))
        finally:
            with self._changed:
                self._busy.discard(asked)
                self._wanted.discard((job.is_check, asked))

    def _next(self) -> _Job | None:
        """Return a job on a device that no other thread is busy with, askings first; None: this thread ends."""
        with self._changed:
            free = [job for job in self._jobs if job.asked not in self._busy]
            if not free:
                self._threads -= 1
                return None
            job = min(free, key=lambda one: one.is_check)
            self._jobs.remove(job)
            self._busy.add(job.asked)
            return job

    def _check(self, asked: Asked, target: Target, security: Security) -> None:
        polling = asked.polling
        if polling is None:
            return
        if asked.engine != PYSNMP and asked.latest is not None and asked.latest.failed is not None:
            if asked.unread:
                self._try(asked, target, security, asked.latest.failed)
            else:
                asked.check_after = self._clock() + AGAIN_S  # it answered a moment ago
            return
        wanted, moving = (polling.columns, polling.moving) if polling.columns else _columns(asked)
        if not wanted:
            return
        identity = polling.identity
        session = self._worker.session(target)
        try:
            before = self._by_fast(wanted, asked, target, security)
            try:
                oracle = session.columns(wanted, asked.wanted.rows_max)
            except SnmpFailed as failed:
                self._unable(asked, failed)
                return
            after = self._by_fast(wanted, asked, target, security)
        except SnmpFailed:
            asked.check_after = self._clock() + AGAIN_S  # the device does not answer now: its polls tell why
            return
        finally:
            session.close()
        if not self._stopping:
            self._judge(asked, compare(before, oracle, after, moving), identity)
            if asked.engine == PYSNMP:
                self.ask(asked, target, security)

    def _try(self, asked: Asked, target: Target, security: Security, failed: SnmpFailed) -> None:
        """See whether pysnmp reads what the fast engine does not; where it does, it goes on asking."""
        asked.check_after = self._clock() + TRY_EVERY_S
        session = self._worker.session(target)
        try:
            found = find(session, self._book)
        except SnmpFailed:
            return  # neither does: the device's polls tell why
        finally:
            session.close()
        if not found or self._stopping:
            return
        asked.check_after = self._clock() + BACK_S
        asked.checks, asked.present, asked.found = CHECKS_MAX, found, self._clock()
        asked.engine, asked.check, asked.differs = PYSNMP, words.DIFFERS, (Trouble("check", failed.detail),)
        reason = f"the fast engine does not read it: {failed.reason}, {failed.detail}"
        LOGGER.warning(line("snmp-engine", asset=asked.asset.instance, engine=PYSNMP, reason=reason))
        self.ask(asked, target, security)

    def _by_fast(self, wanted: tuple[Oid, ...], asked: Asked, target: Target, security: Security) -> Columns:
        polling = asked.polling
        assert polling is not None  # noqa: S101 - for the type checker: whoever checks has looked
        ends: list[Ended] = []
        done = threading.Event()

        def take(end: Ended) -> None:
            ends.append(end)
            done.set()

        with self._changed:
            self._waits.add(done)
            if self._stopping:
                done.set()
        talk = self._loop.add(columns(wanted, polling.habits, asked.wanted.rows_max), target, security, take)
        done.wait(ANSWER_WITHIN_S)
        with self._changed:
            self._waits.discard(done)
        if not ends:
            self._loop.cancel(talk)
            raise SnmpFailed("timeout", "the fast engine did not come to an end")
        (end,) = ends
        if end.failed is not None:
            raise end.failed
        found: Columns = end.told
        return found

    def _unable(self, asked: Asked, failed: SnmpFailed) -> None:
        """Go on without a proof: the fast engine read the device, and pysnmp did not."""
        if self._stopping:
            return
        asked.unable += 1
        if failed.reason not in OURS and asked.unable < CHECKS_MAX:
            asked.check_after = self._clock() + AGAIN_S
            return
        asked.check_after = self._clock() + BACK_S
        if asked.engine == PYSNMP:
            return  # known to be read otherwise: what cannot be proven is not told
        self._go_without(asked, failed.detail)

    @staticmethod
    def _go_without(asked: Asked, why: str) -> None:
        """Tell what the fast engine reads, though nothing proves it: it is all there is."""
        if asked.check != words.IMPOSSIBLE:
            LOGGER.warning(line("snmp-check-impossible", asset=asked.asset.instance, reason=why))
        asked.is_proven, asked.check, asked.differs = True, words.IMPOSSIBLE, ()

    def _judge(self, asked: Asked, troubles: tuple[Trouble, ...], identity: object) -> None:
        host, port = asked.place
        asked.unable = 0
        if not troubles:
            if asked.engine == PYSNMP:
                LOGGER.info(line("snmp-engine", asset=asked.asset.instance, engine=FAST))
            asked.engine, asked.is_proven, asked.check, asked.checks, asked.differs = FAST, True, words.PASSED, 0, ()
            self._proofs.add(host, port, fingerprint(identity, version()))
            return
        asked.checks += 1
        asked.differs = troubles
        asked.check_after = self._clock() + (AGAIN_S if asked.checks < CHECKS_MAX else BACK_S)
        if asked.checks >= CHECKS_MAX and asked.engine != PYSNMP:
            self._hand_over(asked)

    def _hand_over(self, asked: Asked) -> None:
        """Let pysnmp ask a device from now on."""
        asked.engine, asked.check = PYSNMP, words.DIFFERS
        self._proofs.drop(*asked.place)
        LOGGER.warning(line("snmp-engine", asset=asked.asset.instance, engine=PYSNMP, reason=asked.differs[0].detail))

    def _ask(self, asked: Asked, target: Target) -> None:
        begin = self._clock()
        session = self._session(asked, target)
        took = failure = None
        try:
            is_well = asked.latest is not None and asked.latest.failed is None
            if not asked.present or not is_well or begin - asked.found > FIND_EVERY_S:
                asked.present, asked.found = find(session, self._book), begin
            took = read(session, asked.present, asked.asset, self._metrics, asked.wanted, self._clock)
        except SnmpFailed as failed:
            failure = failed
        effort, session.effort = session.effort, Effort()
        ended = self._clock()
        if not self._stopping:
            self._keep(asked, Latest(took, failure, effort, time.time(), ended, ended - begin, PYSNMP))

    def _session(self, asked: Asked, target: Target) -> WorkerSession:
        """Return the session with a device that pysnmp asks; it stays open, and its process with it."""
        held = self._sessions.get(asked)
        if held is not None and held[0] == target:
            return held[1]
        self._let_go(asked)
        session = self._worker.session(target)
        self._sessions[asked] = target, session
        return session

    def _let_go(self, asked: Asked) -> None:
        held = self._sessions.pop(asked, None)
        if held is not None:
            held[1].close()


def _columns(asked: Asked) -> tuple[tuple[Oid, ...], frozenset[Oid]]:
    """Return the columns of a device that pysnmp alone has read, and those that hold what is measured."""
    has = asked.present
    if not has:
        return (), frozenset()
    needs = has.book.needs(has.anchors, asked.wanted.options)
    return tuple(dict.fromkeys((*needs.slow, *needs.fast))), frozenset(needs.fast) - needs.shaping
