"""Makes a backup of a collector, whether it runs or not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path

from regiowacht_collector.backup.archive import write_archive
from regiowacht_collector.backup.freeze import frozen
from regiowacht_collector.backup.image import take_image
from regiowacht_collector.backup.running import engine_of
from regiowacht_collector.data_folder import LOCK, STATUS, STORAGE, DataFolder, read_status
from regiowacht_collector.gateway.acme.settings import FOLDER as ACME
from regiowacht_contract.errors import Unavailable, UsageError

WORK = ".backup-"
LEFT_OUT = frozenset({LOCK, STATUS, STORAGE, "config", "repair", ACME})
"""What is made anew at every start, goes another way, or holds a private key, which is asked for again."""

DATABASES = frozenset({".sqlite", ".db"})


def make_backup(data: Path, region: Path | None, out: Path) -> int:
    """Put all that is in a data folder and a region folder into one file, and return how many files those are.

    A running engine is held still while its files are linked, mostly for less than a second; nothing is lost meanwhile.

    Args:
        data: the collector's data folder.
        region: the region folder, or None to leave it out, such as where it is kept in git.
        out: the file, which must not be there yet.

    Raises:
        UsageError: there is no such data folder, or the file is there.
        Unavailable: the engine cannot be held, or the disk is full or not to be written.
    """
    if not (data / STORAGE).is_dir():
        raise UsageError("backup.no-data", path=data)
    if out.exists():
        raise UsageError("backup.is-there", path=out)
    beside = out.with_name(f".{out.name}.part")
    try:
        _sweep(data)
        with tempfile.TemporaryDirectory(prefix=WORK, dir=data) as work:
            _gather(data.absolute(), Path(work) / "data")
            trees = {"data": Path(work) / "data", **({} if region is None else {"region": region})}
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                count = write_archive(file, trees, {"regiowacht": version("regiowacht")})
                file.flush()
                os.fsync(file.fileno())
            beside.rename(out)
            return count
    except OSError as error:
        raise Unavailable("collector.cannot-write", path=error.filename or out, reason=error.strerror) from None
    finally:
        with suppress(OSError):
            beside.unlink()


def _sweep(data: Path) -> None:
    """Take away what a backup that was killed left behind."""
    for folder in data.glob(f"{WORK}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _gather(data: Path, into: Path) -> None:
    """Put everything that belongs in a backup under ``into``; the storage first, since it is the one that runs on."""
    status = read_status(data)
    if status is None:
        folder = DataFolder(data)
        try:
            take_image(data / STORAGE, into / STORAGE)
            _gather_rest(data, into)
        finally:
            folder.close()
        return
    pid = engine_of(status.pid, data / STORAGE)
    if pid is None:
        raise Unavailable("backup.no-engine")
    with frozen(pid):
        take_image(data / STORAGE, into / STORAGE)
    _gather_rest(data, into)


def _gather_rest(data: Path, into: Path) -> None:
    for entry in sorted(data.iterdir()):
        if entry.name in LEFT_OUT or entry.name.startswith("."):
            continue
        for file in [entry] if entry.is_file() else sorted(entry.rglob("*")):
            if file.is_file() and not file.is_symlink():
                _copy(file, into / file.relative_to(data))


def _copy(file: Path, into: Path) -> None:
    """Copy a file as it is; a database that others write to as it is between two of their writes (sqlite3_backup)."""
    into.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix in DATABASES:
        with (
            closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(into)) as here,
        ):
            there.backup(here)
        shutil.copymode(file, into)
    elif not file.name.endswith(("-wal", "-shm", "-journal")):
        shutil.copy2(file, into)
