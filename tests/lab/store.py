"""The lab's folder in the user's cache: its lock, its free space and the commands that fill it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import platformdirs

from tests.lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    Tell = Callable[[str], None]

STALE_AFTER_S = 30 * 86400
"""What is older is made again, for the sake of security updates."""


def lab_cache() -> Path:
    """Return the user's cache folder for the lab, outside any checkout."""
    return platformdirs.user_cache_path("regiowacht") / "lab"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Make the folder and hold its lock (flock(2)); the kernel frees it when its holder dies.

    Raises:
        LabError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise LabError(f"{error.filename or folder}: {error.strerror}; the lab's cache has to be writable") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_fresh(made_s: float, now_s: float) -> bool:
    """Return whether what was made at ``made_s`` need not be made again; a time in the future is no reason to."""
    return now_s - made_s < STALE_AFTER_S


def require_space(folder: Path, needed_bytes: int) -> None:
    """Check that the file system of ``folder`` has room, so that nobody waits for a build that cannot end well.

    Raises:
        LabError: it has not.
    """
    standing = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(standing).free
    if free < needed_bytes:
        raise LabError(
            f"{folder}: {free / 1e9:.1f} GB free, {needed_bytes / 1e9:.1f} GB needed; make room or set XDG_CACHE_HOME"
        )


def run(command: Sequence[str], cwd: Path, within_s: float, env: Mapping[str, str] | None = None) -> str:
    """Run a command to its end, and all it starts with it; return what it said.

    Raises:
        LabError: it failed or took too long; the reason is its own last error line.
    """
    try:
        answer = subprocess.run(
            ["setpriv", "--pdeathsig", "KILL", *command],
            cwd=cwd,
            env={**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=within_s,
            text=True,
            errors="replace",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LabError(f"{command[0]} took longer than {within_s:g} s; is the network slow? then try again") from None
    except FileNotFoundError as error:
        raise LabError(f"{error.filename} is missing; apt install util-linux") from None
    if answer.returncode:
        raise LabError(reason(answer.stdout) or f"{command[0]} ended with exit code {answer.returncode}")
    return answer.stdout


def reason(said: str) -> str:
    """Return the line that says most: the first of apt's or mmdebstrap's errors, else the last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line.partition(":")[2].strip() for line in lines if line.startswith(("E:", "Err:", "error:"))]
    return next(iter(errors or lines[-1:]), "")
