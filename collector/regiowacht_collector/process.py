"""One run of the engine: started, listened to, stopped; it never outlives the process that started it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

KEEP_LINES = 200
STOP_WITHIN_S = 90

_DIE_WITH_PARENT = """
import os, sys
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, 15)
if os.getppid() == int(sys.argv[1]):
    try:
        os.execv(sys.argv[2], sys.argv[2:])
    except OSError as error:
        sys.stderr.write(error.strerror + "\\n")
        sys.exit(126)
"""
"""PR_SET_PDEATHSIG(2const) with SIGTERM, then the engine in the same process. Not a preexec_fn: that runs our code in
a forked copy of a process with threads."""


CANNOT_RUN = 126
"""How it ends where the program itself cannot be run, as a shell has it; its words say why."""


def dying_with_parent(command: Sequence[str]) -> list[str]:
    """Return the command as one that ends when the thread that starts it does, however that ends; Linux only."""
    return [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *command]


class EngineProcess:
    """A running engine.

    The signal at a parent's death follows the *thread* that started it (prctl(2)): start it from one that stays.

    Raises:
        OSError: the program cannot be started.
    """

    def __init__(self, command: Sequence[str]) -> None:
        # A session of its own: Ctrl-C in a terminal reaches us alone, and we stop it in good order.
        self._process = subprocess.Popen(
            dying_with_parent(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._lines: deque[str] = deque(maxlen=KEEP_LINES)
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Process id of the engine."""
        return self._process.pid

    def poll(self) -> int | None:
        """Return how it ended (negative: the signal), or None while it runs."""
        return self._process.poll()

    def last_lines(self) -> list[str]:
        """Return the last lines it logged; all of them once it has ended."""
        if self.poll() is not None:
            self._reader.join(timeout=2)
        return list(self._lines)

    def stop(self) -> None:
        """Ask it to end, insist after 90 s, and free what it held."""
        if self.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._reader.join(timeout=2)
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _listen(self) -> None:
        if self._process.stderr is not None:
            for line in self._process.stderr:
                self._lines.append(line.decode(errors="replace").rstrip("\n"))
