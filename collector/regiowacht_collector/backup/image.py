"""An image of an engine's storage as it is at one moment: what never changes is linked, what still grows is copied.

The engine's own snapshots leave out what came in out of order and is not in a block yet (seen in 2.42 and 3.5): all
of a backlog of the last two hours. An image has it, in the engine's journals, as after a power cut.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LEFT_OUT = frozenset({"lock", "queries.active", "snapshots"})
GROWING = ("wal", "wbl", "chunks_head")
"""Folders in which only the last file grows."""


def take_image(storage: Path, into: Path) -> None:
    """Make ``into`` an image of ``storage``, which must stand still meanwhile and be on the same disk.

    Raises:
        OSError: it cannot be read or written.
    """
    into.mkdir(parents=True)
    for entry in sorted(storage.iterdir()):
        if entry.name in LEFT_OUT or ".tmp" in entry.name:
            continue
        if entry.is_dir():
            _take_folder(entry, into / entry.name, grows=entry.name in GROWING)
        else:
            shutil.copy2(entry, into / entry.name)


def _take_folder(folder: Path, into: Path, *, grows: bool) -> None:
    into.mkdir()
    entries = sorted(folder.iterdir())
    files = [entry for entry in entries if entry.is_file()]
    for entry in entries:
        if ".tmp" in entry.name:
            continue
        if entry.is_dir():
            _take_folder(entry, into / entry.name, grows=False)
        elif grows and entry == files[-1]:
            shutil.copy2(entry, into / entry.name)
        else:
            _link(entry, into / entry.name)


def _link(file: Path, into: Path) -> None:
    try:
        into.hardlink_to(file)
    except OSError:  # a file system that knows no links
        shutil.copy2(file, into)
