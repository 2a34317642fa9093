"""A wheelhouse of a later version: the same code under another number, as an upgrade sees it."""

from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING

from pack.wheelhouse import write_sums

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "99.0"


def newer(wheels: Path, folder: Path) -> Path:
    """Write such a wheelhouse to ``folder``, and return that."""
    folder.mkdir()
    for path in wheels.glob("*.whl"):
        if path.name.startswith("regiowacht-"):
            _renumber(path, folder)
        else:
            os.link(path, folder / path.name)
    write_sums(folder)
    return folder


def _renumber(path: Path, folder: Path) -> None:
    old = path.name.split("-")[1]
    before, after = f"regiowacht-{old}.dist-info/", f"regiowacht-{VERSION}.dist-info/"
    with (
        zipfile.ZipFile(path) as told,
        zipfile.ZipFile(folder / path.name.replace(f"-{old}-", f"-{VERSION}-"), "w") as new,
    ):
        for one in told.infolist():
            content = told.read(one)
            if one.filename == f"{before}METADATA":
                content = content.replace(f"\nVersion: {old}\n".encode(), f"\nVersion: {VERSION}\n".encode())
            if one.filename == f"{before}RECORD":
                content = b"".join(_unhashed(line, before, after) for line in content.splitlines(keepends=True))
            new.writestr(one.filename.replace(before, after), content)


def _unhashed(line: bytes, before: str, after: str) -> bytes:
    """Return a line of the list of files under the new name; of what changed the hash is left out."""
    if f"{before}METADATA".encode() in line:
        return f"{after}METADATA,,\n".encode()
    return line.replace(before.encode(), after.encode())
