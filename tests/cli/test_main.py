"""The command finds rooms and verbs, and says what is wrong in one line with the right exit code."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from regiowacht.main import main
from regiowacht.parser import parsers_of
from regiowacht.rooms import ROOMS
from regiowacht_contract.texts import LANGS, say
from regiowacht_inventory import example_path

NL = {"LANG": "nl_BE.UTF-8"}
EN = {"LANG": "en_GB.UTF-8"}


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        ([], 2, ""),
        (["chek"], 2, "bedoelde u 'check'?"),
        (["qqqq"], 2, "er is: check, demo"),
        (["inventory", "lits"], 2, "bedoelde u 'list'?"),
        (["inventory"], 2, "--help"),
        (["check", "--no-such-option"], 2, "--no-such-option"),
        (["check", "no-such-folder"], 2, "no-such-folder"),
        (["check", "--lang", "fr"], 2, "fr"),
        (["demo", "--port", "abc"], 2, "--port moet een geheel getal zijn, niet 'abc'"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(
    words: list[str], code: int, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words, NL) == code
    said = capsys.readouterr().err
    assert part in said
    assert said.count("\n") <= 1
    assert "Traceback" not in said


@pytest.mark.parametrize("lang", LANGS)
def test_every_room_and_verb_has_help(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help", "--lang", lang], NL) == 0
    overview = capsys.readouterr().out
    for room in ROOMS:
        assert say(room.help, "nl" if lang == "nl" else "en") in overview
        for name, parser in parsers_of(room, "nl" if lang == "nl" else "en")[1].items():
            assert parser.description, (room.name, name)
            bare = [a.dest for a in parser._actions if not a.help and a.dest != "help"]
            assert bare == [], f"{room.name} {name}: options without help"


def test_lang_may_stand_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--lang", "en", "chek"], ["chek", "--lang=en"], ["chek", "--lang", "en"]):
        assert main(words, NL) == 2
        assert "did you mean 'check'?" in capsys.readouterr().err


def test_lang_in_front_of_a_verb_reaches_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inventory", "--lang", "en", "list", "--region", "no-such-folder"], NL) == 2
    assert "no-such-folder" in capsys.readouterr().err


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"], EN) == 0
    assert capsys.readouterr().out.startswith("regiowacht 0.")


def test_as_a_module_and_a_closed_pipe() -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m regiowacht --help | head -n 1"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(("gebruik:", "usage:"))
    assert done.stderr == ""


def test_check_answers_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(example_path()), "--json"], EN) == 0
    assert json.loads(capsys.readouterr().out)


def test_help_says_usage_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["collector", "run", "--help"], NL)
    assert capsys.readouterr().out.startswith("gebruik: regiowacht collector run ")
