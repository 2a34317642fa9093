"""Grafana's own types and formatting, for tests alone: npm packages at pinned versions, in the user's cache.

``package-lock.json`` pins each with its hash; nothing of them is in the product.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import platformdirs

HERE = Path(__file__).parent
PINNED = ("package.json", "package-lock.json")
NPM = (
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--legacy-peer-deps",
    "--fetch-retries=3",
    "--fetch-timeout=60000",
)
"""``--legacy-peer-deps``: without it npm adds what the packages would like beside them in a browser."""

TRIES = 2
TIMEOUT_S = 400


class NotInstalled(Exception):
    """The packages are not here; the text says why."""


def node() -> str:
    """Return the path of Node.js: that of the virtual environment, else one of the system.

    Raises:
        NotInstalled: there is neither.
    """
    return _program("node")


def folder() -> Path:
    """Return where the packages of today's lock lie, or would lie."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in PINNED)).hexdigest()[:16]
    return platformdirs.user_cache_path("regiowacht", appauthor=False) / f"oracle-{digest}"


def find() -> Path:
    """Return the folder that holds ``node_modules``.

    Raises:
        NotInstalled: it is not there whole.
    """
    found = folder()
    if not (found / "node_modules").is_dir():
        raise NotInstalled(f"{found} is not there; python -m tests.dashboards.oracle.install makes it")
    return found


def ensure() -> Path:
    """Return the folder, installed where it was not there; it appears whole or not at all.

    Raises:
        NotInstalled: npm failed, with its last words.
    """
    target = folder()
    if (target / "node_modules").is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".oracle-", dir=target.parent) as scratch:
        fresh = Path(scratch) / "new"
        fresh.mkdir()
        for name in PINNED:
            shutil.copy(HERE / name, fresh)
        _npm(fresh)
        try:
            fresh.replace(target)
        except OSError:  # another set-up was faster
            if not target.is_dir():
                raise
    return target


def _npm(where: Path) -> None:
    npm = _program("npm")
    path = os.pathsep.join((str(Path(npm).parent), os.environ.get("PATH", os.defpath)))
    said = ""
    for _ in range(TRIES):
        try:
            done = subprocess.run(
                [npm, *NPM],
                cwd=where,
                env={**os.environ, "PATH": path},
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            said = f"npm took more than {TIMEOUT_S} s"
            continue
        if done.returncode == 0:
            return
        said = (done.stderr.strip().splitlines() or ["npm failed"])[-1]
    raise NotInstalled(said)


def _program(name: str) -> str:
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise NotInstalled(f"there is no {name}; make test installs it into .venv")
    return found


if __name__ == "__main__":
    print(ensure())
