"""The forms in which a password of the run itself may stand in a log, a traceback, an URL or a configuration."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH_MIN = 8
"""Characters of a form that is looked for anywhere; shorter ones stand in ordinary words."""

TYPE_7 = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
"""The table of Cisco's type 7; published since 1995."""


def disguises(secret: str) -> set[str]:
    """Return the other forms of a secret."""
    raw = secret.encode("utf-8", "surrogateescape")
    plain = {json.dumps(secret)[1:-1], repr(secret)[1:-1], repr(raw)[2:-1], *_as_markup(secret), *_in_urls(raw)}
    coded = {*_base64(raw), *_base64(secret.encode("utf-16-le", "surrogatepass")), *_type_7(raw), raw.hex()}
    return {form for form in plain | coded if len(form) >= LENGTH_MIN} - {secret}


def loose_disguises(secret: str) -> Iterator[str]:
    """Yield regular expressions of forms with signs in between: bytes in hexadecimal, and what a shell quotes."""
    raw = secret.encode("utf-8", "surrogateescape")
    if len(raw) * 2 >= LENGTH_MIN:
        yield "[: ]".join(f"{byte:02x}" for byte in raw)
    if len(secret) >= LENGTH_MIN and any(not char.isalnum() for char in secret):
        yield "".join(char if char.isalnum() else r"\\{0,3}" + re.escape(char) for char in secret)


def _as_markup(secret: str) -> set[str]:
    tags = secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {tags, tags.replace('"', "&quot;"), tags.replace('"', "&#34;").replace("'", "&#39;")}


def _in_urls(raw: bytes) -> set[str]:
    return {quote(raw, safe=""), quote(raw), quote_plus(raw), "".join(f"%{byte:02x}" for byte in raw)}


def _base64(raw: bytes) -> Iterator[str]:
    """Yield what base64 makes of it wherever it begins: ``user:password`` shifts what follows."""
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + raw).decode().rstrip("=")
        sure = coded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        yield sure
        yield sure.replace("+", "-").replace("/", "_")


def _type_7(raw: bytes) -> Iterator[str]:
    for offset in range(len(TYPE_7)):
        coded = bytes(byte ^ TYPE_7[(offset + place) % len(TYPE_7)] for place, byte in enumerate(raw))
        yield f"{offset:02d}{coded.hex()}"
