"""Secrets by reference: read where they are used, at the moment that they are used."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.credentials import at_hand, is_late
from regiowacht_contract.errors import Unavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+")
LARGEST_BYTES = 65_536


def resolve(reference: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the secret behind ``env:NAME`` or ``file:PATH``, without the line end.

    A service finds a file of /etc/regiowacht/secrets among what systemd handed it.

    Raises:
        UsageError: it is no reference; what it is instead is not repeated, since it may be the secret itself.
        Unavailable: there is nothing behind it; names the reference, never what it holds.
    """
    if not REFERENCE.fullmatch(reference):
        raise UsageError("scrub.no-reference")
    kind, _, place = reference.partition(":")
    secret = (environ.get(place, "") if kind == "env" else _content(place, reference)).rstrip("\r\n")
    if not secret:
        raise Unavailable("scrub.empty-secret", reference=reference)
    return secret


def _content(place: str, reference: str) -> str:
    path = Path(at_hand(place))
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unavailable("scrub.no-secret-file", reference=reference, said="no ordinary file")
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES).decode()
    except UnicodeDecodeError:
        raise Unavailable("scrub.no-secret-file", reference=reference, said="not UTF-8") from None
    except OSError as error:
        if is_late(place):
            raise Unavailable("scrub.late-secret", reference=reference) from None
        raise Unavailable("scrub.no-secret-file", reference=reference, said=error.strerror) from None
