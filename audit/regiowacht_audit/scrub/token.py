"""What stands in a secret's place: a word that shows change and reuse, and nothing of the secret."""

from __future__ import annotations

import hashlib
import hmac
import re

TOKEN = re.compile(r"<secret(?::[0-9a-f]{8})?>")
SCHEME = re.compile(
    r"\$(?!x\$)[0-9A-Za-z-]{1,8}\$|ENC (?=\S)|SH2 (?=\S)|\{[A-Z0-9-]{3,10}\}|0x(?=[0-9A-Fa-f]{8})|-AQ(?==)"
)
"""How a value was hashed or encrypted, which rules judge by and which is no secret: ``$6$``, FortiOS' ``ENC``."""

SALTED_ANEW = ("ENC ", "SH2 ")
"""Schemes whose devices encrypt again at every export: a fingerprint of theirs would change without a change."""


class Fingerprint:
    """Makes tokens with one region's key.

    Args:
        key: the region's; without one a token says only that there was a secret.
    """

    def __init__(self, key: bytes = b"") -> None:
        self._key = key

    def token(self, secret: str) -> str:
        """Return ``<secret:0a1b2c3d>``, the same for the same secret of the same region; ``<secret>`` without a key."""
        if not self._key:
            return "<secret>"
        digest = hmac.new(self._key, secret.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
        return f"<secret:{digest[:8]}>"

    def hide(self, value: str) -> str:
        """Return a value's token behind its scheme, if it has one."""
        scheme = SCHEME.match(value)
        if scheme is None:
            return self.token(value)
        kept = scheme.group()
        return f"{kept}<secret>" if kept in SALTED_ANEW else f"{kept}{self.token(value)}"
