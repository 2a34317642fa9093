"""What pysnmp does for the agent, in a process of its own: it proves the fast engine, or asks in its place."""

from __future__ import annotations

import threading
import time
from collections import deque

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.snmp.asked import FAST, PYSNMP, Latest
from regiowacht_agent.snmp.by_session import find, read
from regiowacht_agent.snmp.check import compare
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.proofs import fingerprint
from regiowacht_agent.snmp.pysnmp_engine.worker_session import PysnmpWorker
from regiowacht_agent.snmp.session import Columns, Effort
from regiowacht_agent.snmp.walk import columns
from regiowacht_agent.version import version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from regiowacht_agent.snmp.asked import Asked
    from regiowacht_agent.snmp.loop import Loop
    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.message import Security
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.proofs import Proofs
    from regiowacht_agent.snmp.pysnmp_engine.worker_session import WorkerSession
    from regiowacht_agent.snmp.session import Target, Trouble
    from regiowacht_agent.snmp.talk import Ended
    from regiowacht_contract.metric import Metric

CHECKS_MAX = 3
"""Checks in a row that a device may fail before pysnmp asks it: a value that jumps there and back fails one."""

AGAIN_S = 60.0
BACK_S = 86_400.0
"""A device that pysnmp asks is checked again after a day."""

ANSWER_WITHIN_S = 300.0


class Checking:
    """Takes devices one after the other: to check, or to ask.

    Args:
        loop: what the fast engine's questions go through.
        book: tables that devices have.
        metrics: the catalogue's, by name.
        proofs: where proofs are remembered.
        worker: hands out sessions through pysnmp.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        loop: Loop,
        book: Book,
        metrics: Mapping[str, Metric],
        proofs: Proofs,
        worker: PysnmpWorker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loop, self._book, self._metrics, self._proofs = loop, book, metrics, proofs
        self._worker = worker or PysnmpWorker()
        self._clock = clock
        self._changed = threading.Lock()
        self._jobs: deque[tuple[str, Asked, Target, Security]] = deque()
        self._waiting: set[tuple[str, int]] = set()
        self._sessions: dict[Asked, tuple[Target, WorkerSession]] = {}
        self._is_running = self._stopping = False

    def check(self, asked: Asked, target: Target, security: Security) -> None:
        """Prove the fast engine on a device, when its turn comes."""
        self._add("check", asked, target, security)

    def ask(self, asked: Asked, target: Target, security: Security) -> None:
        """Ask a device through pysnmp, when its turn comes."""
        self._add("ask", asked, target, security)

    def stop(self) -> None:
        """Take nothing more; what is under way ends by itself, and the process of pysnmp with it."""
        with self._changed:
            self._stopping = True
            self._jobs.clear()
            is_running = self._is_running
        if not is_running:
            self._close(self._sessions)

    def _add(self, what: str, asked: Asked, target: Target, security: Security) -> None:
        with self._changed:
            if self._stopping or (what, id(asked)) in self._waiting:
                return
            self._waiting.add((what, id(asked)))
            self._jobs.append((what, asked, target, security))
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._work, name="pysnmp", daemon=True).start()

    def _work(self) -> None:
        """Do what there is to do, and end: most days there is nothing."""
        while True:
            self._close(asked for asked in self._sessions if asked.engine != PYSNMP or self._stopping)
            with self._changed:
                if not self._jobs or self._stopping:
                    self._is_running = False
                    break
                what, asked, target, security = self._jobs.popleft()
            try:
                if what == "check":
                    self._check(asked, target, security)
                else:
                    self._ask(asked, target)
            except Exception as error:  # noqa: BLE001 - the supervisor: one device's trouble takes no other along
                LOGGER.error(line("snmp-check-broke", asset=asked.asset.instance, reason=f"{type(error).__name__}"))
            finally:
                with self._changed:
                    self._waiting.discard((what, id(asked)))
        if self._stopping:
            self._close(self._sessions)

    def _check(self, asked: Asked, target: Target, security: Security) -> None:
        polling = asked.polling
        if polling is None or not polling.columns:
            return
        wanted, moving = polling.columns, polling.moving
        session = self._worker.session(target)
        try:
            before = self._by_fast(wanted, asked, target, security)
            oracle = session.columns(wanted, asked.wanted.rows_max)
            after = self._by_fast(wanted, asked, target, security)
        except SnmpFailed as failed:
            self._unproven(asked, failed)
            return
        finally:
            session.close()
        self._judge(asked, compare(before, oracle, after, moving))

    def _by_fast(self, wanted: tuple[Oid, ...], asked: Asked, target: Target, security: Security) -> Columns:
        polling = asked.polling
        assert polling is not None  # noqa: S101 - for the type checker: whoever checks has looked
        ends: list[Ended] = []
        done = threading.Event()

        def take(end: Ended) -> None:
            ends.append(end)
            done.set()

        self._loop.add(columns(wanted, polling.habits, asked.wanted.rows_max), target, security, take)
        if not done.wait(ANSWER_WITHIN_S):
            raise SnmpFailed("timeout", "the fast engine did not come to an end")
        (end,) = ends
        if end.failed is not None:
            raise end.failed
        found: Columns = end.told
        return found

    def _unproven(self, asked: Asked, failed: SnmpFailed) -> None:
        """Go on without a proof: the device, or pysnmp, did not answer."""
        asked.check_after = self._clock() + AGAIN_S
        if failed.reason in {"internal", "algorithm"}:
            # Without pysnmp nothing can be proven, and the fast engine is all there is.
            asked.is_proven, asked.distrust = True, f"not checked: {failed.detail}"
            LOGGER.warning(line("snmp-check-impossible", asset=asked.asset.instance, reason=failed.detail))

    def _judge(self, asked: Asked, troubles: tuple[Trouble, ...]) -> None:
        host, port = asked.place
        if not troubles:
            asked.engine, asked.is_proven, asked.distrust, asked.checks = FAST, True, "", 0
            if asked.polling is not None:
                self._proofs.add(host, port, fingerprint(asked.polling.identity, version()))
            return
        asked.checks += 1
        asked.distrust = troubles[0].detail
        asked.check_after = self._clock() + (AGAIN_S if asked.checks < CHECKS_MAX else BACK_S)
        if asked.checks >= CHECKS_MAX and asked.engine != PYSNMP:
            asked.engine = PYSNMP
            self._proofs.drop(host, port)
            LOGGER.warning(line("snmp-engine", asset=asked.asset.instance, engine=PYSNMP, reason=asked.distrust))

    def _ask(self, asked: Asked, target: Target) -> None:
        begin = self._clock()
        session = self._session(asked, target)
        took = failure = None
        try:
            if not asked.present or asked.latest is None or asked.latest.failed is not None:
                asked.present = find(session, self._book)
            took = read(session, asked.present, asked.asset, self._book, self._metrics, asked.wanted, self._clock)
        except SnmpFailed as failed:
            failure = failed
        effort, session.effort = session.effort, Effort()
        ended = self._clock()
        asked.latest = Latest(took, failure, effort, time.time(), ended, ended - begin, PYSNMP)

    def _session(self, asked: Asked, target: Target) -> WorkerSession:
        """Return the session with a device that pysnmp asks; it stays open, and its process with it."""
        held = self._sessions.get(asked)
        if held is not None and held[0] == target:
            return held[1]
        if held is not None:
            held[1].close()
        session = self._worker.session(target)
        self._sessions[asked] = target, session
        return session

    def _close(self, which: Iterable[Asked]) -> None:
        for asked in tuple(which):
            self._sessions.pop(asked)[1].close()
