"""Runs one task in a process of its own, so that whatever it does, the others go on and this one ends in time."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import time
import warnings
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from regiowacht_agent.block import Sampled
from regiowacht_agent.helper.task import Absent, Result, TaskFailed

if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.helper.outside import Outside

PART_BYTES = 65_536
TEXT_MAX_BYTES = 4 << 20
GRACE_S = 5.0
"""What a task may take beyond the time of one program, to put together what it found."""


def run_apart(name: str, config: Config, outside: Outside) -> Result:
    """Return how a task fared; it is killed, with all that it started, when its time is over."""
    begin = time.monotonic()
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # The child asks a program and writes to a pipe; it takes no lock that a thread of the parent may hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _be_the_child(name, config, outside, writing)
    os.close(writing)
    deadline = begin + config.helper.timeout_s + GRACE_S
    content = _read(reading, deadline)
    os.close(reading)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    _reap(child)
    return replace(_result(name, content, config), duration_s=time.monotonic() - begin)


def find_out(name: str, config: Config, outside: Outside) -> Result:
    """Return how a task fared, run in this process; whatever happens is a result."""
    try:
        task = importlib.import_module(f"regiowacht_agent.helper.tasks.{name}").make(config)
        block = Sampled().block(task.read(outside))
    except Absent as absent:
        return Result(name, "absent", detail=str(absent))
    except TaskFailed as failure:
        return Result(name, "failed", failure.reason, failure.detail)
    except PermissionError as error:
        return Result(name, "failed", "permission-denied", str(error))
    except Exception as error:  # noqa: BLE001 - the supervisor of tasks: one that breaks takes no other along
        return Result(name, "failed", "internal", f"{type(error).__name__}: {error}")
    return Result(name, "ok", text=block.text(), series=len(block.values))


def _be_the_child(name: str, config: Config, outside: Outside, writing: int) -> None:
    """Never returns."""
    code = 1
    try:
        os.setsid()
        with os.fdopen(writing, "w", encoding="utf-8", errors="replace") as pipe:
            json.dump(asdict(find_out(name, config, outside)), pipe)
        code = 0
    finally:
        os._exit(code)  # what stands at the parent's exit is the parent's


def _read(reading: int, deadline: float) -> bytes | None:
    """Return what the child wrote until it closed the pipe, None when the time was over."""
    parts: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([reading], [], [], left)[0]:
            continue
        part = os.read(reading, PART_BYTES)
        if not part:
            return b"".join(parts)
        parts.append(part)
        if sum(map(len, parts)) > TEXT_MAX_BYTES:
            return b"too-much"
    return None


def _reap(child: int) -> None:
    """Wait for a killed child, not for ever: one that the kernel holds is left to init."""
    end = time.monotonic() + GRACE_S
    while time.monotonic() < end:
        if os.waitpid(child, os.WNOHANG)[0]:
            return
        time.sleep(0.002)


def _result(name: str, content: bytes | None, config: Config) -> Result:
    if content is None:
        return Result(name, "failed", "timeout", f"took more than {config.helper.timeout_s:g} s")
    try:
        return Result(**json.loads(content))
    except (ValueError, TypeError):
        return Result(name, "failed", "internal", "its process ended without a word")
