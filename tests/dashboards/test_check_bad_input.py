"""Whatever file it is given, the check says what is wrong with it and goes on."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_contract.errors import UsageError
from regiowacht_dashboards.check import check, files
from regiowacht_dashboards.document import LARGEST_BYTES
from tests.dashboards.built import dashboard

if TYPE_CHECKING:
    from pathlib import Path

PANEL: dict[str, Any] = {"type": "stat", "gridPos": {"x": 0, "y": 0, "w": 1, "h": 1}}


def board(**more: object) -> bytes:
    return json.dumps({"schemaVersion": 41, "panels": [], **more}).encode()


CASES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not-json"),
    "cut short": (board()[:-1], "not-json"),
    "not UTF-8": (b'{"title": "\xff\xfe"}', "not-utf8"),
    "binary": (b"\x00\x01\x02\x03", "not-json"),
    "not a number": (b'{"panels": [NaN]}', "not-json"),
    "nested without end": (b"[" * 100_000, "not-json"),
    "a number of 5000 digits": (b'{"panels": ' + b"9" * 5000 + b"}", "not-json"),
    "too large": (b" " * (LARGEST_BYTES + 1), "too-large"),
    "a list": (b"[]", "not-an-object"),
    "a word": (b'"dashboard"', "not-an-object"),
    "the new format": (b'{"apiVersion": "dashboard.grafana.app/v2", "spec": {}}', "is-resource"),
    "an answer of the API": (b'{"meta": {}, "dashboard": {"panels": []}}', "is-wrapped"),
    "rows of Grafana 4": (b'{"schemaVersion": 14, "rows": []}', "too-old"),
    "old schema": (board(schemaVersion=27), "too-old"),
    "no schema": (b'{"panels": []}', "too-old"),
    "panels no list": (board(panels={}), "wrong-type"),
    "panel no object": (board(panels=[1]), "not-a-panel"),
    "panel without type": (board(panels=[{"title": "x"}]), "not-a-panel"),
    "panel without place": (board(panels=[{"type": "stat"}]), "wrong-type"),
    "id a word": (board(panels=[{**PANEL, "id": "7"}]), "wrong-type"),
    "targets no list": (board(panels=[{**PANEL, "targets": {"expr": "up"}}]), "wrong-type"),
    "expression no text": (board(panels=[{**PANEL, "targets": [{"expr": 5}]}]), "wrong-type"),
    "row in a row": (board(panels=[{**PANEL, "panels": [{**PANEL, "panels": [PANEL]}]}]), "too-deep"),
    "variables no list": (board(templating={"list": "x"}), "wrong-type"),
    "variable no object": (board(templating={"list": ["x"]}), "not-an-object"),
    "overrides no objects": (board(panels=[{**PANEL, "fieldConfig": {"overrides": [3]}}]), "not-an-object"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_is_one_clear_problem(case: str, tmp_path: Path) -> None:
    content, key = CASES[case]
    path = tmp_path / "x.json"
    path.write_bytes(content)
    found = check([path])
    assert [problem.key for problem in found] == [f"dashboards.{key}"]
    assert found[0].file == str(path)
    assert len(found[0].message("nl")) < 300


def test_broken_json_is_placed_by_line(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{\n  "panels": [\n  oops', encoding="utf-8")
    assert check([path])[0].place() == f"{path}:3"


@pytest.mark.parametrize("change", [{"panels": None}, {"fieldConfig": {"overrides": [{"properties": [{}]}]}}])
def test_what_grafana_leaves_out_is_no_fault(change: dict[str, Any], tmp_path: Path) -> None:
    raw = dashboard("rw-server")
    place = {"x": 0, "y": 900, "w": 24, "h": 1}
    row = {"type": "row", "title": "Meer", "id": 7, "collapsed": False, "gridPos": place}
    raw["panels"].append({**row, **change})
    path = tmp_path / "rw-server.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert check([path]) == ()


def test_a_file_that_is_gone_does_not_stop_the_others(tmp_path: Path) -> None:
    good = tmp_path / "rw-server.json"
    good.write_text(json.dumps(dashboard("rw-server")), encoding="utf-8")
    assert [problem.key for problem in check([tmp_path / "gone.json", good])] == ["dashboards.unreadable"]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "rw-server.json"
    path.write_text("\ufeff" + json.dumps(dashboard("rw-server")), encoding="utf-8")
    assert check([path]) == ()


@pytest.mark.parametrize("tags", [5, True, -1e300, "x", {"a": 1}])
def test_tags_of_a_link_that_are_no_list_are_a_finding(tags: object, tmp_path: Path) -> None:
    path = tmp_path / "rw-server.json"
    raw = {**dashboard("rw-server"), "links": [{"type": "dashboards", "keepTime": True, "tags": tags}]}
    path.write_text(json.dumps(raw), encoding="utf-8")
    found = check([path])
    assert [problem.key for problem in found] == ["dashboards.wrong-type"]
    assert "links[0].tags" in found[0].message("en")


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_nothing_to_check_is_wrong_use(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no dashboard"):
        files(tmp_path / name)


def test_a_path_without_end_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no dashboard"):
        files(tmp_path / ("x" * 5000))


def test_a_folder_is_its_json_files_in_order(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", "notes.txt"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    assert [path.name for path in files(tmp_path)] == ["a.json", "b.json"]


@pytest.mark.parametrize("seed", range(60))
def test_no_broken_shape_is_a_traceback(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    raw = dashboard(chance.choice(["rw-regio", "rw-server"]))
    for _ in range(chance.randint(1, 6)):
        holder, key = chance.choice(list(places(raw)))
        if isinstance(holder, dict) and chance.random() < 0.2:
            del holder[key]
            continue
        holder[key] = chance.choice([None, True, -1, 10**30, 0.5, "", "$x", "{{", [], [None], {}, {"list": [1]}, [[]]])
    path = tmp_path / "x.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    found = check([path])
    assert all(problem.message("nl") and problem.file == str(path) for problem in found)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every spot of a JSON document that a fault can be planted in."""
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    below = [value[key] for key in keys if isinstance(value[key], dict | list)]
    return [(value, key) for key in keys] + [spot for inner in below for spot in places(inner)]
