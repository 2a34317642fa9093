"""A value as it stands in a configuration: its quotes, and whether it is a secret at all."""

from __future__ import annotations

import re

from regiowacht_audit.scrub.grammar_file import PLACEHOLDER, settings
from regiowacht_audit.scrub.keys import BEGIN
from regiowacht_audit.scrub.token import TOKEN

ESCAPED = re.compile(r'(?P<quote>\\+")')
KNOWN_DEFAULTS = frozenset({"public", "private"})
"""Communities that everybody knows: no secrets, and what a rule looks for."""


def is_secret(inner: str, *, any_value: bool) -> bool:
    """Tell whether a value is a secret that still stands there.

    Args:
        inner: the value without its quotes.
        any_value: also words that set something elsewhere are secrets.
    """
    is_known = not inner or TOKEN.search(inner) or PLACEHOLDER.fullmatch(inner) or inner in KNOWN_DEFAULTS
    return not (is_known or BEGIN.search(inner)) and (any_value or inner.lower() not in settings())


def unquoted(value: str) -> tuple[str, str, str]:
    """Return the quotes in front of a value, what stands in them, and the quotes behind it."""
    escaped = ESCAPED.match(value)
    if escaped is not None:
        inner = value[escaped.end() :].removesuffix(escaped["quote"])
        return escaped["quote"], inner, value[escaped.end() + len(inner) :]
    if value.startswith('"') and (len(value) == 1 or not value.endswith('"') or value.endswith('\\"')):
        inner = value[1:].removesuffix("\\")
        return '"', inner, value[1 + len(inner) :]
    if value[:1] in {'"', "'"} and value[-1:] == value[:1]:
        return value[0], value[1:-1], value[-1]
    return "", value, ""
