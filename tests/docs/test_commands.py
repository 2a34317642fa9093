"""Every command that the documentation shows is one there is, and is run by a test or declared with a reason."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from regiowacht.parser import parsers_of
from regiowacht.rooms import ROOMS
from tests.docs.pages import PAGES, ROOT, Command, blocks, commands, name_of
from tests.docs.runners import COLLECTOR, FOLDER, row_of, rows, shown

if TYPE_CHECKING:
    from pathlib import Path

STOPS = ("|", ">", "&&", "||", "&", "<", ">>", "2>", ";")


def words_of(text: str) -> list[str]:
    """Return what follows ``regiowacht``, up to what is the shell's; nothing where another program is started."""
    words = shlex.split(text.partition("\n")[0])
    words = words[1:] if words[:1] == ["sudo"] else words
    if words[0].rpartition("/")[2] != "regiowacht":
        return []
    return words[1 : min((words.index(stop) for stop in STOPS if stop in words), default=len(words))]


OURS = [command for command in commands() if words_of(command.text)]


@pytest.mark.parametrize("command", OURS, ids=str)
def test_a_command_is_one_there_is(command: Command) -> None:
    words = words_of(command.text)
    if words[0].startswith("-"):
        return
    room = next((room for room in ROOMS if room.name == words[0]), None)
    assert room is not None, command
    parsers = parsers_of(room, "en")[1]
    rest = words[1:] if room.is_verb else words[2:]
    verb = room.name if room.is_verb else words[1]
    assert verb in parsers, command
    if "--help" not in rest:
        parsers[verb].parse_args(rest)


def test_there_are_many() -> None:
    assert len(OURS) >= 80
    assert len({command.page for command in OURS}) >= 15


def test_every_command_is_run_by_a_test_or_says_why_not() -> None:
    assert [str(command) for command in shown() if row_of(command) is None] == []


def test_every_row_is_of_a_command_that_is_shown() -> None:
    used = {row_of(command) for command in shown()}
    assert [row.words for row in rows() if row not in used] == []


def test_the_tests_that_are_named_are_there_and_run_that_verb() -> None:
    for command in shown():
        row = row_of(command)
        if row is None or row.runner in {"", FOLDER, COLLECTOR}:
            continue
        path = ROOT / row.runner
        assert path.is_file(), row
        words = words_of(command.text)
        if not row.words.endswith(": ") and len(words) > 1:
            text = path.read_text(encoding="utf-8")
            told = f"{row.runner} does not run {words[1]}"
            assert f'"{words[1]}"' in text or f"regiowacht {words[0]} {words[1]}" in text, told


def test_what_no_test_runs_says_why() -> None:
    assert [row.words for row in rows() if not row.runner and len(row.reason) < 20] == []


@pytest.mark.parametrize(
    "page", [p for p in PAGES if name_of(p).startswith(("docs/tutorial", "docs/how-to", "docs/nl"))]
)
def test_every_block_says_what_it_is(page: Path) -> None:
    assert [block.body for block in blocks(page) if not block.lang] == []
