"""Files that are written only when they change, each in one step."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

Change = Literal["new", "changed", "unchanged", "removed"]


@dataclass(frozen=True, slots=True)
class Written:
    """One file of a build.

    Attributes:
        path: the file.
        uid: of the dashboard in it; empty for a file that is none.
        change: what the build did to the file, or would do.
    """

    path: Path
    uid: str
    change: Change


def write(path: Path, uid: str, content: bytes, *, dry_run: bool) -> Written:
    """Have the file hold ``content``, so that a reader never sees half of it; the folder is made where it is not there.

    Raises:
        OSError: the folder cannot be made, or the file not written.
    """
    before = path.read_bytes() if path.exists() else None
    if before == content:
        return Written(path, uid, "unchanged")
    if not dry_run:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    return Written(path, uid, "new" if before is None else "changed")


def remove(path: Path, uid: str, *, dry_run: bool) -> Written:
    """Take the file away.

    Raises:
        OSError: it cannot be taken away.
    """
    if not dry_run:
        path.unlink()
    return Written(path, uid, "removed")


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file, then rename over it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
