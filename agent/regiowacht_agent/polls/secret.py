"""Reads a secret where a reference says it is, at the moment that it is used."""

from __future__ import annotations

import os
import re
import stat

from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.system import AS_IT_IS, NOT_BLOCKING, NOT_INHERITED
from regiowacht_contract.credentials import at_hand, is_late

REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/.+")
LARGEST_BYTES = 65_536


def read_secret(reference: str) -> str:
    """Return the secret behind ``env:NAME`` or ``file:/PATH``, without the line end.

    A service finds a file of /etc/regiowacht/secrets among what systemd handed it.

    Raises:
        Failed: there is none; the words name the reference, never what it holds.
    """
    kind, _, place = reference.partition(":")
    if kind == "env":
        if place not in os.environ:
            raise Failed("secret", f"{reference}: there is no such variable in the environment")
        secret = os.environ[place]
    else:
        try:
            secret = _content(at_hand(place), reference).decode()
        except (OSError, ValueError) as error:
            if is_late(place):
                raise Failed("secret", f"{reference} was not there when this service started; restart it") from None
            raise Failed("secret", f"{reference}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    secret = secret.rstrip("\r\n")
    if not secret or not secret.isprintable():
        raise Failed("secret", f"{reference} holds nothing that can be sent")
    return secret


def _content(path: str, reference: str) -> bytes:
    """Return what is in an ordinary file; a pipe could be waited for without end, and a huge file holds no secret."""
    descriptor = os.open(path, os.O_RDONLY | NOT_BLOCKING | NOT_INHERITED | AS_IT_IS)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # of a folder, reading says so
            raise Failed("secret", f"{reference}: no ordinary file")
        content = os.read(descriptor, LARGEST_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > LARGEST_BYTES:
        raise Failed("secret", f"{reference} holds nothing that can be sent")
    return content
