"""Waits until a test run is over, then ends every process that carries its mark, and removes what a killed run left.

Python's standard library alone: ``python -I -S guard_process.py RUN``, with a pipe as standard input that the
controller holds. On it comes "folder PATH" for what a killed run leaves, and "done" when the run ends by itself; the
pipe's end means that the controller is gone.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

MARK = "REGIOWACHT_TEST_RUN"
"""Environment variable by which processes of a run are known: the controller's pid and start time."""
SCRATCH = "regiowacht-test-"
DEMO = "regiowacht-demo-"
PROC = Path("/proc")
GONE_WITHIN_S = 20.0


def started(pid: int) -> str:
    """Return when a process began, in ticks since boot (proc_pid_stat(5), field 22), "" where there is none."""
    try:
        return (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def carriers(run: str) -> list[int]:
    """Return the processes that carry the mark of a run, in whatever session or namespace they are."""
    mark = f"{MARK}={run}".encode()
    found = []
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return [pid for pid in found if pid != os.getpid()]


def wait_for_end(run: str) -> list[str]:
    """Wait until the controller is gone; return the lines it said.

    A process that it forked may hold the pipe too, so the controller itself is watched as well (pidfd_open(2)).
    """
    pid, _, when = run.partition("-")
    said = b""
    watched = [0]
    with contextlib.suppress(OSError, AttributeError):
        watched.append(os.pidfd_open(int(pid)))
    while started(int(pid)) == when:
        ready, _, _ = select.select(watched, [], [], 60)
        word = os.read(0, 4096) if ready == [0] else b""
        said += word
        if ready and not word:
            break
    os.set_blocking(0, False)
    with contextlib.suppress(OSError):
        said += os.read(0, 4096)
    return said.decode(errors="replace").splitlines()


def end_all(run: str) -> None:
    """Kill what carries the mark until nothing does; a process may fork while it is looked for."""
    until = time.monotonic() + GONE_WITHIN_S
    while (found := carriers(run)) and time.monotonic() < until:
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def clean(run: str, folders: list[Path]) -> None:
    """Remove the folders of a killed run: pytest's, browsers', and of demos and labs whose owner is gone."""
    temp = Path(tempfile.gettempdir())
    gone = [*temp.glob(f"{SCRATCH}{run}-*"), *folders]
    gone += [folder for folder in temp.glob(f"{DEMO}[0-9]*-*") if _is_orphan(folder)]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    for link in (link for folder in folders for link in folder.parent.glob("*current")):
        if link.is_symlink() and not link.exists():
            link.unlink(missing_ok=True)
    _reap_labs()


def _is_orphan(demo: Path) -> bool:
    pid = demo.name.removeprefix(DEMO).partition("-")[0]
    try:
        is_gone = (PROC / pid / "stat").read_text(errors="replace").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        is_gone = True
    return is_gone and demo.stat().st_uid == os.getuid()


def _reap_labs() -> None:
    """Remove what is left of labs, and of servers, whose owner is gone; the lab knows how."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.lab import reaper  # noqa: PLC0415  # only a killed run needs it

    for run_dir in reaper.abandoned():
        reaper.reap(run_dir)
    reaper.reap_loose_groups()


def main(run: str) -> None:
    """Guard one run."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    said = wait_for_end(run)
    end_all(run)
    if "done" not in said:
        clean(run, [Path(line.removeprefix("folder ")) for line in said if line.startswith("folder ")])


if __name__ == "__main__":
    main(sys.argv[1])
