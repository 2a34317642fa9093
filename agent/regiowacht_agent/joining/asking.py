"""Has a short process ask for the configuration every few minutes, and tells how that goes.

The process that measures does not ask itself: HTTPS and reading a configuration would stay in its memory for years.
"""

from __future__ import annotations

import errno
import marshal
import os
import signal
import time

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.log import LOGGER, line, visible
from regiowacht_contract.light import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

BUNDLE = "regiowacht_agent_bundle_"
EVERY_S = 300.0
EVERY_VARIABLE = "REGIOWACHT_TEST_ASK_EVERY_S"
"""Variable that has tests wait less."""

JITTER = 0.2
"""Of the time between two askings: a region's servers do not all come at once."""

FIRST_WITHIN_S = 10.0
"""After a start: a machine that was off for long renews its credential at once."""

AGAIN_S, AGAIN_MAX_S = 30.0, 120.0
"""After the first question in vain, doubled up to the longest: who was started while the line was down is in time again
soon after it is back."""

CHILD_S = 180.0
LOOK_EVERY_S = 0.2
RESULTS = ("same", "new", "invalid", "refused", "unreachable", "failed")
ANSWERED = frozenset({"same", "new", "invalid"})
ASKED_MAX_BYTES = 65_536


class Asking:
    """Asks, one process at a time; ``turn`` is called whenever ``wait_s`` is over, or earlier.

    Args:
        joined: ``state``, the folder; ``command``, what begins a process of the agent; ``task``, what it is handed.
        now: monotonic seconds.
    """

    is_on = True

    def __init__(self, joined: Mapping[str, Any], now: Callable[[], float] = time.monotonic) -> None:
        self._folder: str = joined["state"]
        self._command: list[str] = joined["command"]
        self._task: bytes = joined["task"]
        self._now = now
        self._metrics = Metrics.of("agent_bundle")
        self._child = 0
        self._until = 0.0
        self._every_s = float(os.environ.get(EVERY_VARIABLE, EVERY_S))
        self._next = now() + min(FIRST_WITHIN_S, self._every_s) * _chance()
        self._said = ""
        self._counts = dict.fromkeys(RESULTS, 0)
        self._told: dict[str, str] = {}
        self._before = ""
        self._refused: dict[str, str] = {}
        self._answered = 0.0
        self._vain = 0
        self._is_kept = False

    def wait_s(self) -> float:
        """Return how long nothing is to be done."""
        return LOOK_EVERY_S if self._child else max(0.0, self._next - self._now())

    def turn(self) -> bool:
        """Begin or end an asking; return whether another configuration is there to be read."""
        if not self._child:
            if self._now() >= self._next:
                self._begin()
            return False
        ended, status = os.waitpid(self._child, os.WNOHANG)
        if not ended:
            if self._now() > self._until:
                with suppress(ProcessLookupError):
                    os.kill(self._child, signal.SIGKILL)
            return False
        self._child = 0
        return self._note({} if status else read_asked(f"{self._folder}/asked"))

    def put_back(self, reason: object) -> None:
        """Put the last good configuration back, since the new one could not be put in force.

        The next asking brings the new one again: what stood in its way may be gone by then, such as a taken port.
        """
        self._is_kept = True
        self._refuse(self._told.get("hash", ""), str(reason))
        self._told = {**self._told, "hash": self._before}
        with suppress(OSError):
            os.replace(f"{self._folder}/agent.toml.before", f"{self._folder}/agent.toml")  # noqa: PTH105 - no pathlib
        LOGGER.error(line("bundle-kept", reason=reason))

    def samples(self) -> Iterator[Sample]:
        """Yield how asking goes."""
        of = self._metrics
        if digest := self._told.get("hash"):
            yield Sample(of[f"{BUNDLE}info"], (digest,), 1)
        with suppress(OSError):
            received = os.stat(f"{self._folder}/agent.toml").st_mtime  # noqa: PTH116 - without pathlib
            yield Sample(of[f"{BUNDLE}timestamp_seconds"], (), round(received, 3))
        if self._answered:
            yield Sample(of[f"{BUNDLE}answered_timestamp_seconds"], (), self._answered)
        yield Sample(of[f"{BUNDLE}refused"], (), int(self._is_kept))
        for result in RESULTS:
            yield Sample(of[f"{BUNDLE}asks_total"], (result,), self._counts[result])
        if expires := number_of(self._told, "expires"):
            yield Sample(of["regiowacht_agent_credential_expiry_timestamp_seconds"], (), expires)

    def page(self) -> bytes:
        """Return how asking went last, and which configuration could not be used last: one ``key=value`` a line."""
        told = [(key, self._told[key]) for key in ("result", "reason", "renewal", "at") if key in self._told]
        return "".join([f"{key}={visible(value)}\n" for key, value in (*told, *self._refused.items())]).encode()

    def stop(self) -> None:
        """End the process that asks, if there is one."""
        if self._child:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._child, signal.SIGKILL)
                os.waitpid(self._child, 0)
            self._child = 0

    def _begin(self) -> None:
        self._next = self._now() + self._every_s * (1 + JITTER * (_chance() - 0.5))
        self._until = self._now() + CHILD_S
        try:
            self._child = start(self._command, self._task, self._folder)
        except OSError as error:
            self._note({"result": "failed", "reason": error.strerror or "?"})

    def _note(self, told: dict[str, str]) -> bool:
        """Keep what an asking came to; return whether another configuration is there."""
        result = told.get("result", "")
        if result not in self._counts:
            told, result = {**self._told, "reason": "the process that asks did not end as it should"}, "failed"
            told["result"] = result
        self._counts[result] += 1
        self._vain = self._vain + 1 if result == "unreachable" else 0
        if self._vain:
            again_s = min(AGAIN_S * 2 ** min(self._vain - 1, 9), AGAIN_MAX_S) * (1 + JITTER * (_chance() - 0.5))
            self._next = min(self._next, self._now() + again_s)
        self._before = self._told.get("hash", "")
        if result in ANSWERED:
            self._answered = number_of(told, "at")
            self._is_kept = result == "invalid"
        if result == "invalid":
            self._refuse(told.get("refused", ""), told.get("reason", "?"))
        self._told = {**self._told, **told} if result not in ANSWERED else told
        self._say(result, told)
        return result == "new"

    def _refuse(self, digest: str, reason: str) -> None:
        """Remember which configuration could not be used, and since when."""
        if (digest, reason) != (self._refused.get("refused"), self._refused.get("refused_reason")):
            at = f"{time.time():.3f}"
            self._refused = {"refused": digest, "refused_at": at, "refused_reason": reason}

    def _say(self, result: str, told: Mapping[str, str]) -> None:
        """Log what changed; the same trouble is told once."""
        trouble = f"{result}: {told.get('reason', '?')}" if result not in {"same", "new"} else ""
        if not trouble and told.get("renewal"):
            trouble = f"renewal: {told['renewal']}"
        if trouble and trouble != self._said:
            LOGGER.warning(line("bundle-not-taken", result=result, reason=trouble.partition(": ")[2]))
        elif self._said and not trouble:
            LOGGER.info(line("bundle-answered-again", result=result))
        self._said = trouble


