"""What comes along when somebody pastes a whole session: prompts, and a device's answers that it did not understand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from regiowacht_audit.refusal import NOT_UNDERSTOOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PROMPT = re.compile(
    r"\s*(?:\* ?)?(?:"
    r"<[\w.-]{1,64}>"  # Comware, VRP
    r"|\[\S{1,64}@[^\]\n]{1,64}\] ?(?:/[\w /-]{0,64})?>"  # RouterOS
    r"|\[\w{1,32}@[^\]\n]{1,64}\][#$]"  # a Linux shell
    r"|SSH@[^\n#>]{1,64}[#>]"  # FastIron
    r"|(?:Slot-\d+ )?\w[\w.@:~/-]{0,80}(?: ?\([\w./-]{1,64}\))?(?:[#>$%]| [#$](?=\s|\Z))"  # the others
    r")(?:\s.*|[a-z].*)?"
)
"""A row in which somebody was asked for a command; what was typed may follow."""

BESIDE = re.compile(
    r"\s*(?:\^|\{(?:master|backup|linecard|primary|secondary)(?::\S{0,20})?\}|Password:)?\s*", re.IGNORECASE
)
"""Rows that stand around prompts and say nothing: the mark under what was refused, Junos' role, a question."""


def without_session(rows: Sequence[str]) -> list[str]:
    """Return the rows with what is no configuration at both ends made empty; none comes or goes, so numbers stay."""
    kept = list(rows)
    for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
        for at in order:
            if not _is_beside(rows[at]):
                break
            kept[at] = ""
    return kept


def refused_at(rows: Iterable[str]) -> int:
    """Return the first row (from 1) in which a device refused what was typed just before; 0 where there is none."""
    is_typed = True  # the begin: the command itself was not pasted
    for number, row in enumerate(rows, 1):
        if is_typed and NOT_UNDERSTOOD.fullmatch(row):
            return number
        is_typed = bool(PROMPT.fullmatch(row)) or (is_typed and bool(BESIDE.fullmatch(row)))
    return 0


def _is_beside(row: str) -> bool:
    return any(form.fullmatch(row) for form in (BESIDE, PROMPT, NOT_UNDERSTOOD))
