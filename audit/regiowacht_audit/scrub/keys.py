"""Private keys over several rows: every row between their marks is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.scrub.token import TOKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_audit.scrub.token import Fingerprint

KIND = r"(?:[A-Z0-9\s]{0,40}PRIVATE\s{1,9}KEY(?:\s{1,9}BLOCK)?|OpenVPN\s{1,9}Static\s{1,9}key\s{1,9}V\d)"
BEGIN = re.compile(rf"-{{4,5}}\s{{0,9}}BEGIN\s{{1,9}}{KIND}\s{{0,9}}-{{4,5}}")
END = re.compile(rf"-{{4,5}}\s{{0,9}}END\s{{1,9}}{KIND}\s{{0,9}}-{{4,5}}")
ROW = re.compile(r"[A-Za-z0-9+/=\\]*|[A-Z][A-Za-z-]+: .*")
"""What a row of a key that nobody closed looks like: base64, or a header such as ``Proc-Type: 4,ENCRYPTED``."""

ROWS_MAX = 500
"""Rows within which a key is closed: one of 16,384 bits has some 200."""


def hide_keys(rows: Sequence[str], fingerprint: Fingerprint) -> tuple[list[str], list[str]]:
    """Return the rows without the bodies of private keys, and those bodies, row by row."""
    hidden = list(rows)
    found: list[str] = []
    at = 0
    while at < len(rows):
        begins = BEGIN.search(rows[at])
        if begins is None:
            at += 1
            continue
        last = at if END.search(rows[at], begins.end()) else _last(rows, at)
        _hide_rows(hidden, at, last, fingerprint, found)
        at = last + 1
    return hidden, found


def _last(rows: Sequence[str], first: int) -> int:
    """Return the last row of a key: where it is closed, or the last that looks like one."""
    for at in range(first + 1, min(len(rows), first + ROWS_MAX)):
        if END.search(rows[at]):
            return at
        if BEGIN.search(rows[at]):
            break
    at = first + 1
    while at < len(rows) and ROW.fullmatch(rows[at].strip()) and not BEGIN.search(rows[at]):
        at += 1
    return at - 1


def _hide_rows(hidden: list[str], first: int, last: int, fingerprint: Fingerprint, found: list[str]) -> None:
    """Hide what stands behind the first mark, in the rows between, and in front of the last mark."""
    for at in range(first, last + 1):
        row = hidden[at]
        begins = BEGIN.search(row)
        ends = END.search(row, begins.end() if begins else 0)
        begin = begins.end() if begins else len(row) - len(row.lstrip())
        end = ends.start() if ends else len(row.rstrip('\\ \t\r"'))
        body = row[begin:end].strip()
        if body and not TOKEN.fullmatch(body):
            found.append(body)
            token = fingerprint.token(body) if begins or ends else "<secret>"
            hidden[at] = row[:begin] + token + row[end:]
