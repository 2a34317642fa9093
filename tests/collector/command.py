"""Runs ``regiowacht`` in the test's own process, for tests of what it says: a process takes half a second to start."""

from __future__ import annotations

import contextlib
import io
import subprocess

from regiowacht.main import main


def regiowacht(*words: str) -> subprocess.CompletedProcess[str]:
    """Return what a command in English answers, as a process of its own would."""
    command = [*words, "--lang", "en"]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(command)
    return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())
