"""Nothing of a test run outlives it, also when it is killed.

The controller marks the run in its environment, which every process it starts inherits, and starts a guard beside it.
Workers of pytest-xdist die with the controller at once (prctl(2)); the guard ends the rest and removes what the run
left on disk.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.guard_process import MARK, SCRATCH, started

if TYPE_CHECKING:
    from collections.abc import Iterator

PROCESS = Path(__file__).with_name("guard_process.py")
PR_SET_PDEATHSIG = 1
GUARD = pytest.StashKey["subprocess.Popen[bytes]"]()


def pytest_configure(config: pytest.Config) -> None:
    """Mark the run and start its guard, or, in a worker, tie this process to the controller."""
    if not sys.platform.startswith("linux"):
        return
    if hasattr(config, "workerinput"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    run = f"{os.getpid()}-{started(os.getpid())}"
    environ = {name: value for name, value in os.environ.items() if name != MARK}
    os.environ[MARK] = run
    config.stash[GUARD] = subprocess.Popen(
        [sys.executable, "-I", "-S", str(PROCESS), run],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environ,
        start_new_session=True,
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Tell the guard which folder pytest made for this run."""
    guard = session.config.stash.get(GUARD, None)
    folder = _basetemp(session.config)
    if guard is not None and guard.stdin is not None and folder is not None:
        guard.stdin.write(f"folder {folder}\n".encode())
        guard.stdin.flush()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Tell the guard that the run ended by itself: what pytest keeps of it stays."""
    guard = config.stash.get(GUARD, None)
    if guard is not None and guard.stdin is not None:
        with guard.stdin as words:
            words.write(b"done\n")
        guard.wait()


@contextmanager
def scratch(purpose: str) -> Iterator[Path]:
    """Make a temporary folder outside pytest's own, with a short path, that the guard removes too."""
    folder = Path(tempfile.mkdtemp(prefix=scratch_prefix(purpose)))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def scratch_prefix(purpose: str) -> str:
    """Return how the name of a temporary folder begins by which the guard knows it."""
    return f"{SCRATCH}{os.environ.get(MARK, 'alone')}-{purpose}-"


def _basetemp(config: pytest.Config) -> Path | None:
    """Return the folder that pytest makes for this run, where it numbered it itself."""
    factory: pytest.TempPathFactory | None = getattr(config, "_tmp_path_factory", None)
    if factory is None or config.getoption("basetemp"):
        return None
    return factory.getbasetemp()
