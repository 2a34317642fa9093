"""ansible-core and ansible-lint, for tests alone: pinned with hashes, in an environment of their own.

They bring thirty packages, so they stay out of ``.venv``; ``make lock`` writes ``tools.lock`` from ``tools.in``.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs

LOCK = Path(__file__).with_name("tools.lock")
WHOLE = "whole"
"""File that tells an environment from one that was interrupted."""

TIMEOUT_S = 600


class NotInstalled(Exception):
    """They are not here; the text says why."""


def folder() -> Path:
    """Return where the programs of today's lock and this Python lie, or would lie."""
    told = f"{sys.version_info[:2]} {sys.base_prefix}".encode() + LOCK.read_bytes()
    name = f"ansible-{hashlib.sha256(told).hexdigest()[:16]}"
    return platformdirs.user_cache_path("regiowacht", appauthor=False) / name


def find(program: str = "ansible-playbook") -> Path:
    """Return the path of a program.

    Raises:
        NotInstalled: the environment is not there whole.
    """
    found = folder()
    if not (found / WHOLE).exists():
        raise NotInstalled(f"{found} is not there; python -m tests.ansible.tools makes it")
    return found / "bin" / program


def ensure() -> Path:
    """Return the environment, made where it was not there whole.

    Raises:
        NotInstalled: pip failed, with its last words.
    """
    target = folder()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / WHOLE).exists():
            shutil.rmtree(target, ignore_errors=True)
            _run([sys.executable, "-m", "venv", str(target)])
            pip = [str(target / "bin/python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
            _run([*pip, "--require-hashes", "-r", str(LOCK)])
            (target / WHOLE).touch()
    return target


def _run(words: list[str]) -> None:
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"{words[2]} took more than {TIMEOUT_S} s") from None
    if done.returncode:
        raise NotInstalled((done.stderr.strip().splitlines() or [f"{words[2]} failed"])[-1])


if __name__ == "__main__":
    print(ensure())
