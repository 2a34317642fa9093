"""The agent in its second stage: runs as the plan says that the first one made (``plan.py``)."""

from __future__ import annotations

import gc
import marshal
import os
import signal
import socket
import sys
import time

from regiowacht_agent import family, log
from regiowacht_agent.service import Service
from regiowacht_contract.errors import ConfigInvalid, RegiowachtError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from regiowacht_agent.config import Config
    from regiowacht_contract.texts import Lang

MODULES_TO = "REGIOWACHT_TEST_MODULES_TO"
"""Variable that names a file for the names of all modules that were loaded: how a test knows that few are."""

INTERRUPTED = 130
LOAD_TIMEOUT_S = 20.0
END_TIMEOUT_S = 2.0
LOOK_EVERY_S = 0.01


class Refused(ConfigInvalid):
    """A configuration that could not be read, in the words of the process that tried."""

    def __init__(self, reason: str) -> None:
        super().__init__("agent.config-invalid")
        self._reason = reason

    def message(self, lang: Lang) -> str:
        """Return what that process said, which speaks English to a log."""
        del lang
        return self._reason


class Told:
    """Settings as plain attributes; equal when all of them are."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        for name, value in told.items():
            setattr(self, name, _told(value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Told) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))


class ToldConfig(Told):
    """The configuration, as far as measuring needs it."""

    def __init__(self, told: Mapping[str, Any], on: tuple[str, ...]) -> None:
        super().__init__(told)
        self._on = frozenset(on)

    def is_on(self, name: str, default: bool) -> bool:
        """Return whether a family is to be read; the plan has thought of defaults."""
        del default
        return name in self._on


def run(told: dict[str, Any]) -> int:
    """Serve until the process is told to stop; return the exit code."""
    log.set_up()
    plans = _Plans(told)
    listener = socket.socket(fileno=told["listener"])
    listener.set_inheritable(False)
    listening = told["listening"]
    try:
        service = Service(plans.take, parent=told["parent"], listener=listener, joined=told["joined"])
        plans.wait = service.serve_for
        told.clear()
        if not (
            service.config.probe or service.config.relay or service.config.device
        ):  # those look metrics up as they go
            family.KNOWN.clear()
        gc.collect()
        gc.freeze()
        service.run(lambda: log.say(listening.format(url=service.url)))
        _tell_modules(os.environ.get(MODULES_TO))
    except RegiowachtError as error:
        log.say(f"regiowacht: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


class _Plans:
    """The plan that this process began with, and those that others read for it later.

    Attributes:
        wait: lets so many seconds go by while another process reads; scrapes are answered in them.
    """

    def __init__(self, told: Mapping[str, Any], timeout_s: float = LOAD_TIMEOUT_S) -> None:
        self.wait: Callable[[float], None] = time.sleep
        self._timeout_s = timeout_s
        self._first: Mapping[str, Any] | None = told["plan"]
        self._version: str = told["plan"]["version"]
        self._command: list[str] = told["command"]
        self._asked = marshal.dumps(told["reload"])

    def take(self) -> Config:
        """Return the configuration, read again but for the first time.

        Raises:
            Refused: it cannot be read, or another version of this program did.
            OSError: no process can be started.
        """
        plan, self._first = self._first or self._read_again(), None
        family.KNOWN.clear()
        family.KNOWN.update(plan["metrics"])
        if "names" in plan:
            from regiowacht_agent.relay import known  # noqa: PLC0415 - only who relays needs it

            known.NAMES.update(plan["names"])
        if "tables" in plan:
            from regiowacht_agent.snmp.meaning import known as tables  # noqa: PLC0415 - only who asks devices needs it

            tables.PACKED.clear()
            tables.PACKED.update(plan["tables"])
        config: Any = ToldConfig(plan["config"], plan["on"])
        return config  # type: ignore[no-any-return] # has what measuring asks of a Config

    def _read_again(self) -> Mapping[str, Any]:
        descriptor = os.memfd_create("regiowacht-plan", 0)
        with os.fdopen(descriptor, "r+b") as file:
            file.write(self._asked)
            file.flush()
            command = [*self._command, str(descriptor), "agent", "run"]
            code = _ended(os.posix_spawn(command[0], command, os.environ), self._timeout_s, self.wait)
            if code:
                raise Refused(f"what reads the configuration ended with {code}")
            file.seek(0)
            told = marshal.load(file)  # noqa: S302 - written by ourselves, into memory that has no name
        if "plan" not in told:
            raise Refused(told["reason"])
        if told["plan"]["version"] != self._version:
            raise Refused(
                f"version {told['plan']['version']} is installed meanwhile, this is {self._version}: restart it"
            )
        plan: Mapping[str, Any] = told["plan"]
        return plan


def _ended(process: int, timeout_s: float, wait: Callable[[float], None]) -> int:
    """Wait for a process and return its exit code.

    Raises:
        Refused: it took too long, and was ended; where it hangs in the kernel's hands, it is not waited for.
    """
    status = _status(process, timeout_s, wait)
    if status is None:
        os.kill(process, signal.SIGKILL)
        _status(process, END_TIMEOUT_S, wait)
        raise Refused(f"it could not be read in {timeout_s:g} s")
    return os.waitstatus_to_exitcode(status)


def _status(process: int, timeout_s: float, wait: Callable[[float], None]) -> int | None:
    """Return how a process ended, None where it does not."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return status
        wait(LOOK_EVERY_S)
    return None


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return Told(value)
    return tuple(map(_told, value)) if isinstance(value, tuple) else value


def _tell_modules(path: str | None) -> None:
    if path:
        with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - without pathlib
            file.write(" ".join(sys.modules))
