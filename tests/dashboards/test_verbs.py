"""``regiowacht dashboards build`` and ``check`` as a person types them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from regiowacht.main import main
from regiowacht_inventory import example_path
from tests.dashboards.built import UIDS, dashboard, text

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def run(*words: object) -> int:
    return main(["dashboards", *map(str, words)], {"LANG": "nl_BE.UTF-8"})


def test_build_writes_the_regions_dashboards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("build", "--region", example_path(), "--out", tmp_path) == 0
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        f"{uid}.json": text(uid, "nl") for uid in UIDS
    }
    assert capsys.readouterr().out.splitlines() == [f"nieuw: {tmp_path / uid}.json" for uid in UIDS]


def test_build_speaks_one_language_and_the_answer_can_be_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("build", "--region", example_path(), "--out", tmp_path, "--lang", "en", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer == [{"file": str(tmp_path / f"{uid}.json"), "uid": uid, "change": "new"} for uid in UIDS]
    assert json.loads((tmp_path / "rw-regio.json").read_text(encoding="utf-8"))["title"] == "Region overview"


def test_build_dry_run_writes_nothing_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("build", "--region", example_path(), "--out", tmp_path / "new", "--dry-run") == 0
    told = capsys.readouterr()
    assert told.out.count("nieuw: ") == len(UIDS)
    assert "niets geschreven" in told.err
    assert not (tmp_path / "new").exists()


def test_build_into_a_file_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert run("build", "--region", example_path(), "--out", tmp_path / "taken") == 3
    assert capsys.readouterr().err.startswith(f"regiowacht: kan {tmp_path / 'taken'} niet schrijven")


def test_check_of_what_was_built_finds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("build", "--region", example_path(), "--out", tmp_path, "--json")
    capsys.readouterr()
    assert run("check", tmp_path) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"{len(UIDS)} dashboards gecontroleerd: niets gevonden\n"


def test_check_names_file_panel_and_fault_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = dashboard("rw-server")
    raw["panels"][0]["description"] = ""
    path = tmp_path / "rw-server.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert run("check", path) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{path}: [Toestand] heeft geen beschrijving")


def test_check_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.json"
    path.write_text("{", encoding="utf-8")
    assert run("check", path, "--json", "--lang", "en") == 1
    [finding] = json.loads(capsys.readouterr().out)
    assert finding["problem"] == "dashboards.not-json"
    assert finding["line"] == 1
    assert finding["panel"] == ""


def test_check_of_nothing_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", tmp_path) == 2
    assert "geen dashboard" in capsys.readouterr().err
