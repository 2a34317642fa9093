"""The page about the lab shows verbs and hosts there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.lab.__main__ import parser
from tests.lab.plan import COLLECTOR, SPARE, read_region

PAGE = (Path(__file__).parents[2] / "docs/how-to/drive-the-lab.md").read_text(encoding="utf-8")
ROWS = [row.split("|") for row in PAGE.splitlines() if row.startswith("| ") and row.count("|") == 3][1:]
COMMANDS = [command for row in ROWS for command in re.findall(r"`([^`]+)`", row[2]) if "systemctl" not in command]


@pytest.mark.parametrize("command", [command for command in COMMANDS if not command.startswith(".venv")])
def test_commands_of_the_page_are_verbs_with_names_there_are(command: str) -> None:
    arguments = parser().parse_args(shlex.split(command))
    names = {asset.name for asset in read_region().assets} | {COLLECTOR, SPARE}
    for word in ("host", "link"):
        for name in getattr(arguments, word, COLLECTOR).split("--"):
            assert name in names


def test_the_page_shows_many() -> None:
    assert len(COMMANDS) >= 12
