"""``regiowacht dashboards provision``, and ``check`` of what it writes, as a person types them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from regiowacht.main import main
from regiowacht_inventory import example_path
from tests.dashboards.built import UIDS

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: object) -> int:
    return main(["dashboards", *map(str, words)], {"LANG": "nl_BE.UTF-8"})


def provision(out: Path, *words: object) -> int:
    return run("provision", "--region", example_path(), "--out", out, *words)


def test_it_writes_says_what_is_left_to_do_and_the_check_finds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert provision(tmp_path) == 0
    told = capsys.readouterr()
    assert told.out.count("nieuw: ") == len(UIDS) + 2
    assert f"provisioning = {tmp_path}/provisioning" in told.err
    assert run("check", tmp_path) == 0
    assert capsys.readouterr().err == f"{len(UIDS)} dashboards gecontroleerd: niets gevonden\n"


def test_the_check_finds_what_is_wrong_in_both_kinds_of_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    provision(tmp_path)
    (tmp_path / "provisioning/datasources/regiowacht.yaml").write_text("a: [", encoding="utf-8")
    (tmp_path / "dashboards/regio/rw-regio.json").write_text("{", encoding="utf-8")
    capsys.readouterr()
    assert run("check", tmp_path, "--json") == 1
    keys = {one["problem"] for one in json.loads(capsys.readouterr().out)}
    assert {"provisioning.no-yaml", "dashboards.not-json"} <= keys


def test_the_answer_can_be_json_and_a_dry_run_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert provision(tmp_path / "new", "--dry-run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["uid"] for one in told} == {*UIDS, ""}
    assert not (tmp_path / "new").exists()


def test_options_come_into_the_files(tmp_path: Path) -> None:
    words = (
        "--prometheus",
        "https://collector.example/prom",
        "--credential",
        "RW_TOKEN",
        "--interval",
        "30",
        "--org-id",
        "7",
    )
    assert provision(tmp_path, *words, "--at", "/srv/rw") == 0
    [source] = yaml.safe_load((tmp_path / "provisioning/datasources/regiowacht.yaml").read_text())["datasources"]
    assert source["url"] == "https://collector.example/prom"
    assert source["jsonData"]["timeInterval"] == "30s"
    assert source["orgId"] == 7
    assert source["secureJsonData"]["httpHeaderValue1"] == "Bearer ${RW_TOKEN}"


@pytest.mark.parametrize(
    "words",
    [
        ("--credential", "not-a-secret-token"),
        ("--credential", "not a secret"),
        ("--interval", "0"),
        ("--org-id", "0"),
        ("--at", "relative"),
        ("--prometheus", "http://somebody:not-a-secret@collector.example"),
        ("--prometheus", "collector:9783"),
    ],
)
def test_wrong_use_is_one_line_without_the_secret(
    words: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert provision(tmp_path / "out", *words) == 2
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "not-a-secret" not in told
    assert not (tmp_path / "out").exists()
