"""Reads the configuration that a command was given: a file, or standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from regiowacht_contract.errors import Found, UsageError


def read_configuration(file: str, *, errors: str) -> str:
    """Return the text of a file, or of standard input where it is ``-``.

    Args:
        file: its path.
        errors: what becomes of bytes that are no UTF-8 (a banner in Latin-1): ``replace``, or ``surrogateescape`` where
            they have to come out again as they were.

    Raises:
        UsageError: there is no such file, or it is a folder.
        Found: it cannot be read.
    """
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except FileNotFoundError:
        raise UsageError("audit.no-file", file=file) from None
    except IsADirectoryError:
        raise UsageError("audit.is-folder", file=file) from None
    except OSError as error:
        raise Found("audit.unreadable", file=file, said=error.strerror) from None
    return data.decode("utf-8", errors=errors)
