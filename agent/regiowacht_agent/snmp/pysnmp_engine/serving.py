"""Answers what the agent asks of the process that pysnmp runs in, many devices beside each other."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import threading
from typing import TYPE_CHECKING, Any

from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.pysnmp_engine.frames import Broken, frame, read_frame
from regiowacht_agent.snmp.pysnmp_engine.plain import plain_columns, plain_scalars, read_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.snmp.pysnmp_engine.asking import Asker

ASKERS_MAX = 64
"""Devices that pysnmp keeps an engine for; each takes 1.2 MB."""

PEAK_MAX_KB = 300_000
"""Memory after which the process makes room for another one, as soon as nobody waits for it."""

MISSING = "pysnmp is not installed here: pip install 'regiowacht[agent,snmp]'"


def serve() -> int:
    """Answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the agent, which then closes our input
    output = os.dup(1)
    os.dup2(2, 1)  # what anything prints is not taken for an answer
    try:
        from regiowacht_agent.snmp.pysnmp_engine.asking import Asker  # noqa: PLC0415 - told, not died of, when missing
    except ImportError:
        return _refuse(output)
    asyncio.run(_Serving(Asker, output).run())
    return 0


class _Serving:
    """Takes questions and writes answers.

    Args:
        ask: makes what asks a device.
        output: descriptor that answers go to.
    """

    def __init__(self, ask: Callable[[Any], Asker], output: int) -> None:
        self._make, self._output = ask, output
        self._askers: dict[tuple[Any, ...], Asker] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve for ever: the process ends when its input does, or when it has grown too large."""
        questions: asyncio.Queue[Any] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        threading.Thread(target=_listen, args=(loop, questions), daemon=True).start()
        while True:
            task = asyncio.create_task(self._answer(await questions.get()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, question: Any) -> None:
        number, what, told, deadline_s, *words = question
        asker = self._askers.pop(told, None) or self._make(read_target(told))
        self._askers[told] = asker  # the one asked last stands last
        before = asker.effort
        sent, retried, answered = before.sent, before.retried, before.answered
        try:
            found: Any = await asyncio.wait_for(_ask(asker, what, words), deadline_s)
            answer = (number, found, "")
        except SnmpFailed as failed:
            answer = (number, failed.reason, failed.detail)
        except TimeoutError:
            answer = (number, "timeout", f"it took more than {deadline_s:g} s")
        except Exception as error:  # noqa: BLE001 - one device that breaks it takes no other along
            answer = (number, "internal", f"pysnmp: {type(error).__name__}")
        after = asker.effort
        effort = (after.sent - sent, after.retried - retried, after.answered - answered)
        _write(self._output, frame((*answer, effort)))
        await self._make_room(told if what == "close" else None)

    async def _make_room(self, closed: tuple[Any, ...] | None) -> None:
        if closed is not None:
            self._askers.pop(closed, None)
        while len(self._askers) > ASKERS_MAX:
            await self._askers.pop(next(iter(self._askers))).close()
        is_idle = len(self._tasks) <= 1
        if is_idle and peak_kb() > PEAK_MAX_KB:
            os._exit(0)


async def _ask(asker: Asker, what: str, words: list[Any]) -> tuple[Any, ...]:
    if what == "get":
        return plain_scalars(await asker.get(*words))
    if what == "columns":
        return plain_columns(await asker.columns(*words))
    await asker.close()
    return ()


def _listen(loop: asyncio.AbstractEventLoop, questions: asyncio.Queue[Any]) -> None:
    """Hand on what is asked; end the process with its input, whatever it is doing."""
    try:
        while True:
            loop.call_soon_threadsafe(questions.put_nowait, read_frame(0))
    except Broken:
        os._exit(0)


def peak_kb() -> int:
    """Return the most memory that this program had, in kB: VmHWM of proc_pid_status(5) where that is.

    Linux's ``ru_maxrss`` also counts what the parent had when it started this process, however small that is itself.
    """
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:  # noqa: PTH123 - without pathlib
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _refuse(output: int) -> int:
    """Tell all who ask that this machine has no pysnmp."""
    try:
        while True:
            number, *_rest = read_frame(0)
            _write(output, frame((number, "internal", MISSING, (0, 0, 0))))
    except Broken:
        return 0


def _write(output: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(output, view) :]
