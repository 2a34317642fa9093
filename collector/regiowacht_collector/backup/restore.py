"""Brings a backup back, whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from regiowacht_collector.backup.archive import read_archive
from regiowacht_contract.errors import Unavailable, UsageError

WORK = ".restore-"


def restore_backup(archive: Path, data: Path, region: Path | None) -> bool:
    """Make a data folder, and a region folder, of a backup; return whether it held a region.

    Args:
        archive: the file.
        data: the data folder to be, which must not be there or be empty.
        region: the region folder to be, likewise; None to leave the region out.

    Raises:
        UsageError: there is no such file, or something stands where the backup would go.
        Found: the file is no backup, or is damaged.
        Unavailable: the disk is full or not to be written.
    """
    for folder in (data, region):
        if folder is not None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError("backup.in-the-way", path=folder)
    try:
        file = archive.open("rb")
    except OSError as error:
        raise UsageError("backup.cannot-open", path=archive, reason=error.strerror) from None
    with file:
        try:
            data.absolute().parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=WORK, dir=data.absolute().parent) as work:
                read_archive(file, Path(work))
                has_region = (Path(work) / "region").is_dir()
                if region is not None and has_region:
                    region.absolute().parent.mkdir(parents=True, exist_ok=True)
                    shutil.copytree(Path(work) / "region", region, dirs_exist_ok=True)
                if data.is_dir():
                    data.rmdir()
                (Path(work) / "data").rename(data)
                data.chmod(0o700)
                return has_region
        except OSError as error:
            raise Unavailable("collector.cannot-write", path=error.filename or data, reason=error.strerror) from None
