"""One-time codes and tokens: how they look, so that a mistyped one is told before anybody is asked.

A code is read out over the telephone: 16 characters of Crockford's base32 in groups of four, the last one a check of
the others. A token goes from program to program: 32 random bytes in base64url behind a prefix by which secret scanners
know it. Both are random enough for a plain hash to keep them.

Source: Crockford, Base 32; RFC 4648 section 5.
"""

from __future__ import annotations

import hashlib
import re
import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
GROUP = 4
LIKE = str.maketrans({"I": "1", "L": "1", "O": "0", " ": "", "-": ""})
"""What is easily taken for another character, and what stands between groups."""

TOKEN_PREFIX = "rwt_"  # noqa: S105 - what every token begins with
TOKEN = re.compile(rf"{TOKEN_PREFIX}[A-Za-z0-9_-]{{43}}")
PRIME = 31


def new_code() -> str:
    """Return a new code, as ``K7QM-3XZD-9FPT-WB2A``; 75 bits of it are random."""
    return shown("".join(secrets.choice(LETTERS) for _ in range(LENGTH - 1)))


def shown(body: str) -> str:
    """Return a code in groups, with its check behind the 15 characters of ``body``."""
    whole = body + _check(body)
    return "-".join(whole[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def read_code(typed: str) -> str | None:
    """Return the code that a person typed, as it is shown; None where a character is wrong or missing.

    Small letters, blanks and hyphens in other places, and O for 0 or I and L for 1 do not matter.
    """
    text = typed.upper().translate(LIKE)
    if len(text) != LENGTH or not set(text) <= set(LETTERS) or _check(text[:-1]) != text[-1]:
        return None
    return shown(text[:-1])


def new_token() -> str:
    """Return a new token."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Return whether a text looks like a token."""
    return TOKEN.fullmatch(text) is not None


def digest(secret: str) -> bytes:
    """Return what is kept of a code or a token: its SHA-256."""
    return hashlib.sha256(secret.encode()).digest()


def _check(body: str) -> str:
    """Return the check character: it differs where one character is wrong (but Z for 0), or two neighbours swapped."""
    total = sum((at + 1) * LETTERS.index(letter) for at, letter in enumerate(body))
    return LETTERS[total % PRIME]
