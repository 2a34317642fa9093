"""``regiowacht check`` of a region folder with baselines of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

RIGHT = 'version: "1"\ntitle: {nl: Regio Aa, en: Region Aa}\nrules:\n  RW-TIM-01: {count: 1}\n'


def region(tmp_path: Path, baseline: str, name: str = "eigen") -> Path:
    folder = write_base(tmp_path, {**BASE, "region.yml": f"{BASE['region.yml']}\naudit: {{baseline: {name}}}\n"})
    (folder / "baselines").mkdir()
    (folder / "baselines" / "eigen.yaml").write_text(baseline)
    return folder


def test_a_baseline_that_can_be_used_is_fine(tmp_path: Path) -> None:
    assert main(["check", str(region(tmp_path, RIGHT))]) == 0


@pytest.mark.parametrize(
    ("baseline", "says"),
    [
        (RIGHT.replace("RW-TIM-01", "RW-TIM-10"), "'RW-TIM-10'"),
        (RIGHT.replace("count", "cuont"), "cuont"),
        ("version: [", "eigen.yaml"),
    ],
    ids=["rule", "parameter", "yaml"],
)
def test_a_mistake_in_a_baseline_is_told_before_an_audit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], baseline: str, says: str
) -> None:
    folder = region(tmp_path, baseline)
    assert main(["check", str(folder), "--lang", "nl"]) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(str(folder / "baselines" / "eigen.yaml"))
    assert says in line
    assert line.count("eigen.yaml") == 1
    assert main(["check", str(folder), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert not told["valid"]
    assert len(told["problems"]) == 1


def test_a_baseline_that_is_not_there_is_told_where_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = region(tmp_path, RIGHT, "eign")
    assert main(["check", str(folder), "--lang", "en"]) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{folder / 'region.yml'}: no baseline is called 'eign'")
