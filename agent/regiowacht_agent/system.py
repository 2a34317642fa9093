"""What not every operating system has, with what stands in for it where it lacks."""

from __future__ import annotations

import os
import signal
import sys

from regiowacht_contract.light import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LINUX, MACOS, WINDOWS = "linux", "darwin", "win32"
"""The operating systems that have a table of families, by ``sys.platform``."""

NOT_INHERITED = getattr(os, "O_CLOEXEC", 0)
NOT_BLOCKING = getattr(os, "O_NONBLOCK", 0)
NO_TERMINAL = getattr(os, "O_NOCTTY", 0)
AS_IT_IS = getattr(os, "O_BINARY", 0)
"""Windows turns line ends around without it."""

SIGHUP = getattr(signal, "SIGHUP", None)
"""What asks for a new configuration; Windows has none, and takes one at the next start."""

FILES_MAX = 512
"""Files that Windows' C library lets a process have open."""


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


resource: Any = _module("resource")
"""The module of limits, None on Windows."""


def platform() -> str:
    """Return the operating system that this runs on, as in ``sys.platform``."""
    return sys.platform


def files_max() -> int:
    """Return how many files this process may have open."""
    return FILES_MAX if resource is None else int(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
