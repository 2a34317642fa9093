"""``regiowacht audit check``: findings on standard output, exit codes that a script can use."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = "hostname sw-1\ninterface Vlan1\nline vty 0 4\n transport input telnet\nend\n"
PART = "ntp server 192.0.2.1\nsnmp-server community kanarie RO 10\n"


def check(tmp_path: Path, text: str, *words: str) -> int:
    file = tmp_path / "sw-1.cfg"
    file.write_text(text, encoding="utf-8")
    return main(["audit", "check", str(file), "--platform", "cisco_ios", *words], {"LANG": "en_GB.UTF-8"})


def test_a_violation_is_exit_1_with_its_line_and_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, CONFIG, "--baseline", "minimal") == 1
    out = capsys.readouterr().out
    assert out.startswith("RW-ACC-01  critical  No management over telnet\n    line 4\n    → Turn telnet off")


def test_people_read_it_in_dutch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, CONFIG, "--lang", "nl") == 1
    assert "RW-ACC-01  kritiek  Geen beheer over telnet\n    regel 4\n" in capsys.readouterr().out


def test_json_tells_findings_and_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, CONFIG, "--baseline", "minimal", "--json") == 1
    answer = json.loads(capsys.readouterr().out)
    by_rule = {finding["rule"]: finding for finding in answer["findings"]}
    assert (answer["complete"], len(by_rule)) == (True, 30)
    assert {key: by_rule["RW-ACC-01"][key] for key in ("status", "lines")} == {"status": "fail", "lines": [4]}
    assert {"fact": "ntp_servers", "values": []} in answer["facts"]


def test_an_excerpt_is_judged_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(tmp_path, PART, "--baseline", "minimal", "--json")
    out = capsys.readouterr().out
    answer = json.loads(out)
    by_rule = {finding["rule"]: finding for finding in answer["findings"]}
    assert answer["complete"] is False
    assert by_rule["RW-TIM-01"]["status"] == "pass"
    assert (by_rule["RW-LOG-01"]["status"], by_rule["RW-LOG-01"]["why"]) == ("n/a", "excerpt")
    assert "kanarie" not in out


def test_nothing_wrong_is_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, "ntp server 192.0.2.1\n", "--baseline", "minimal") == 0
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--platform", "cisco_isos"], "did you mean 'cisco_ios'?"),
        (["--baseline", "streng"], "these come with the product: minimal, recommended"),
    ],
)
def test_wrong_use_is_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert check(tmp_path, CONFIG, *words) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_not_there_is_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "check", str(tmp_path / "weg"), "--platform", "cisco_ios"], {}) == 2
    assert "dat bestand is er niet" in capsys.readouterr().err


def test_a_binary_file_is_exit_1_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, "a\0b") == 1
    assert capsys.readouterr().err.startswith("regiowacht: this is no text but a binary file")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a single line in here"),
        ("% Invalid input detected\n", "in row 1 the device refuses the command"),
        ("   ^\n% Invalid input detected at '^' marker.\n\n" * 2, "in row 2 the device refuses the command"),
        ("sw1# show run\n% Invalid input detected at '^' marker.\nsw1#", "in row 2 the device refuses the command"),
    ],
)
def test_a_text_of_refusals_alone_is_no_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    assert check(tmp_path, text) == 1
    told = capsys.readouterr()
    assert (told.out, said in told.err) == ("", True)


def test_a_refusal_among_lines_is_let_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(tmp_path, "% Invalid input detected\n" + CONFIG)
    assert "RW-ACC-01" in capsys.readouterr().out


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CONFIG.encode())))
    assert main(["audit", "check", "-", "--platform", "cisco_xe", "--lang", "en"], {}) == 1
    assert "RW-ACC-01" in capsys.readouterr().out
