"""A process that pysnmp runs in, seen from the agent: asked by any thread, killed when it hangs, never left behind."""

from __future__ import annotations

import _thread
import os
import select
import signal
import time

from regiowacht_agent.snmp.pysnmp_engine.frames import Broken, frame, read_frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WRITE_WITHIN_S = 10.0
END_WITHIN_S = 2.0
LOOK_EVERY_S = 0.005

PASSED_ON = frozenset({
    "PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH", "OPENSSL_CONF",
    "OPENSSL_MODULES", "LOCALDOMAIN", "RES_OPTIONS",
})  # fmt: skip
"""What the process is given of the environment, with the locale: it may hold secrets that are none of its business."""


class _Waiting:
    """Somebody who waits for an answer."""

    __slots__ = ("answer", "lock")

    def __init__(self) -> None:
        self.answer: tuple[Any, ...] | None = None
        self.lock = _thread.allocate_lock()
        self.lock.acquire()


class Process:
    """One such process, from its start to its end; any thread may ask it.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, command: tuple[str, ...]) -> None:
        self.is_over = False
        self._waiting: dict[int, _Waiting] = {}
        self._lock = _thread.allocate_lock()
        self._writing = _thread.allocate_lock()
        theirs, self._to = os.pipe()
        try:
            self._from, answers = os.pipe()
        except OSError:
            os.close(theirs)
            os.close(self._to)
            raise
        actions = [(os.POSIX_SPAWN_DUP2, theirs, 0), (os.POSIX_SPAWN_DUP2, answers, 1)]
        try:
            self.pid = os.posix_spawn(command[0], command, _environment(), file_actions=actions)
        except OSError:
            os.close(self._to)
            os.close(self._from)
            raise
        finally:
            os.close(theirs)
            os.close(answers)
        os.set_blocking(self._to, False)
        _thread.start_new_thread(self._listen, ())

    def tell(self, data: bytes) -> None:
        """Write to it.

        Raises:
            Broken: it is gone, or does not read.
        """
        view = memoryview(data)
        until = time.monotonic() + WRITE_WITHIN_S
        with self._writing:
            while view:
                try:
                    view = view[os.write(self._to, view) :]
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise Broken from None
                    poll = select.poll()
                    poll.register(self._to, select.POLLOUT)
                    poll.poll(100)
                except OSError:
                    raise Broken from None

    def ask(self, number: int, question: tuple[Any, ...], within_s: float) -> tuple[Any, ...]:
        """Return its answer.

        Raises:
            Broken: it ended first, or the time was over; then it was killed, with whatever it was doing.
        """
        waiting = _Waiting()
        with self._lock:
            if self.is_over:
                raise Broken
            self._waiting[number] = waiting
        try:
            self.tell(frame((number, *question)))
        except Broken:
            self.kill()
            raise
        if not waiting.lock.acquire(timeout=within_s):
            self.kill()
            raise Broken("hangs")
        if waiting.answer is None:
            raise Broken
        return waiting.answer

    def kill(self) -> None:
        """End it now."""
        with self._lock:
            if not self.is_over:
                os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Let it end by itself, or kill it when it does not."""
        self._close_input()
        until = time.monotonic() + END_WITHIN_S
        while not self.is_over and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
        self.kill()

    def _listen(self) -> None:
        """Hand answers to who waits for them until there are no more; then see it off."""
        try:
            while True:
                number, *answer = read_frame(self._from)
                with self._lock:
                    waiting = self._waiting.pop(number, None)
                if waiting is not None:
                    waiting.answer = tuple(answer)
                    waiting.lock.release()
        except (Broken, TypeError, ValueError):
            pass
        self.kill()
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        with self._lock:  # nobody kills a process of another program that got its number
            os.waitpid(self.pid, 0)
            self.is_over = True
            left = list(self._waiting.values())
            self._waiting.clear()
        os.close(self._from)
        self._close_input()
        for waiting in left:
            waiting.lock.release()

    def _close_input(self) -> None:
        with self._writing:
            if self._to >= 0:
                os.close(self._to)
                self._to = -1


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("LC_")}
