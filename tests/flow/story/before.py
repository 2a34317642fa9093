"""The release before: what an upgrade begins from."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

from pack import wheel
from tests.lab.wheelhouse import wheelhouse

ROOT = Path(__file__).resolve().parents[3]
COMMIT = "3e45bc0f"
"""The latest release's commit; until there is one, the last one before servers installed themselves."""


def wheels_before(folder: Path) -> Path:
    """Return a folder with that release's wheel and those of others; this state's where git knows no such commit."""
    kept, tree = folder / "wheels", folder / "tree"
    kept.mkdir()
    for path in wheelhouse().glob("*.whl"):
        if not path.name.startswith("regiowacht-"):
            os.link(path, kept / path.name)
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", COMMIT], capture_output=True, check=False)
    if archive.returncode:
        print(f"upgrading from this same state: {archive.stderr.decode().strip()}")
        wheel.build(kept)
        return kept
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(tree, filter="data")
    wheel.build(kept, tree)
    return kept
