r"""What a terminal leaves in a text that was copied or logged from it: pagers, cursor steps, overwritten rows.

A pager writes its question where the next row comes, waits, and wipes it out with blanks, backspaces, a carriage return
or an escape sequence; a log keeps all of that. Rows keep their number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEFT = re.compile(r"\x1b\[(\d{1,3})D")
ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[78=>])")
PAGER = re.compile(
    r"^[ \b]*(?:"
    r"-- ?MORE ?--, next page: Space, next line: Enter, quit: Control-C"  # AOS-S, AOS-CX
    r"|--More--, next page: Space, next line: Return key, quit: Control-c"  # FastIron
    r"|<-{1,3} ?More ?-{1,3}>"  # ASA, s300
    r"|-{2,4} ?\(?more(?: ?\d{1,3}%)?(?: ?\d{1,3}%)?\)? ?-{2,4}(?: or \(q\)uit)?"  # IOS, EOS, Comware, Junos, FortiOS
    r"|More: <space>, {1,2}Quit: q or CTRL\+Z, One line: <return>"  # Dell
    r"|Press any key to continue \(Q to quit\)"  # TP-Link
    r"|lines \d+-\d+(?:/\d+)?(?: \(END\))?(?: ?\d{1,3}%)?"  # less, as PAN-OS and NX-OS have it
    r")(?:[ \b\r]*[\b\r])?",
    re.IGNORECASE,
)


def without_remnants(rows: Sequence[str]) -> list[str]:
    """Return the rows as the screen showed them in the end, without pagers; what all are indented by goes too."""
    shown = [_shown(row) for row in rows]
    depth = min((len(row) - len(row.lstrip(" ")) for row in shown if row.strip()), default=0)
    return [row[depth:] for row in shown] if depth else shown


def _shown(row: str) -> str:
    if "\x1b" in row:
        row = ESCAPE.sub("", LEFT.sub(lambda steps: "\b" * int(steps[1]), row))
    if "more" in row.casefold() or row.lstrip(" \b")[:5] in {"lines", "Press"}:
        row = PAGER.sub("", row, count=1)
    row = row.rstrip("\r")
    if "\r" in row:
        row = row.rpartition("\r")[2]
    return _stepped(row) if "\b" in row else row


def _stepped(row: str) -> str:
    """Return what a row with steps back shows: what comes after a step stands over what was there."""
    cells: list[str] = []
    at = 0
    for char in row:
        if char == "\b":
            at = max(0, at - 1)
        else:
            cells[at : at + 1] = char
            at += 1
    return "".join(cells)
