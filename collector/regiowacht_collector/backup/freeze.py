"""Holds a running engine still for a moment, so that its files can be taken as they are at one point of time.

A process of its own holds it and lets it go, also when whoever asked for it is killed in between.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_S = 60.0
STOPPED_WITHIN_S = 10.0

_HOLDER = """
import os, select, signal, sys
pid = int(sys.argv[1])
for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(one, signal.SIG_IGN)
try:
    os.kill(pid, signal.SIGSTOP)
    sys.stdout.write("held\\n")
    sys.stdout.flush()
    was_told = select.select([sys.stdin], [], [], float(sys.argv[2]))[0]
finally:
    os.kill(pid, signal.SIGCONT)
if was_told:
    sys.stdout.write("until told\\n")
"""
"""It lets go when its standard input closes, also since the other end is no more, and says so; else after a time."""


@contextmanager
def frozen(pid: int, longest_s: float = LONGEST_S) -> Iterator[None]:
    """Hold a process still for as long as the block lasts.

    Raises:
        Unavailable: it cannot be held, or the block took longer than ``longest_s``: it had been let go by then.
    """
    command = [sys.executable, "-I", "-S", "-c", _HOLDER, str(pid), str(longest_s)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as holder:
        if holder.stdout is None or not holder.stdout.readline():
            raise Unavailable("backup.cannot-hold", pid=pid)
        _wait(pid, holder)
        yield
        if holder.stdin is not None:
            holder.stdin.close()
        has_held = bool(holder.stdout.read())
        holder.wait()
    if not has_held:
        raise Unavailable("backup.held-too-long", seconds=round(longest_s))


def _wait(pid: int, holder: subprocess.Popen[bytes]) -> None:
    """Wait until every thread of it stands still (proc_pid_stat(5), state), or nobody holds it any more."""
    deadline = time.monotonic() + STOPPED_WITHIN_S
    while time.monotonic() < deadline and holder.poll() is None:
        states = {stat.read_text().rpartition(")")[2].split()[0] for stat in Path(f"/proc/{pid}/task").glob("*/stat")}
        if states <= {"T", "t", "Z", "X"}:
            return
        time.sleep(0.005)
    if holder.poll() is None:
        raise Unavailable("backup.cannot-hold", pid=pid)
