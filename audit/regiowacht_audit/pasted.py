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

ASKED = re.compile(
    r"(?P<prompt>\s*\S+ ?[#>\]]) ?(?:do )?"
    r"(?:sho?w? +(?:run|conf|start|full|sdwan run)\S*|disp?l?a?y? +(?:cur|sav)\S*"
    r"|more +system:\S+|wr\S* +t\S*|/?export)(?: .*)?",
    re.IGNORECASE,
)
"""A row in which somebody asked for the configuration."""

ASKED_ROWS = 400
"""What stands in front of a configuration in a log of a session is not longer than this."""


def without_session(rows: Sequence[str]) -> list[str]:
    """Return the rows with what is no configuration at both ends made empty; none comes or goes, so numbers stay."""
    kept = _answer(list(rows))
    for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
        for at in order:
            if not _is_beside(rows[at]):
                break
            kept[at] = ""
    return kept


def _answer(rows: list[str]) -> list[str]:
    """Return the rows with all made empty but the longest answer to whoever asked for the configuration, if anyone."""
    spans = [span for at in range(min(len(rows), ASKED_ROWS)) if (span := _span(rows, at))]
    if not spans:
        return rows
    first, last = max(spans, key=lambda span: span[1] - span[0])
    return [""] * first + rows[first:last] + [""] * (len(rows) - last)


def _span(rows: Sequence[str], at: int) -> tuple[int, int] | None:
    """Return from where to where the answer goes, where the row asks: up to the next prompt of the same device."""
    row = rows[at]
    if not ("#" in row or ">" in row or "]" in row):  # most rows; cheaper than the patterns
        return None
    asked = ASKED.fullmatch(row)
    if asked is None or not PROMPT.fullmatch(row):
        return None
    name = asked["prompt"].strip(" #>]")
    ends = (place for place in range(at + 1, len(rows)) if _is_prompt_of(name, rows[place]))
    return at + 1, next(ends, len(rows))


def _is_prompt_of(name: str, row: str) -> bool:
    text = row.lstrip()
    return (
        text.startswith(name) and text[len(name) :].lstrip()[:1] in {"#", ">", "]", "("} and bool(PROMPT.fullmatch(row))
    )


def refused_at(rows: Iterable[str]) -> int:
    """Return the first row (from 1) in which a device refused what was typed just before; 0 where there is none."""
    is_typed = True  # the begin: the command itself was not pasted
    for number, row in enumerate(rows, 1):
        if is_typed and NOT_UNDERSTOOD.fullmatch(row):
            return number
        is_typed = bool(PROMPT.fullmatch(row)) or (is_typed and bool(BESIDE.fullmatch(row)))
    return 0


def _is_beside(row: str) -> bool:
    row = row.strip()  # blanks at both ends would be tried in every split of them
    return len(row) <= 1_000 and any(form.fullmatch(row) for form in (BESIDE, PROMPT, NOT_UNDERSTOOD))
