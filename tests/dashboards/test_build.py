"""Building writes whole files, says what changed, and leaves alone what did not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from regiowacht.demo.history import Size, write_region
from regiowacht_dashboards.build import build
from regiowacht_dashboards.settings import Settings, for_region
from tests.dashboards.built import UIDS, example

PROGRAM = Path(sys.executable).with_name("regiowacht")
DUTCH = Settings(lang="nl", timezone="Europe/Brussels")
ENGLISH = Settings(lang="en", timezone="Europe/Amsterdam")


def test_it_says_what_is_new_changed_and_unchanged(tmp_path: Path) -> None:
    first = build(tmp_path / "out", DUTCH)
    again = build(tmp_path / "out", DUTCH)
    (tmp_path / "out" / "rw-server.json").write_text("{}", encoding="utf-8")
    repaired = build(tmp_path / "out", DUTCH)
    assert {one.change for one in first} == {"new"}
    assert {one.change for one in again} == {"unchanged"}
    assert {one.uid: one.change for one in repaired} == {**dict.fromkeys(UIDS, "unchanged"), "rw-server": "changed"}


def test_an_unchanged_file_is_not_written(tmp_path: Path) -> None:
    build(tmp_path, DUTCH)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    build(tmp_path, DUTCH)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_nothing_but_dashboards_is_left_in_the_folder(tmp_path: Path) -> None:
    build(tmp_path, DUTCH)
    build(tmp_path, ENGLISH)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{uid}.json" for uid in UIDS)


def test_a_dry_run_tells_and_writes_nothing(tmp_path: Path) -> None:
    told = build(tmp_path / "out", DUTCH, dry_run=True)
    assert {one.change for one in told} == {"new"}
    assert not (tmp_path / "out").exists()


def test_a_file_where_the_folder_should_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(OSError, match="out"):
        build(tmp_path / "out", DUTCH)
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_language_and_timezone_are_the_regions(tmp_path: Path) -> None:
    region = example()
    build(tmp_path, for_region(region))
    raw = json.loads((tmp_path / "rw-regio.json").read_text(encoding="utf-8"))
    assert raw["timezone"] == region.timezone == "Europe/Brussels"
    assert raw["title"] == "Regio-overzicht"


def test_a_region_gives_the_same_files_in_every_process(tmp_path: Path) -> None:
    write_region(tmp_path / "region", Size(gemeenten=7, devices=200))
    built = []
    for seed in ("0", "7"):
        out = tmp_path / seed
        subprocess.run(
            [PROGRAM, "dashboards", "build", "--region", tmp_path / "region", "--out", out],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            timeout=120,
        )
        built.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert set(built[0]) == {f"{uid}.json" for uid in UIDS}
    assert built[0] == built[1]


def test_another_language_can_be_asked_for(tmp_path: Path) -> None:
    build(tmp_path, for_region(example(), "en"))
    raw = json.loads((tmp_path / "rw-regio.json").read_text(encoding="utf-8"))
    assert raw["title"] == "Region overview"
