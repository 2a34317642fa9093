"""Secrets that go on in the next rows, where nothing but the rows themselves tells so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.scrub.value import is_secret, unquoted

if TYPE_CHECKING:
    from regiowacht_audit.scrub.token import Fingerprint

OPENED = re.compile(r'"[^"\s]*<secret(?::\w+)?>\\?$')
"""A text in quotes that was a secret up to the end of its row."""

SPEAKS = r"(?i:pass\w*|pwd|secret\w*|[\w-]*key|token|community|psk|credentials?|authtok)"
BEGUN = re.compile(rf"{SPEAKS}(?:=|\s+)\\$")
"""A keyword whose value stands in the next row, after a backslash."""

BLOCK = re.compile(rf"""(?P<depth>\s*)(?:- )?["']?[\w.-]*?{SPEAKS}["']?:\s*(?P<kind>[|>][+-]?\d*)?$""")
"""A keyword of YAML whose value stands below it, as a text of several rows or as one word."""

ROWS_MAX = 50


def hide_continued(rows: list[str], made: Fingerprint, secrets: set[str], *, backslashes: bool) -> None:
    """Hide in place what goes on in further rows: a text in quotes, a value after a backslash, a text of YAML.

    Args:
        rows: the rows, changed in place.
        made: makes tokens.
        secrets: what was taken out; what is found is added.
        backslashes: look behind those at the end of a row too: nobody else joined these rows.
    """
    for at in range(len(rows) - 1):
        row = rows[at].rstrip()
        if not row.endswith((">", "\\", ":", "|", "-", "+")) or (row.endswith("\\") and not backslashes):
            continue
        if OPENED.search(row):
            _hide_until_quote(rows, at + 1, secrets)
        elif BEGUN.search(row):
            _hide_value(rows, at + 1, made, secrets)
        elif (block := BLOCK.match(row)) is not None:
            _hide_block(rows, at + 1, len(block["depth"]), made, secrets, is_one=block["kind"] is None)


def _hide_value(rows: list[str], at: int, made: Fingerprint, secrets: set[str]) -> None:
    following = rows[at]
    found = re.match(r'(\s*)("(?:[^"\\]|\\.)*"|\S+)', following)
    if found:
        before, inner, after = unquoted(found.group(2))
        if is_secret(inner, any_value=True):
            secrets.add(inner)
            rows[at] = found.group(1) + before + made.hide(inner) + after + following[found.end() :]


def _hide_block(rows: list[str], begin: int, depth: int, made: Fingerprint, secrets: set[str], *, is_one: bool) -> None:
    for at in range(begin, min(len(rows), begin + (1 if is_one else ROWS_MAX))):
        bare = rows[at].strip()
        if len(rows[at]) - len(rows[at].lstrip()) <= depth or (is_one and re.search(r"\s|:$", bare)):
            return
        if is_secret(bare, any_value=True):
            secrets.add(bare)
            rows[at] = rows[at].replace(bare, made.hide(bare))


def _hide_until_quote(rows: list[str], begin: int, secrets: set[str]) -> None:
    for at in range(begin, min(len(rows), begin + ROWS_MAX)):
        row = rows[at]
        bare = row.lstrip()
        indentation = row[: len(row) - len(bare)]
        end = re.search(r'(?<!\\)"', bare)
        piece = bare[: end.start()] if end else bare.rstrip("\\\r")
        if piece:
            secrets.add(piece)
        rows[at] = indentation + ("<secret>" if piece else "") + (bare[end.start() :] if end else bare[len(piece) :])
        if end:
            return
