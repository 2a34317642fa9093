"""Tells a secret that betrays itself anywhere from one that is a common word."""

from __future__ import annotations

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
