"""The outside world of the helper's tasks, as one argument: programs, files and the clock."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from regiowacht_agent.helper.task import Absent, TaskFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

SYSTEM_FOLDERS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")
DETAIL_MAX = 300


class Output(NamedTuple):
    """What a program said, and its exit code."""

    text: str
    code: int


def _path() -> str:
    return os.pathsep.join((*filter(None, os.environ.get("PATH", "").split(os.pathsep)), *SYSTEM_FOLDERS))


@dataclass(frozen=True, slots=True)
class Outside:
    """The machine as the tasks see it.

    Attributes:
        root: where its files are.
        path: folders of programs, as in ``PATH``; an ordinary user's lacks those for root.
        timeout_s: how long one program may take.
        clock: seconds since 1970.
    """

    root: Path = Path("/")
    path: str = field(default_factory=_path)
    timeout_s: float = 60.0
    clock: Callable[[], float] = time.time

    def has(self, program: str) -> bool:
        """Return whether there is such a program."""
        return shutil.which(program, path=self.path) is not None

    def run(self, *words: str, fine: Collection[int] = (0,), timeout_s: float | None = None) -> Output:
        """Run a program, which speaks English and is told nothing, and return what it said.

        Args:
            words: its name and arguments.
            fine: exit codes that it ends well with.
            timeout_s: how long it may take, by default as long as any.

        Raises:
            Absent: there is no such program.
            TaskFailed: it ended otherwise, or not in time.
        """
        program = shutil.which(words[0], path=self.path)
        if program is None:
            raise Absent(f"no program {words[0]}")
        limit_s = min(timeout_s or self.timeout_s, self.timeout_s)
        environ = {**os.environ, "PATH": self.path, "LC_ALL": "C", "LANGUAGE": "C"}
        told: Any
        try:
            told = subprocess.run(
                [program, *words[1:]],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=limit_s,
                env=environ,
                cwd="/",
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TaskFailed("timeout", f"{words[0]} took more than {limit_s:g} s") from None
        except OSError as error:
            raise TaskFailed("cannot-run", f"{words[0]}: {error.strerror}") from None
        text = told.stdout.decode("utf-8", "replace")
        if told.returncode not in fine:
            said = told.stderr.decode("utf-8", "replace").strip() or text.strip()
            raise TaskFailed(f"exit-{told.returncode}", f"{words[0]}: {said[:DETAIL_MAX] or told.returncode}")
        return Output(text, told.returncode)
