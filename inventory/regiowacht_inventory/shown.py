"""What of a region folder may be printed: never what may be a secret, never what steers a terminal."""

from __future__ import annotations

import re

HIDDEN = "…"
"""What is printed instead of something that may be a secret."""

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""ECMA-48 control characters, and the Unicode marks that end a line or turn the direction of text."""

_LOGIN = re.compile(r":.*@", re.DOTALL)
_WORD = re.compile(r"[A-Z]?[a-z]+(?:[._-](?:[A-Z]?[a-z]+|\d{1,3}))*")


def may_be_login(text: str) -> bool:
    """Tell whether ``text`` may hold a name and password, as in ``user:password@host``, wherever it stands."""
    return bool(_LOGIN.search(text))


def shown_text(text: str, limit: int = 63) -> str:
    """Return a value as it may be printed: hidden when it may hold a password, else its first ``limit`` characters."""
    if may_be_login(text):
        return HIDDEN
    return printable(text if len(text) <= limit else text[: limit - 1] + "…")


def shown_key(name: str) -> str:
    """Return a key as it may be printed: one that is no ordinary word may be a secret."""
    return name if len(name) <= 40 and _WORD.fullmatch(name) else HIDDEN


def printable(text: str) -> str:
    r"""Return text with what would steer a terminal written as ``\x1b``."""
    return CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