def start(command: list[str], task: bytes, folder: str) -> int:
    """Start a process of the agent that does a task, and return its id.

    Raises:
        OSError: it cannot be started.
    """
    if not hasattr(os, "posix_spawn"):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
    descriptor = _hand_over(task, folder)
    try:
        os.set_inheritable(descriptor, True)
        return os.posix_spawn(command[0], [*command, str(descriptor), "agent", "ask"], os.environ)
    finally:
        os.close(descriptor)


def _hand_over(task: bytes, folder: str) -> int:
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("regiowacht-ask")
    else:
        descriptor = os.open(f"{folder}/.ask", os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(descriptor, task)
    return descriptor


def task_of(state: str, path: list[str]) -> bytes:
    """Return what a process is handed that asks once."""
    return marshal.dumps({"task": "ask", "path": path, "state": state})


def read_asked(path: str) -> dict[str, str]:
    """Return what an asking came to; empty where that cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - without pathlib
            rows = file.read(ASKED_MAX_BYTES).splitlines()
    except OSError:
        return {}
    return {key: value for key, _, value in (row.partition("=") for row in rows)}


def number_of(told: Mapping[str, str], key: str) -> float:
    """Return a number out of ``asked``, 0 where there is none."""
    try:
        return float(told.get(key, "0"))
    except ValueError:
        return 0.0


def _chance() -> float:
    """Return a number from 0 to 1, without the module that has better ones."""
    return int.from_bytes(os.urandom(2), "big") / 65_535
