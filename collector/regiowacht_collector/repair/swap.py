"""Puts blocks in the place of what an engine has: what is prepared is put in place whole, also when it is interrupted.

::

    FOLDER/blocks/ULID/     what is to be put in place
    FOLDER/swap.json        everything is ready: from here on it is done, sooner or later
    FOLDER/deleted          what was there before is gone: it must not be deleted again

The engine looks for new blocks once a minute; until then what is repaired is not to be seen.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from regiowacht_collector.repair.deletion import delete
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_collector.client import Client

BLOCKS, READY, DELETED = "blocks", "swap.json", "deleted"


@dataclass(frozen=True, slots=True)
class Swap:
    """What goes.

    Attributes:
        selector: which series.
        from_ms: first time that goes, milliseconds since 1970.
        until_ms: last one.
    """

    selector: str
    from_ms: int
    until_ms: int


def prepare(folder: Path) -> Path:
    """Return an empty folder for blocks.

    Raises:
        Unavailable: it cannot be made.
    """
    try:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / BLOCKS).mkdir(parents=True)
    except OSError as error:
        raise Unavailable("collector.cannot-write", path=error.filename, reason=error.strerror) from None
    return folder / BLOCKS


def commit(folder: Path, swap: Swap, client: Client, storage: Path) -> None:
    """Delete what goes and put the blocks in place.

    Raises:
        Found, Unreachable: the engine refuses, or does not answer; ``resume`` does the rest later.
        Unavailable: the disk cannot be written.
    """
    try:
        beside = folder / f".{READY}.new"
        beside.write_text(json.dumps(asdict(swap)) + "\n", encoding="utf-8")
        beside.replace(folder / READY)
    except OSError as error:
        raise Unavailable("collector.cannot-write", path=error.filename, reason=error.strerror) from None
    resume(folder, client, storage)


def resume(folder: Path, client: Client, storage: Path) -> bool:
    """Do the rest of what was begun, and return whether there was any; what was not ready is thrown away.

    Raises:
        Found, Unreachable, Unavailable: as ``commit``.
    """
    try:
        swap = Swap(**json.loads((folder / READY).read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        shutil.rmtree(folder, ignore_errors=True)
        return False
    try:
        if not (folder / DELETED).exists():
            delete(client, swap.selector, swap.from_ms, swap.until_ms)
            (folder / DELETED).touch()
        for block in sorted((folder / BLOCKS).iterdir()):
            block.rename(storage / block.name)
        (folder / READY).unlink()
    except OSError as error:
        raise Unavailable("collector.cannot-write", path=error.filename, reason=error.strerror) from None
    shutil.rmtree(folder, ignore_errors=True)
    return True
