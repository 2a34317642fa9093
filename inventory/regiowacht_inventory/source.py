"""Reads the files of a region folder, whatever they turn out to be."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Problem, UsageError
from regiowacht_inventory.shown import printable, shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILE_BYTES = 4 * 2**20
"""A gemeente with 200 assets takes 25 kB; a file of more than this was not typed by people."""

REGION_FILE = "region.yml"
GEMEENTEN_FOLDER = "gemeenten"


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a region folder.

    Attributes:
        file: path as people may type it.
        slug: the file's name without ``.yml``.
        content: UTF-8 bytes, without byte order mark.
    """

    file: str
    slug: str
    content: bytes


@dataclass(slots=True)
class Folder:
    """What a region folder holds, and what could not be read.

    Attributes:
        folder: path of the region folder.
        region: ``region.yml``, or None when it is missing or unreadable.
        gemeenten: the files of ``gemeenten/`` that could be read, sorted by name.
        unread: slugs of the gemeenten whose file is there but could not be read.
        problems: what was wrong with the files as files.
    """

    folder: Path
    region: Source | None
    gemeenten: list[Source]
    unread: set[str]
    problems: list[Problem]


def read_folder(folder: Path) -> Folder:
    """Return the files of a region folder.

    Raises:
        UsageError: there is no such folder.
    """
    _require_folder(folder)
    found = Folder(folder, None, [], set(), [])
    found.region = _read(folder / REGION_FILE, found.problems)
    for path in _gemeente_files(folder, found.problems):
        source = _read(path, found.problems)
        if source:
            found.gemeenten.append(source)
        else:
            found.unread.add(path.name.removesuffix(".yml"))
    _tell_wrong_names(folder, found.problems)
    return found


def _require_folder(folder: Path) -> None:
    try:
        if not folder.is_dir():
            raise UsageError("inventory.not-a-folder" if folder.exists() else "inventory.no-folder", folder=folder)
    except OSError as error:  # a name that is too long, a folder above it that may not be entered
        shown = shown_text(str(folder), 120)
        raise UsageError("inventory.folder-unreadable", folder=shown, reason=error.strerror) from None


def read_region_file(folder: Path) -> Source | None:
    """Return ``region.yml`` alone, or None where it cannot be read."""
    return _read(folder / REGION_FILE, [])


def _gemeente_files(folder: Path, problems: list[Problem]) -> list[Path]:
    below = folder / GEMEENTEN_FOLDER
    names = _names(below, problems)
    problems += [
        Problem(printable(str(below / name)), 0, "inventory.extension", {"wanted": printable(Path(name).stem) + ".yml"})
        for name in names
        if name.endswith((".yaml", ".YAML", ".YML")) and not name.startswith(".")
    ]
    return [below / name for name in names if name.endswith(".yml") and not name.startswith(".")]


def _names(folder: Path, problems: list[Problem]) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - names, in one call
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(_unreadable(folder, error))
        return []


def _tell_wrong_names(folder: Path, problems: list[Problem]) -> None:
    problems += [
        Problem(str(folder / name), 0, "inventory.extension", {"wanted": REGION_FILE})
        for name in _names(folder, [])
        if name.lower() in {"region.yaml", "region.yml"} and name != REGION_FILE
    ]


def _read(path: Path, problems: list[Problem]) -> Source | None:
    try:
        content = read_regular(path, MAX_FILE_BYTES)
        content.decode("utf-8")
    except NotReadableError as refused:
        problems.append(Problem(printable(str(path)), 0, refused.key, {"limit_mb": MAX_FILE_BYTES // 2**20}))
    except FileNotFoundError as error:
        key = "inventory.no-region-file" if path.name == REGION_FILE and not path.is_symlink() else "inventory.dangling"
        problems.append(Problem(printable(str(path)), 0, key, {"reason": error.strerror}))
    except OSError as error:
        problems.append(_unreadable(path, error))
    except UnicodeDecodeError as error:
        problems.append(_not_utf8(path, error))
    else:
        return Source(str(path), path.name.removesuffix(".yml"), content.removeprefix(b"\xef\xbb\xbf"))
    return None


class NotReadableError(Exception):
    """A file that is not read; ``key`` is the text that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_regular(path: Path, limit: int) -> bytes:
    """Return the bytes of an ordinary file.

    Raises:
        NotReadableError: it is a pipe, a device or a folder, or larger than ``limit`` bytes.
        OSError: the system refuses.
    """
    return b"".join(_chunks(path, limit))


def _chunks(path: Path, limit: int) -> Iterator[bytes]:
    # Not blocking: opening a pipe that nobody writes to would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - the descriptor is open already
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotReadableError("inventory.not-a-file")
        if status.st_size > limit:
            raise NotReadableError("inventory.too-big")
        left = limit + 1
        while left > 0 and (chunk := file.read(left)):
            left -= len(chunk)
            yield chunk
        if left <= 0:  # it grew while it was read
            raise NotReadableError("inventory.too-big")


def _unreadable(path: Path, error: OSError) -> Problem:
    keys = {
        errno.EACCES: "inventory.no-permission",
        errno.ELOOP: "inventory.symlink-loop",
        errno.EISDIR: "inventory.not-a-file",
    }
    return Problem(
        printable(str(path)), 0, keys.get(error.errno or 0, "inventory.unreadable"), {"reason": error.strerror}
    )


def _not_utf8(path: Path, error: UnicodeDecodeError) -> Problem:
    line = error.object[: error.start].count(b"\n") + 1
    if error.object.startswith((b"\xff\xfe", b"\xfe\xff")):
        line = 1
    return Problem(printable(str(path)), line, "inventory.not-utf8", {"byte": f"0x{error.object[error.start]:02x}"})
