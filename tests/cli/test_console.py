"""What is written can be read, cannot steer a terminal, and a place that takes nothing is told in one line."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from regiowacht.console import Console, visible
from regiowacht_inventory import example_path

REGIOWACHT = f"{sys.executable} -m regiowacht"


def test_nothing_steers_a_terminal() -> None:
    assert visible("a\x1b[31mb\u202ec\0d\te\n") == "a\\x1b[31mb\\u202ec\\x00d\te\n"
    out, err = io.StringIO(), io.StringIO()
    console = Console("en", stdout=out, stderr=err)
    console.out("x\x1b[2J")
    console.tell("cli.no-room", room="\x1b]0;x\x07", nearest="check")
    assert "\x1b" not in out.getvalue() + err.getvalue()


@pytest.mark.parametrize("words", [f"check {example_path()}", "agent once", "--help"])
@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
def test_an_answer_that_cannot_be_written_is_one_line_and_exit_3(words: str, where: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{REGIOWACHT} {words} --lang en {where}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_without_utf8_shows_escapes() -> None:
    done = subprocess.run(
        ["sh", "-c", f"PYTHONIOENCODING=ascii {REGIOWACHT} check /nonexistent/café --lang nl"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "caf\\xe9" in done.stderr
    assert "Traceback" not in done.stderr
