"""Says why an engine ended, from its exit status and its last log lines."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

from regiowacht_contract.errors import ProcessDied

if TYPE_CHECKING:
    from collections.abc import Sequence

CAUSES = (
    ("address already in use", "died-port-taken"),
    ("resource temporarily unavailable", "died-locked"),
    ("lock db directory", "died-locked"),
    ("no space left on device", "died-disk-full"),
    ("permission denied", "died-permission"),
    ("read-only file system", "died-permission"),
    ("error loading config", "died-config"),
    ("error loading rules", "died-config"),
    ("parsing yaml file", "died-config"),
    ("cannot allocate memory", "died-memory"),
    ("out of memory", "died-memory"),
)
"""What Prometheus logs, in lower case, against the text that says what to do."""

_FIELD = re.compile(r'\b(msg|err|error)=("(?:[^"\\]|\\.)*"|\S+)')


def explain(returncode: int, lines: Sequence[str]) -> ProcessDied:
    """Return the error that tells why: a known cause, a signal, or the engine's own last words."""
    said = last_words(lines)
    ended = _ended(returncode)
    text = "\n".join(lines).lower()
    if returncode == -signal.SIGKILL:
        return ProcessDied("collector.died-killed", ended=ended)
    for words, key in CAUSES:
        if words in text:
            return ProcessDied(f"collector.{key}", ended=ended, said=said)
    return ProcessDied("collector.died", ended=ended, said=said)


def last_words(lines: Sequence[str]) -> str:
    """Return message and reason of the last error the engine logged, else its last line, else ``-``.

    2.x writes ``level=error``, 3.x ``level=ERROR``; a panic is no log line at all.
    """
    for line in reversed(lines):
        if "level=error" in line.lower():
            fields = [value.strip('"').replace('\\"', '"') for _, value in _FIELD.findall(line)]
            return ": ".join(fields) or line
    panic = next((line for line in lines if line.startswith(("panic:", "fatal error:"))), None)
    return panic or next((line for line in reversed(lines) if line.strip()), "-")


def _ended(returncode: int) -> str:
    """Return ``exit 2`` or ``SIGKILL``."""
    if returncode >= 0:
        return f"exit {returncode}"
    try:
        return signal.Signals(-returncode).name
    except ValueError:
        return f"signal {-returncode}"
