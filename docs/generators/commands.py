"""Reference page: every verb of the command, with its options."""

from __future__ import annotations

import os

from regiowacht.parser import parsers_of
from regiowacht.rooms import ROOMS

PATH = "reference/commands.md"


def page() -> str:
    """Return the page as Markdown: the help texts themselves, in English."""
    os.environ["COLUMNS"] = "110"
    parts = [
        "# Commands",
        "",
        "`regiowacht ROOM VERB`. Exit codes: 0 fine · 1 it found something · 2 wrong use · 3 could not reach or start "
        "what it needs. Data goes to standard output, talk to standard error. `--lang nl|en` chooses the language.",
    ]
    for room in ROOMS:
        for name, parser in parsers_of(room, "en")[1].items():
            words = room.name if room.is_verb else f"{room.name} {name}"
            text = "\n".join(line.rstrip() for line in parser.format_help().splitlines())
            parts += ["", f"## regiowacht {words}", "", "```", text.strip(), "```"]
    return "\n".join(parts)
