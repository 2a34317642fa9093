"""The file of a backup: a plain tar, at its end a list of all that is in it with a sum for each."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import time
from typing import IO, TYPE_CHECKING

from regiowacht_contract.errors import Found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK_BYTES = 1 << 20


class _Summed(io.RawIOBase):
    """A file whose sum is made while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sum = hashlib.sha256()

    def readable(self) -> bool:
        """Say yes."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        told = self._file.read(size)
        self.sum.update(told)
        return told


def write_archive(out: IO[bytes], trees: dict[str, Path], said: dict[str, str]) -> int:
    """Write folders into an archive, each under its name, and return how many files there are.

    Args:
        out: where to.
        trees: folder by name.
        said: what the list says besides.

    Raises:
        OSError: something cannot be read or written.
    """
    sums: dict[str, str] = {}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, tree in trees.items():
            for file in _files(tree):
                place = f"{name}/{file.relative_to(tree).as_posix()}"
                sums[place] = _add(archive, place, file)
        listed = {"format": FORMAT, "made": int(time.time()), **said, "sha256": sums}
        content = json.dumps(listed, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(content), 0o600
        archive.addfile(info, io.BytesIO(content))
    return len(sums)


def read_archive(archived: IO[bytes], into: Path) -> dict[str, object]:
    """Unpack an archive into an empty folder, and return what its list says.

    Raises:
        Found: it is none, or it is damaged or cut short; says where.
        OSError: the folder cannot be written.
    """
    try:
        with tarfile.open(fileobj=archived, mode="r:") as archive:
            for member in archive:
                if not member.isfile():
                    raise Found("backup.foreign", name=member.name)
                archive.extract(member, into, filter="data")
    except (tarfile.TarError, EOFError) as error:
        raise Found("backup.damaged", name=str(error) or "tar") from None
    try:
        listed = json.loads((into / MANIFEST).read_bytes())
        sums: dict[str, str] = listed["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        raise Found("backup.cut-short") from None
    if listed.get("format") != FORMAT:
        raise Found("backup.other-format", format=listed.get("format"))
    (into / MANIFEST).unlink()
    _check(into, sums)
    return dict(listed)


def _check(into: Path, sums: dict[str, str]) -> None:
    there = {file.relative_to(into).as_posix() for file in _files(into)}
    for name in sorted(there ^ sums.keys()):
        raise Found("backup.foreign" if name in there else "backup.damaged", name=name)
    for name, wanted in sums.items():
        with (into / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != wanted:
                raise Found("backup.damaged", name=name)


def _add(archive: tarfile.TarFile, place: str, file: Path) -> str:
    with file.open("rb") as content:
        info = archive.gettarinfo(arcname=place, fileobj=content)
        info.type, info.linkname = tarfile.REGTYPE, ""
        info.size = file.stat().st_size
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        summed = _Summed(content)
        archive.addfile(info, summed)
    return summed.sum.hexdigest()


def _files(tree: Path) -> Iterator[Path]:
    return (path for path in sorted(tree.rglob("*")) if path.is_file() and not path.is_symlink())
