"""Finds the processes of the lab's servers, from any process of this machine."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path


def children(pid: int) -> list[int]:
    """Return a process' living children (proc_pid_task_tid_children(5)); zombies are none."""
    try:
        found = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [child for child in found if is_alive(child)]


def is_alive(pid: int) -> bool:
    """Return whether a process runs; a zombie does not, nor does 0."""
    if not pid:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def systemd_of(top: int) -> int:
    """Return the systemd of the server that a process holds (``Machine.top``), 0 while it is off.

    Between the two are the holder inside, the process of one switching-on, and that boot's systemd-nspawn.
    """
    for nspawn in _below(_below(children(top))):
        for pid in children(nspawn):
            with suppress(OSError):
                status = Path(f"/proc/{pid}/status").read_text()
                if re.search(r"^Name:\s+systemd$.*^NSpid:.*\s1$", status, re.DOTALL | re.MULTILINE):
                    return pid
    return 0


def _below(pids: list[int]) -> list[int]:
    return [child for pid in pids for child in children(pid)]
