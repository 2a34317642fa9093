"""git, run by name and deaf to whatever configuration its user has."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from regiowacht_contract.errors import PartMissing, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT_S = 120.0
ALONE = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
    "TZ": "UTC",
}
UNWANTED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")


def git(repository: Path, *words: str, given: bytes = b"", fine: tuple[int, ...] = (0,)) -> bytes:
    """Return what git says of a repository.

    Args:
        repository: the bare repository.
        words: the command and its arguments.
        given: its standard input.
        fine: exit codes that are no error.

    Raises:
        PartMissing: git is not installed.
        Unavailable: git refused; says why, in its words.
    """
    environ = {name: value for name, value in os.environ.items() if name not in UNWANTED} | ALONE
    command = ["git", "-c", "safe.directory=*", "-c", "core.quotePath=false", f"--git-dir={repository}", *words]
    try:
        ended = subprocess.run(command, input=given, capture_output=True, env=environ, timeout=TIMEOUT_S, check=False)
    except FileNotFoundError:
        raise PartMissing("store.no-git") from None
    except subprocess.TimeoutExpired:
        raise Unavailable("store.git-slow", folder=repository, seconds=round(TIMEOUT_S)) from None
    if ended.returncode not in fine:
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        raise Unavailable("store.git-failed", folder=repository, said=said[-1] if said else ended.returncode)
    return ended.stdout
