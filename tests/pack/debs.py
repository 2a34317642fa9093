"""Debian packages for tests, built from the lab's wheelhouse."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from pack import deb
from tests.lab.wheelhouse import LAB, wheelhouse

if TYPE_CHECKING:
    from pathlib import Path

    from pack.kinds import Kind

EPOCH = 1_700_000_000


def build(kind: Kind, out: Path, version: str | None = None) -> Path:
    """Build a package for the lab's servers into ``out``."""
    return deb.make(kind, LAB, wheelhouse(), out, version=version, epoch=EPOCH)


def listed(package: Path) -> dict[str, str]:
    """Return the mode of everything in a package, by its path on the server (``dpkg-deb --contents``)."""
    said = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=5) for line in said.splitlines()]
    assert {row[1] for row in rows} == {"root/root"}
    return {row[5].partition(" -> ")[0].removeprefix("."): row[0] for row in rows}


def field(package: Path, name: str) -> str:
    """Return a field of a package's control file."""
    command = ["dpkg-deb", "--field", str(package), name]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
