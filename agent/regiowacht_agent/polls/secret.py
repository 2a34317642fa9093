"""Reads a secret where a reference says it is, at the moment that it is used."""

from __future__ import annotations

import os
import re

from regiowacht_agent.polls.outcome import Failed

REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/.+")
LARGEST_BYTES = 65_536


def read_secret(reference: str) -> str:
    """Return the secret behind ``env:NAME`` or ``file:/PATH``, without the line end.

    Raises:
        Failed: there is none; the words name the reference, never what it holds.
    """
    kind, _, place = reference.partition(":")
    if kind == "env":
        secret = os.environ.get(place, "")
    else:
        try:
            with open(place, encoding="utf-8") as file:  # noqa: PTH123 - pathlib would be imported for this alone
                secret = file.read(LARGEST_BYTES)
        except (OSError, ValueError) as error:
            raise Failed("secret", f"{reference}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    secret = secret.rstrip("\r\n")
    if not secret or not secret.isprintable():
        raise Failed("secret", f"{reference} holds nothing that can be sent")
    return secret
