"""Runs a small pytest of its own in a process, with plugins of this house."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.flow.demo_process import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
DEADLINE_S = 90.0


@dataclass(frozen=True, slots=True)
class Nested:
    """A running pytest.

    Attributes:
        process: its controller.
        log: what it says; a file, so that what outlives it holds nobody up.
    """

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        """Return what it said so far."""
        return self.log.read_text(errors="replace")

    def wait_said(self, words: str) -> None:
        """Wait until it said ``words``."""
        wait_for(lambda: words in self.said() or self.process.poll() is not None, words, DEADLINE_S)
        assert words in self.said(), self.said()

    def wait(self) -> int:
        """Wait until it ends and return its exit code."""
        return self.process.wait(DEADLINE_S)


@contextmanager
def nested_pytest(folder: Path, source: str, *words: str, env: Mapping[str, str]) -> Iterator[Nested]:
    """Run ``source`` as a test file in ``folder``, and whatever ``words`` name; it is killed at the block's end."""
    (folder / "test_nested.py").write_text(source)
    common = ["-c", os.devnull, f"--rootdir={folder}", "--import-mode=importlib", "-p", "no:cacheprovider", "-ra"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CI"))}
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *common, *words, str(folder / "test_nested.py")],
            cwd=ROOT,
            env={**inherited, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), **env},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Nested(process, log)
    finally:
        process.kill()
        process.wait()
