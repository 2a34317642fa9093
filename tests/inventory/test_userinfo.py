"""A password inside an address is refused however it is spelled, and never printed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_inventory import example_path

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "hunter2SECRET"


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("region.yml", "url: https://", f"url: HTTPS://a:{SECRET}@"),
        ("region.yml", "url: https://regiowacht.example", f'url: " https://u:{SECRET}@x.example"'),
        ("gemeenten/zandbeke.yml", '"http://10.12.0.11:9182', f'"HTTP://a:{SECRET}@10.12.0.11:9182'),
        ("gemeenten/zandbeke.yml", '"https://www.', f'"HTTPS://a:{SECRET}@www.'),
        ("gemeenten/zandbeke.yml", '"10.12.0.11:25"', f'"a:{SECRET}@10.12.0.11:25"'),
    ],
)
@pytest.mark.parametrize("words", [["check"], ["inventory", "list", "--region"], ["check", "--json"]])
def test_a_password_in_an_address(
    file: str, right: str, wrong: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    region = tmp_path / "region"
    shutil.copytree(example_path(), region)
    before = (region / file).read_text(encoding="utf-8")
    assert right in before
    (region / file).write_text(before.replace(right, wrong), encoding="utf-8")
    assert main([*words, str(region), "--lang", "en"], {}) == 1
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
