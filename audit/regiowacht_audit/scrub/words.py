"""Tells a secret that betrays itself anywhere from one that is a common word."""

from __future__ import annotations

import itertools
import re

TALKS_OF_SECRETS = re.compile(
    r"(?<![\w+/.-])([\w+/.-]*?(?:passw|secret|psk|passphrase|pre-?share|communit|\bkey\b(?!-)"
    r"|phash|auth-?pwd|priv-?pwd)[\w+/.-]*)",
    re.IGNORECASE,
)
"""A word that speaks of a secret, whole: in a row of base64 such letters say nothing."""
LETTERS = ("passw", "secret", "psk", "passphrase", "share", "communit", "key", "phash", "pwd")
"""What is in every such word: a row without any of these speaks of none."""
KEYWORD_MAX = 40
"""Characters of a keyword; what is longer is a value."""
PUBLIC = re.compile(
    r"ssh-(?:rsa|dss|ed25519)|ecdsa-|public-key|fingerprint|certificate|key-hash|engineid", re.IGNORECASE
)
WORD = re.compile(r"(?<![\w<:./-])[A-Za-z0-9+/]{12,}={0,2}(?![\w>:.=-])")
PORT = re.compile(r"[A-Z][A-Za-z-]+\d+(?:/\d+)*")
LENGTH_MIN = 6
LONG = 16


def is_telling(secret: str) -> bool:
    """Tell whether a value is so much its own that wherever it stands, it is that secret.

    A community ``zandbeke`` is a secret where it stands as one, and a name everywhere else.
    """
    if len(secret) < LENGTH_MIN or "<secret" in secret:
        return False
    kinds = sum((any(map(str.islower, secret)), any(map(str.isupper, secret)), any(map(str.isdigit, secret))))
    has_symbol = any(not char.isalnum() and char not in ".-_/:" for char in secret)
    return kinds + has_symbol >= (2 if len(secret) >= LONG else 3) or (has_symbol and kinds >= 2)


def behind_keyword(row: str) -> str | None:
    """Return what stands behind the first word that speaks of a secret; None where there is none."""
    low = row.lower()
    if not any(letters in low for letters in LETTERS):
        return None
    for found in TALKS_OF_SECRETS.finditer(row):
        if len(found.group(1)) <= KEYWORD_MAX:
            return row[found.end() :]
    return None


def made_up(row: str) -> list[str]:
    """Return the words behind a keyword that nobody would make up as a name: what a generator of passwords gives.

    The last resort for a form that the grammar does not know.
    """
    behind = behind_keyword(row)
    if behind is None or PUBLIC.search(row):
        return []
    return [word for word in WORD.findall(behind) if not PORT.fullmatch(word) and _is_mixed(word)]


def _is_mixed(word: str) -> bool:
    """Tell whether small and large letters and digits change places often."""
    kinds = ["a" if char.islower() else "A" if char.isupper() else "0" for char in word if char.isalnum()]
    changes = sum(one != other for one, other in itertools.pairwise(kinds))
    return len(set(kinds)) == 3 and changes >= len(kinds) // 3
