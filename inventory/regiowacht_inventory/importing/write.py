"""Writes files so that a reader, or a power cut, meets the old file or the new one and nothing between."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from regiowacht_inventory.importing.report import Change

_BOM = b"\xef\xbb\xbf"


def write_changes(changes: list[Change]) -> list[str]:
    """Write every change and return the files; all are ready on disk before the first takes its place.

    Raises:
        Unavailable: a file cannot be written, or changed since it was read. Files that took their place stay; no file
            is ever half written.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for change in changes:
            ready.append(_prepare(change))  # noqa: PERF401 - those that are ready are removed when one fails
        for temporary, target in ready:
            temporary.replace(target)
    except OSError as error:
        raise Unavailable("inventory.not-writable", file=error.filename or "?", reason=error.strerror) from None
    finally:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)
    return [change.file for change in changes]


def _prepare(change: Change) -> tuple[Path, Path]:
    target = Path(change.file).resolve()
    target.parent.mkdir(exist_ok=True)
    _refuse_changed(change, target)
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - the descriptor is open already
            file.write(change.after)
            file.flush()
            os.fsync(descriptor)
            os.fchmod(descriptor, _mode(change, target))
    except OSError:
        Path(name).unlink()
        raise
    return Path(name), target


def _refuse_changed(change: Change, target: Path) -> None:
    now = b"" if change.is_new and not target.exists() else target.read_bytes()
    if now.removeprefix(_BOM) != change.before or (change.is_new and target.exists()):
        raise Unavailable("inventory.changed-meanwhile", file=change.file)


def _mode(change: Change, target: Path) -> int:
    if not change.is_new:
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
