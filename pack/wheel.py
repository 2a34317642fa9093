"""The product's own wheel, built from the checkout."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from pack.errors import PackError
from pack.lock import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOMS = ("contract", "inventory", "agent", "collector", "audit", "dashboards", "cli")
BESIDE = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE")


def build(folder: Path, root: Path = ROOT) -> Path:
    """Build the wheel of the checkout ``root`` into ``folder``, where it replaces an earlier one; return it.

    Raises:
        PackError: it cannot be built; says why.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("regiowacht-*.whl"):
        earlier.unlink()
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackError(f"the wheel cannot be built: {(done.stderr.strip().splitlines() or ['no word why'])[-1]}")
    (wheel,) = folder.glob("regiowacht-*.whl")
    return wheel


def digest(root: Path = ROOT) -> str:
    """Return what names the source that a wheel is built from: it changes when a file does."""
    whole = hashlib.sha256()
    for path in _files(root):
        whole.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


def _files(root: Path) -> Iterator[Path]:
    yield from (root / name for name in BESIDE)
    for room in ROOMS:
        for folder, folders, names in os.walk(root / room):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            yield from (root / folder / name for name in sorted(names))
