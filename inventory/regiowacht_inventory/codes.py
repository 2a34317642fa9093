"""Official codes of municipalities: NIS in Belgium (Statbel), CBS in the Netherlands (Statistics Netherlands)."""

from __future__ import annotations

import re


def normal_code(country: str | None, code: str | None) -> str | None:
    """Return the code as it is published, or None when it is of the wrong shape.

    Belgium: 5 digits. The Netherlands: ``GM`` with 4 digits, where ``GM`` may be left out.
    """
    if country == "BE" and code and re.fullmatch(r"[0-9]{5}", code):
        return code
    if country == "NL" and code and (match := re.fullmatch(r"(?:GM)?([0-9]{4})", code)):
        return f"GM{match[1]}"
    return None
