"""Removes what is left of a lab whose owner died; also run as a process that waits for that.

Only the standard library, so that it starts at once: ``python -I -S reaper.py RUN_DIR`` reads its standard input until
the owner is gone, whatever the owner died of.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path

ROOT = Path("/run")
PREFIX = "regio-lab-"
CGROUPS = Path("/sys/fs/cgroup")
PIDS = "pids"
OWNER = "owner"
GONE_WITHIN_S = 30.0
OWNED_WITHIN_S = 60.0
NO_LABS_GROUP = re.compile(r"(regio-(?:lab-test|probe)-(\d+))-.*")
"""Control groups that no lab's folder tells of: of servers that a test booted by itself, with that test's process."""


def started(pid: int) -> str:
    """Return when a process began, in ticks since boot (proc_pid_stat(5), field 22), or "" where none runs."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        return ""


def note(run_dir: Path, pid: int, file: str = PIDS) -> None:
    """Write down a process of this lab, in a way that a later process with the same number is not taken for it."""
    with (run_dir / file).open("a") as out:
        out.write(f"{pid} {started(pid)}\n")


def claim(run_dir: Path, pid: int) -> None:
    """Write down the owner of a lab, in one step: one whose owner file names nobody is taken for abandoned."""
    note(run_dir, pid, f"{OWNER}.new")
    (run_dir / f"{OWNER}.new").rename(run_dir / OWNER)


def noted(run_dir: Path, file: str = PIDS) -> list[int]:
    """Return the processes written down that still run."""
    try:
        lines = (run_dir / file).read_text().splitlines()
    except OSError:
        return []
    pairs = [line.split() for line in lines if len(line.split()) == 2]
    return [int(pid) for pid, when in pairs if started(int(pid)) == when]


def reap(run_dir: Path) -> None:
    """End the lab's processes, and remove its control groups and its folder."""
    for pid in noted(run_dir):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + GONE_WITHIN_S
    while (noted(run_dir) or not _remove_cgroups(run_dir.name)) and time.monotonic() < deadline:
        time.sleep(0.01)
    shutil.rmtree(run_dir, ignore_errors=True)


def reap_loose_groups() -> None:
    """Remove the control groups of tests whose process is gone, once what ran in them is."""
    deadline = time.monotonic() + GONE_WITHIN_S
    found = [NO_LABS_GROUP.fullmatch(group.name) for depth in ("", "*/") for group in CGROUPS.glob(f"{depth}regio-*")]
    names = {match[1] for match in found if match and not started(int(match[2]))}
    while (names := {name for name in names if not _remove_cgroups(name)}) and time.monotonic() < deadline:
        time.sleep(0.01)


def abandoned() -> list[Path]:
    """Return the folders of labs whose owner is gone, or was before it could write itself down."""
    return [folder for folder in sorted(ROOT.glob(f"{PREFIX}*")) if not noted(folder, OWNER) and _is_born(folder)]


def _is_born(run_dir: Path) -> bool:
    """Return whether a lab's folder has an owner written down, or should have one by now."""
    try:
        return (run_dir / OWNER).exists() or time.time() - run_dir.stat().st_mtime > OWNED_WITHIN_S
    except OSError:
        return False


def remove_cgroup(group: Path) -> None:
    """Remove a control group with all in it, the innermost first: one is removed by rmdir alone (cgroups(7)).

    Raises:
        OSError: a process still lives in it.
    """
    for folder, _folders, _files in os.walk(group, topdown=False):
        Path(folder).rmdir()


def _remove_cgroups(name: str) -> bool:
    """Remove the lab's control groups, the innermost first; False while a process still holds one."""
    groups = [group for depth in ("", "*/") for group in CGROUPS.glob(f"{depth}{name}-*") if group.is_dir()]
    for group in groups:
        with contextlib.suppress(OSError):
            remove_cgroup(group)
    return not any(group.exists() for group in groups)


def main(run_dir: Path) -> None:
    """Wait until the owner is gone, then reap."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(0, 1024):
        pass
    if run_dir.exists():
        reap(run_dir)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
