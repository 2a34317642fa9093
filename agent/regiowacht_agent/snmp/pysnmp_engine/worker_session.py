"""Sessions through pysnmp for an agent that never loads it: they share a process that is there as long as they are."""

from __future__ import annotations

import _thread
import os
import sys

from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.pysnmp_engine.frames import Broken, frame
from regiowacht_agent.snmp.pysnmp_engine.plain import plain_target, read_columns, read_scalars
from regiowacht_agent.snmp.pysnmp_engine.worker_process import Process
from regiowacht_agent.snmp.session import ROWS_MAX, Effort
from regiowacht_contract.light import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Columns, Scalars, Target

DEADLINE_S = 120.0
"""What one question, however many messages it takes, has at most."""

GRACE_S = 20.0
"""What an answer may take beyond that: for the process to start, on a slow machine, and to write it."""

CLOSE_WITHIN_S = 5.0
PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")  # noqa: PTH100,PTH118,PTH120


class PysnmpWorker:
    """Hands out sessions, and has the process as long as one of them is open.

    Args:
        deadline_s: seconds that one question has.
        grace_s: seconds that its answer may take beyond that before the process counts as hanging, and is killed.
        command: what starts the process.
    """

    def __init__(
        self, deadline_s: float = DEADLINE_S, grace_s: float = GRACE_S, command: tuple[str, ...] | None = None
    ) -> None:
        self.deadline_s, self._grace_s = deadline_s, grace_s
        self._command = command or (sys.executable, "-I", "-S", PROGRAM)
        self._lock = _thread.allocate_lock()
        self._process: Process | None = None
        self._open = 0
        self._number = 0
        self._is_stopped = False

    @property
    def pid(self) -> int | None:
        """The process, None while there is none."""
        process = self._process
        return None if process is None or process.is_over else process.pid

    def session(self, target: Target) -> WorkerSession:
        """Return a session with a device; it is to be closed."""
        with self._lock:
            self._open += 1
        return WorkerSession(self, target)

    def ask(self, what: str, target: tuple[Any, ...], *words: object) -> tuple[Any, ...]:
        """Return the rest of the process's answer: what was read or a reason, a detail, the effort.

        Raises:
            SnmpFailed: it did not answer: it cannot be started, died twice or hung.
        """
        for is_again in (False, True):
            process, number = self._ready()
            question = (what, target, self.deadline_s, *words)
            try:
                return process.ask(number, question, self.deadline_s + self._grace_s)
            except Broken as broken:
                with self._lock:  # it may be on its way out still, and would be taken for a living one
                    if self._process is process:
                        self._process = None
                if is_again or broken.args:
                    raise SnmpFailed("internal", "the process of pysnmp " + (broken.args or ("ended",))[0]) from None
        raise AssertionError

    def stop(self) -> None:
        """End the process, whatever it is doing, and start none any more; who waits for it is told so."""
        with self._lock:
            self._is_stopped, process = True, self._process
        if process is not None:
            process.kill()

    def hold(self) -> None:
        """Have the process until ``let_go``, also while no session is open: starting it takes longer than asking."""
        with self._lock:
            self._open += 1

    def let_go(self) -> None:
        """Need the process no longer; it ends when nobody does."""
        with self._lock:
            self._open -= 1
            if self._open:
                return
            process, self._process = self._process, None
        if process is not None and not process.is_over:
            process.end()

    def release(self, target: tuple[Any, ...]) -> None:
        """Let a session go, and the process with the last one."""
        with self._lock:
            process = self._process if self._open > 1 else None
            self._number += 1
            number = self._number
        if process is not None and not process.is_over:
            with suppress(Broken):  # whoever asks next starts another one
                process.ask(number, ("close", target, CLOSE_WITHIN_S), CLOSE_WITHIN_S + self._grace_s)
        self.let_go()

    def _ready(self) -> tuple[Process, int]:
        """Return a living process, and a number for a question.

        Raises:
            SnmpFailed: it cannot be started.
        """
        with self._lock:
            self._number += 1
            if self._is_stopped:
                raise SnmpFailed("internal", "the process of pysnmp was stopped")
            if self._process is None or self._process.is_over:
                try:
                    self._process = Process(self._command)
                    self._process.tell(frame([*sys.path]))
                except (OSError, Broken) as error:
                    said = error.strerror if isinstance(error, OSError) else "it ended"
                    raise SnmpFailed("internal", f"the process of pysnmp cannot be started: {said}") from None
            return self._process, self._number


class WorkerSession:
    """Asks one device through pysnmp in another process (``session.Session``).

    Attributes:
        engine: ``pysnmp``.
        effort: what it cost so far.
    """

    engine = "pysnmp"

    def __init__(self, worker: PysnmpWorker, target: Target) -> None:
        self.effort = Effort()
        self._worker = worker
        self._target = plain_target(target)
        self._is_open = True

    def get(self, oids: Sequence[Oid]) -> Scalars:
        """Return single objects."""
        return read_scalars(self._ask("get", [*oids]))

    def columns(self, columns: Sequence[Oid], rows_max: int = ROWS_MAX) -> Columns:
        """Return whole columns, of any tables."""
        return read_columns(self._ask("columns", [*columns], rows_max))

    def close(self) -> None:
        """Let the process forget the device; the last session ends it."""
        if self._is_open:
            self._is_open = False
            self._worker.release(self._target)

    def _ask(self, what: str, *words: object) -> tuple[Any, ...]:
        found, detail, effort = self._worker.ask(what, self._target, *words)
        self.effort.sent += effort[0]
        self.effort.retried += effort[1]
        self.effort.answered += effort[2]
        if isinstance(found, str):
            raise SnmpFailed(found, detail)  # type: ignore[arg-type] # one of the reasons, as the process had it
        told: tuple[Any, ...] = found
        return told
