"""The word that set-up runs leave: whether one is under way, and what failed in the last one."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from tests.setup.table import state_folder

if TYPE_CHECKING:
    from pathlib import Path

LOCK = "lock"
FAILED = ".failed"


def is_under_way(folder: Path | None = None) -> bool:
    """Return whether a set-up runs: it holds the lock (flock(2)) until it ends, however it ends."""
    try:
        lock = os.open((folder or state_folder()) / LOCK, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def note_failure(part: str, line: str, folder: Path | None = None) -> None:
    """Leave one line on why a part could not be had."""
    ((folder or state_folder()) / f"{part}{FAILED}").write_text(line.strip() + "\n")


def failures(folder: Path | None = None) -> dict[str, str]:
    """Return part and reason of everything the last set-up could not get."""
    found = sorted((folder or state_folder()).glob(f"*{FAILED}"))
    return {path.name.removesuffix(FAILED): path.read_text(errors="replace").strip() for path in found}
