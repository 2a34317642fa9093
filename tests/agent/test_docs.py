"""The commands of the how-to are ones that the command line takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from regiowacht.main import main
from regiowacht_agent.extra.textfile.family import REASONS
from regiowacht_agent.extra.textfile.format import parse

HOW_TOS = Path(__file__).resolve().parents[2] / "docs/how-to"
HOW_TO = HOW_TOS / "run-an-agent.md"
COMMANDS = re.findall(r"^regiowacht (agent .+)$", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_how_to_is_understood(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*shlex.split(command), "--help", "--lang", "en"])
    assert ended.value.code == 0
    help_text = capfd.readouterr().out
    for word in shlex.split(command):
        assert not word.startswith("--") or word.partition("=")[0] in help_text


@pytest.mark.parametrize("verb", ["check", "once"])
def test_what_changes_nothing_is_run(verb: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert f"agent {verb}" in COMMANDS
    assert main(["agent", verb]) == 0
    assert capfd.readouterr().out


def test_the_file_that_the_how_to_writes_is_right() -> None:
    page = (HOW_TOS / "tell-with-textfiles.md").read_text(encoding="utf-8")
    text = page.partition("<<END\n")[2].partition("END\n")[0].replace("$(date +%s)", "1700000000")
    parsed = parse(text.encode())
    assert (len(parsed.groups), parsed.refused.count) == (1, 0)


def test_every_reason_for_refusing_has_its_row() -> None:
    page = (HOW_TOS / "tell-with-textfiles.md").read_text(encoding="utf-8")
    rows = "".join(row.split("|")[1] for row in page.splitlines() if row.startswith("|"))
    assert [reason for reason in REASONS if f"`{reason}`" not in rows] == []
