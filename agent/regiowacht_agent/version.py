"""Which version of Regiowacht this is, without importlib.metadata, which costs 4 MB and 50 ms."""

from __future__ import annotations

import functools
import os
import re
import sys

DIST_INFO = re.compile(r"regiowacht-(.+)\.dist-info")


@functools.cache
def version() -> str:
    """Return the version of the installed distribution, from the name of its folder; ``unknown`` without one."""
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")  # noqa: PTH208 - without pathlib, which a running agent does without
        except OSError:
            continue
        for match in map(DIST_INFO.fullmatch, names):
            if match:
                return match[1]
    return "unknown"
