"""The tree that Grafana reads: whole, the same twice, without what is no longer in it, and without a secret."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from regiowacht_dashboards.boards import BOARDS
from regiowacht_dashboards.provisioning.check import check_tree
from regiowacht_dashboards.provisioning.folders import FOLDERS, of_dashboards
from regiowacht_dashboards.provisioning.tree import Source
from regiowacht_dashboards.provisioning.write import provision
from regiowacht_dashboards.settings import Settings

SETTINGS = Settings(lang="nl", timezone="Europe/Brussels")
SOURCE = Source("http://collector.example:9783", "Regiowacht Voorbeeld", "REGIOWACHT_TOKEN")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_every_dashboard_stands_once_below_a_folder_that_a_provider_reads(tmp_path: Path) -> None:
    provision(tmp_path, SETTINGS, SOURCE)
    listed = read(tmp_path / "provisioning/dashboards/regiowacht.yaml")["providers"]
    paths = [Path(one["options"]["path"]) for one in listed]
    assert paths == [tmp_path / "dashboards" / name for name in FOLDERS]
    found = sorted(file.stem for path in paths for file in path.iterdir())
    assert found == sorted(BOARDS)
    assert len({one["folderUid"] for one in listed}) == len({one["folder"] for one in listed}) == len(FOLDERS)
    assert not any(one["allowUiUpdates"] for one in listed)


def test_dashboards_of_one_laag_stand_in_its_folder() -> None:
    folders = of_dashboards("nl")
    assert folders["rw-regio"] == "regio"
    assert folders["rw-server"] == "infrastructuur"


def test_a_dashboard_opens_on_the_regions_own_source(tmp_path: Path) -> None:
    provision(tmp_path, SETTINGS, SOURCE)
    raw = json.loads((tmp_path / "dashboards/regio/rw-regio.json").read_text(encoding="utf-8"))
    [source] = read(tmp_path / "provisioning/datasources/regiowacht.yaml")["datasources"]
    variable = next(one for one in raw["templating"]["list"] if one["type"] == "datasource")
    assert variable["current"] == {"text": source["name"], "value": source["uid"]}
    assert not source["isDefault"]


def test_the_credential_is_a_name_of_a_variable_alone(tmp_path: Path) -> None:
    provision(tmp_path, SETTINGS, SOURCE)
    [source] = read(tmp_path / "provisioning/datasources/regiowacht.yaml")["datasources"]
    assert source["secureJsonData"] == {"httpHeaderValue1": "Bearer ${REGIOWACHT_TOKEN}"}
    assert source["jsonData"]["httpHeaderName1"] == "Authorization"


def test_without_a_credential_no_header_is_sent(tmp_path: Path) -> None:
    provision(tmp_path, SETTINGS, Source("http://127.0.0.1:9783", "R"))
    [source] = read(tmp_path / "provisioning/datasources/regiowacht.yaml")["datasources"]
    assert "secureJsonData" not in source
    assert not any(key.startswith("httpHeader") for key in source["jsonData"])


def test_paths_are_those_of_grafanas_machine(tmp_path: Path) -> None:
    provision(tmp_path, SETTINGS, SOURCE, PurePosixPath("/srv/grafana/rw$1"))
    listed = read(tmp_path / "provisioning/dashboards/regiowacht.yaml")["providers"]
    assert listed[0]["options"]["path"] == "/srv/grafana/rw$$1/dashboards/regio"


def test_twice_changes_nothing(tmp_path: Path) -> None:
    first = provision(tmp_path, SETTINGS, SOURCE)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    again = provision(tmp_path, SETTINGS, SOURCE)
    assert {one.change for one in first} == {"new"}
    assert {one.change for one in again} == {"unchanged"}
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_what_is_ours_and_no_longer_in_the_set_is_taken_away_and_nothing_else(tmp_path: Path) -> None:
    provision(tmp_path, SETTINGS, SOURCE)
    gone = tmp_path / "dashboards/connectiviteit/rw-server.json"
    gone.write_text("{}", encoding="utf-8")
    other = tmp_path / "dashboards/regio/eigen.json"
    other.write_text("{}", encoding="utf-8")
    told = provision(tmp_path, SETTINGS, SOURCE, dry_run=True)
    assert [one.path for one in told if one.change == "removed"] == [gone]
    assert gone.exists()
    provision(tmp_path, SETTINGS, SOURCE)
    assert not gone.exists()
    assert other.exists()


def test_a_dry_run_makes_nothing(tmp_path: Path) -> None:
    told = provision(tmp_path / "out", SETTINGS, SOURCE, dry_run=True)
    assert {one.change for one in told} == {"new"}
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("at", [None, PurePosixPath("/srv/elsewhere")])
def test_what_is_written_is_what_the_check_finds_nothing_in(tmp_path: Path, at: PurePosixPath | None) -> None:
    provision(tmp_path, SETTINGS, SOURCE, at)
    assert check_tree(tmp_path) == ()
