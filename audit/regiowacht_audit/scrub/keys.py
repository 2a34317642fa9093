"""Private keys over several rows: every row between their marks is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_audit.scrub.token import Fingerprint

BEGIN = re.compile(r"-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)? ?-{4,5}")
END = re.compile(r"-{4,5} ?END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)? ?-{4,5}")
ROW = re.compile(r"[A-Za-z0-9+/=\\,:. -]*")
"""What a row of a key that nobody closed looks like: base64, or a header such as ``Proc-Type: 4,ENCRYPTED``."""


def hide_keys(rows: Sequence[str], fingerprint: Fingerprint) -> tuple[list[str], list[str]]:
    """Return the rows without the bodies of private keys, and those bodies, row by row."""
    hidden: list[str] = []
    found: list[str] = []
    within = False
    for row in rows:
        told = row
        begins, ends = BEGIN.search(row), END.search(row)
        if begins and ends and begins.end() <= ends.start():
            body = row[begins.end() : ends.start()]
            found.append(body)
            told = row[: begins.end()] + fingerprint.token(body) + row[ends.start() :]
        elif begins:
            body, told = row[begins.end() :], row[: begins.end()]
            within = True
            if body.strip('" '):
                found.append(body)
                told += fingerprint.token(body)
        elif ends:
            body = row[: ends.start()]
            if within and body.strip():
                found.append(body)
                told = fingerprint.token(body) + row[ends.start() :]
            within = False
        elif within and row.strip():
            if ROW.fullmatch(row.strip()):
                found.append(row.strip())
                indentation = row[: len(row) - len(row.lstrip())]
                told = indentation + "<secret>"
            else:
                within = False
        hidden.append(told)
    return hidden, found
