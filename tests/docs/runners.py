"""Who runs a command that the documentation shows: the rows of ``commands.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.pages import commands

if TYPE_CHECKING:
    from tests.docs.pages import Command

TABLE = Path(__file__).with_name("commands.toml")
FOLDER, COLLECTOR = "folder", "collector"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    Attributes:
        words: how its commands begin, perhaps with ``PAGE: `` before them.
        runner: ``folder``, ``collector``, the test that runs it, or "" where none does.
        reason: why none does.
    """

    words: str
    runner: str
    reason: str = ""

    def has(self, command: Command) -> bool:
        """Tell whether it is a row of this command."""
        return command.text.startswith(self.words) or str(command).startswith(self.words)


@cache
def rows() -> tuple[Row, ...]:
    """Return all of them."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    found = [Row(f"{page}: ", test) for page, test in table["page"].items()]
    found += [Row(words, here) for here in (FOLDER, COLLECTOR) for words in table[here]["commands"]]
    found += [Row(words, one["test"]) for one in table["elsewhere"] for words in one["commands"]]
    return (*found, *(Row(words, "", one["reason"]) for one in table["never"] for words in one["commands"]))


def row_of(command: Command) -> Row | None:
    """Return the row of a command: that of its page, else the one of most words, else None."""
    found = [row for row in rows() if row.has(command)]
    return max(found, key=lambda row: (": " in row.words, len(row.words)), default=None)


def shown() -> list[Command]:
    """Return the commands of the pages that people go by: the README, the tutorial, the how-tos, the Dutch page."""
    places = ("README.md", "docs/tutorial/", "docs/how-to/", "docs/nl/")
    return [command for command in commands() if command.page.startswith(places)]


def run_here(runner: str) -> list[Command]:
    """Return the commands that ``folder`` or ``collector`` runs, each once."""
    found = {c.text: c for c in shown() if (row := row_of(c)) is not None and row.runner == runner}
    return list(found.values())
