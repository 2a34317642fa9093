"""Writes what the tasks found, one file each, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING

from regiowacht_agent.block import Sampled
from regiowacht_agent.family import Metrics, Sample
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_agent.helper.task import Result

FOLDER_MODE = 0o755
OTHERS_WRITE = 0o022
FILE_MODE = 0o644
"""Everybody may read: the agent is another user, and nothing here is secret."""

LAST_SUCCESS = re.compile(r"^regiowacht_helper_task_last_success_timestamp_seconds\{[^}]*\} ([0-9.]+)$", re.MULTILINE)


def path_of(folder: Path, task: str) -> Path:
    """Return the file of a task."""
    return folder / f"regiowacht_{task}.prom"


def open_folder(folder: Path) -> None:
    """Make the folder where there is none.

    Raises:
        Unavailable: it cannot be made, or is none, or others may write there, who could lead root astray.
    """
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError as error:
        raise Unavailable("agent.helper-no-folder", path=folder, reason=error.strerror) from None
    if status.st_uid not in {0, os.geteuid()} or status.st_mode & OTHERS_WRITE:
        raise Unavailable("agent.helper-open-folder", path=folder)


def write(folder: Path, result: Result, now: float) -> Path | None:
    """Put a task's file in place, or take it away where there is nothing of the kind; return what was written.

    A task that failed leaves nothing but how it fared: what nobody could verify is not told on.

    Raises:
        Unavailable: the folder cannot be written to.
    """
    path = path_of(folder, result.task)
    try:
        if result.state == "absent":
            path.unlink(missing_ok=True)
            return None
        _replace(path, exposition(result, now, _last_success(path)))
    except OSError as error:
        raise Unavailable("agent.helper-no-folder", path=folder, reason=error.strerror) from None
    return path


def exposition(result: Result, now: float, last_success: float | None = None) -> str:
    """Return what stands in a task's file.

    Args:
        result: how it fared.
        now: seconds since 1970.
        last_success: when it last went well before.
    """
    if result.state == "absent":
        return ""
    when = now if result.state == "ok" else last_success
    return result.text + Sampled().block(_about(result, now, when)).text()


def _about(result: Result, now: float, last_success: float | None) -> Iterator[Sample]:
    of, task = Metrics.of("helper"), result.task
    yield Sample(of["regiowacht_helper_task_success"], (task,), int(result.state == "ok"))
    yield Sample(of["regiowacht_helper_task_duration_seconds"], (task,), round(result.duration_s, 3))
    yield Sample(of["regiowacht_helper_task_last_run_timestamp_seconds"], (task,), round(now, 3))
    if last_success is not None:
        yield Sample(of["regiowacht_helper_task_last_success_timestamp_seconds"], (task,), round(last_success, 3))
    if result.state == "failed":
        yield Sample(of["regiowacht_helper_task_failure_info"], (task, result.reason), 1)


def _last_success(path: Path) -> float | None:
    try:
        found = LAST_SUCCESS.search(path.read_text(encoding="utf-8"))
        return float(found[1]) if found else None
    except (OSError, ValueError):
        return None


def _replace(path: Path, text: str) -> None:
    """Write beside the file and rename: who reads meanwhile gets the old one or the new one."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)  # of one that was killed; a link is never followed
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(beside, flags, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), FILE_MODE)
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
