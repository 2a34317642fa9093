"""Every mistake is told at its line, once, with nothing false behind it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_contract.errors import RegionInvalid
from regiowacht_contract.texts import LANGS
from regiowacht_inventory import load
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from collections.abc import Mapping

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "cases.toml").read_text(encoding="utf-8"))["case"]


def broken(case: Mapping[str, Any]) -> dict[str, str]:
    """Return the base region with a case's mistake in it."""
    old, new = case["replace"]
    text = BASE[case["file"]]
    assert old in text, "the case no longer fits base.py"
    if "repeat" in case:
        new = new.replace(case["repeat"][0], "x" * case["repeat"][1])
    return {**BASE, case["file"]: new if case.get("whole") else text.replace(old, new)}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: Mapping[str, Any], tmp_path: Path) -> None:
    folder = write_base(tmp_path, broken(case))
    with pytest.raises(RegionInvalid) as caught:
        load(folder)
    problems = caught.value.problems
    found = [f"{problem.place().removeprefix(f'{folder}/')} {problem.key}" for problem in problems]
    assert found == case["expect"]
    for problem in problems:
        for lang in LANGS:
            assert problem.message(lang)
            assert "hunter2" not in problem.message(lang)


def test_the_base_is_right(tmp_path: Path) -> None:
    region = load(write_base(tmp_path))
    assert len(region.assets) == 12
    assert [gemeente.code for gemeente in region.gemeenten] == ["44990", "GM9901"]


def test_every_mistake_of_all_files_at_once_sorted_by_place(tmp_path: Path) -> None:
    files = dict(BASE)
    files["region.yml"] = files["region.yml"].replace("language: nl", "language: fr")
    files["gemeenten/aa.yml"] = (
        files["gemeenten/aa.yml"].replace("os: windows}", "os: windos}").replace("id: 1", "id: x")
    )
    files["gemeenten/bb.yml"] = files["gemeenten/bb.yml"].replace("kind: ups", "kind: upz")
    folder = write_base(tmp_path, files)
    with pytest.raises(RegionInvalid) as caught:
        load(folder)
    places = [problem.place().removeprefix(f"{folder}/") for problem in caught.value.problems]
    assert places == ["gemeenten/aa.yml:2", "gemeenten/aa.yml:15", "gemeenten/bb.yml:12", "region.yml:3"]


def test_both_places_of_a_duplicate_are_named(tmp_path: Path) -> None:
    files = {**BASE, "gemeenten/bb.yml": BASE["gemeenten/bb.yml"].replace("id: 2", "id: 1")}
    folder = write_base(tmp_path, files)
    with pytest.raises(RegionInvalid) as caught:
        load(folder)
    (problem,) = caught.value.problems
    assert problem.place() == f"{folder}/gemeenten/bb.yml:2"
    assert f"{folder}/gemeenten/aa.yml:2" in problem.message("en")


def test_a_loop_is_printed(tmp_path: Path) -> None:
    text = BASE["gemeenten/aa.yml"].replace("snmp: v3, ssh: ssh", "uplink: sw-2")
    with pytest.raises(RegionInvalid) as caught:
        load(write_base(tmp_path, {**BASE, "gemeenten/aa.yml": text}))
    assert "rt-1 -> sw-2 -> sw-1 -> rt-1" in str(caught.value.problems[0].message("nl"))


def test_the_nearest_right_name_is_told(tmp_path: Path) -> None:
    text = (
        BASE["gemeenten/aa.yml"]
        .replace("kind: switch", "kind: swich")
        .replace("leverancier: telco-a", "leverancier: telko-a")
    )
    with pytest.raises(RegionInvalid) as caught:
        load(write_base(tmp_path, {**BASE, "gemeenten/aa.yml": text}))
    told = [problem.message("nl") for problem in caught.value.problems]
    assert "bedoelde u telco-a?" in told[0]
    assert "bedoelde u switch?" in told[1]
