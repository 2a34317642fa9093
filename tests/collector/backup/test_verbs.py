"""``regiowacht collector backup|restore`` on a collector that runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.collector.test_verbs import a_running_collector, copy_of_the_example, regiowacht

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.tools
def test_a_running_collector_is_backed_up_and_brought_back(tmp_path: Path) -> None:
    region, data, file = copy_of_the_example(tmp_path), tmp_path / "data", tmp_path / "backup.tar"
    with a_running_collector(region, data) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("prometheus ")
        made = regiowacht("backup", str(file), "--data", str(data), "--region", str(region), "--json")
        again = regiowacht("backup", str(file), "--data", str(data))
    told = json.loads(made.stdout)
    assert (made.returncode, told["file"], told["size_bytes"]) == (0, str(file), file.stat().st_size), made.stderr
    assert (again.returncode, "is there already" in again.stderr) == (2, True)

    new, new_region = tmp_path / "new", tmp_path / "new-region"
    back = regiowacht("restore", str(file), "--data", str(new), "--region", str(new_region))
    assert back.returncode == 0, back.stderr
    assert f"collector run --data {new}" in back.stderr
    assert (new_region / "region.yml").read_bytes() == (region / "region.yml").read_bytes()
    with a_running_collector(new_region, new) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("prometheus ")

    in_the_way = regiowacht("restore", str(file), "--data", str(new))
    assert (in_the_way.returncode, "is not empty" in in_the_way.stderr) == (2, True)


def test_a_file_that_is_no_backup_is_told(tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(b"no")
    found = regiowacht("restore", str(tmp_path / "b.tar"), "--data", str(tmp_path / "new"))
    assert found.returncode == 1
    assert "nothing was brought back" in found.stderr
