"""Finds the pinned uPlot on this machine."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from regiowacht_contract.errors import PartMissing

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class VendorFile:
    """One file of the package: where it stands in the tarball, and the sha256 (hexadecimal) of its bytes."""

    member: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Lock:
    """What ``uplot.toml`` pins.

    Attributes:
        name, version: the npm package.
        integrity: ``sha512-`` and the base64 of the tarball's SHA-512, as npm writes it (Subresource Integrity).
        npm_wheel: the requirement that brings npm where there is none.
        files: by the name each gets in our folder.
    """

    name: str
    version: str
    integrity: str
    npm_wheel: str
    files: dict[str, VendorFile]


def lock() -> Lock:
    """Return what ``uplot.toml`` pins."""
    table = tomllib.loads((HERE / "uplot.toml").read_text(encoding="utf-8"))
    files = {name: VendorFile(**entry) for name, entry in table.pop("files").items()}
    return Lock(**table, files=files)


def cache_dir(pinned: Lock) -> Path:
    """Return the folder outside the checkout that holds the fetched files of this version."""
    return platformdirs.user_cache_path("regiowacht", appauthor=False) / f"{pinned.name}-{pinned.version}"


def is_whole(folder: Path, pinned: Lock) -> bool:
    """Say whether ``folder`` holds every pinned file with the right bytes."""
    for name, file in pinned.files.items():
        try:
            content = (folder / name).read_bytes()
        except OSError:
            return False
        if hashlib.sha256(content).hexdigest() != file.sha256:
            return False
    return True


def find() -> Path:
    """Return the folder with uPlot's files: inside the installed package, else the cache.

    Raises:
        PartMissing: neither holds them whole; the text says which command brings them.
    """
    pinned = lock()
    for folder in (HERE / "vendor", cache_dir(pinned)):
        if is_whole(folder, pinned):
            return folder
    raise PartMissing("preview.uplot-missing", version=pinned.version)
