"""Reads the assignments of an os-release(5) file."""

from __future__ import annotations

import re

PLAIN = re.compile(r"[\w .,:;/@%+=()-]*")
"""What means nothing to a shell between quotes, and, but for blanks, without them."""
FILES = ("etc/os-release", "usr/lib/os-release")
"""Where it is, below /; the first one counts."""


def parse(text: str) -> dict[str, str]:
    """Return the assignments of an os-release file; lines that are none are left out."""
    found: dict[str, str] = {}
    for row in text.splitlines():
        name, is_assignment, value = row.strip().partition("=")
        if is_assignment and name.isidentifier():
            found[name] = _unquoted(value)
    return found


def version(told: dict[str, str]) -> str:
    """Return the major and minor part of the version, such as ``22.04``; "" where it does not begin with a number."""
    match = re.match(r"[0-9]+(\.[0-9]+)?", told.get("VERSION_ID", ""))
    return match[0] if match else ""


def support_end(told: dict[str, str]) -> float | None:
    """Return when support ends, in seconds since 1970; None where the file does not tell, or tells no date."""
    if not (told_day := told.get("SUPPORT_END", "")):
        return None
    import datetime  # noqa: PLC0415 - a megabyte that few distributions make anybody pay

    try:
        day = datetime.date.fromisoformat(told_day)
    except ValueError:
        return None
    return datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC).timestamp()


def _unquoted(value: str) -> str:
    """Return a value without its quotes; the shell's finer points are left to the module for them."""
    inner = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
    if PLAIN.fullmatch(inner) and (inner is not value or " " not in value):
        return inner
    import shlex  # noqa: PLC0415 - seldom needed

    try:
        return "".join(shlex.split(value)[:1])
    except ValueError:
        return value
