"""Uplinks put into gemeente files: one key each, where people would write it, and not a byte else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.errors import Unavailable
from regiowacht_inventory import load
from regiowacht_inventory.importing.write import write_changes
from regiowacht_inventory.neighbours import propose
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

AA = "gemeenten/aa.yml"
WAYS = {
    "one line": (
        "  - {name: sw-9, site: huis, address: 10.0.0.9, kind: switch, snmp: v2} # new\n",
        "  - {name: sw-9, site: huis, address: 10.0.0.9, kind: switch, uplink: sw-1, snmp: v2} # new\n",
    ),
    "platform": (
        "  - {name: sw-9, site: huis, kind: switch, platform: huawei, address: 10.0.0.9}\n",
        "  - {name: sw-9, site: huis, kind: switch, platform: huawei, uplink: sw-1, address: 10.0.0.9}\n",
    ),
    "quotes and a comma": (
        '  - { \'name\': "sw-9", site: huis, address: 10.0.0.9, kind: "switch" , }\n',
        '  - { \'name\': "sw-9", site: huis, address: 10.0.0.9, kind: "switch", uplink: sw-1 , }\n',
    ),
    "two lines": (
        "  - {name: sw-9, site: huis,\n     kind: switch, address: 10.0.0.9}\n",
        "  - {name: sw-9, site: huis,\n     kind: switch, uplink: sw-1, address: 10.0.0.9}\n",
    ),
    "block": (
        "  - name: sw-9\n    site: huis\n    kind: switch   # in the cellar\n    address: 10.0.0.9\n",
        "  - name: sw-9\n    site: huis\n    kind: switch   # in the cellar\n    uplink: sw-1\n    address: 10.0.0.9\n",
    ),
    "block that ends so": (
        "  - name: sw-9\n    site: huis\n    address: 10.0.0.9\n    kind: switch\n\n    # below\n",
        "  - name: sw-9\n    site: huis\n    address: 10.0.0.9\n    kind: switch\n    uplink: sw-1\n\n    # below\n",
    ),
}


def region(tmp_path: Path, device: str, ending: str = "\n") -> Path:
    text = BASE[AA].replace("services:\n", device + "services:\n").replace("\n", ending)
    write_base(tmp_path, BASE)
    (tmp_path / AA).write_bytes(text.encode())
    return tmp_path


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("way", WAYS)
def test_the_key_stands_where_people_write_it(tmp_path: Path, way: str, ending: str) -> None:
    before, after = WAYS[way]
    folder = region(tmp_path, before, ending)
    old = (folder / AA).read_bytes()
    report = propose(folder, {("aa", "sw-9"): ("aa", "sw-1")}, dry_run=False)
    assert report.is_whole
    assert report.written == [str(folder / AA)]
    wanted = old.replace(before.replace("\n", ending).encode(), after.replace("\n", ending).encode())
    assert (folder / AA).read_bytes() == wanted
    assert next(asset.uplink for asset in load(folder).assets if asset.name == "sw-9") == "sw-1"


def test_a_dry_run_shows_and_writes_nothing(tmp_path: Path) -> None:
    folder = region(tmp_path, WAYS["one line"][0])
    old = (folder / AA).read_bytes()
    report = propose(folder, {("aa", "sw-9"): ("aa", "sw-1")}, dry_run=True)
    assert (report.is_whole, report.placed, report.written) == (True, 1, [])
    assert "+" + WAYS["one line"][1] in report.diff()
    assert (folder / AA).read_bytes() == old


def test_what_would_be_a_circle_is_not_written(tmp_path: Path) -> None:
    folder = write_base(tmp_path)
    report = propose(folder, {("aa", "rt-1"): ("aa", "sw-2")}, dry_run=False)
    assert [problem.key for problem in report.invalid] == ["inventory.uplink-loop"]
    assert (report.is_whole, report.written) == (False, [])
    assert (folder / AA).read_text() == BASE[AA]


def test_a_device_that_is_gone_or_has_one_is_told(tmp_path: Path) -> None:
    folder = write_base(tmp_path)
    report = propose(folder, {("aa", "gone"): ("aa", "sw-1"), ("aa", "sw-2"): ("aa", "rt-1")}, dry_run=False)
    assert [problem.key for problem in report.unplaced] == ["inventory.paste"] * 2
    assert "uplink: rt-1" in report.unplaced[1].message("nl")
    assert (report.placed, report.changes, report.is_whole) == (0, [], False)


def test_nothing_to_propose_is_no_change(tmp_path: Path) -> None:
    report = propose(write_base(tmp_path), {}, dry_run=False)
    assert (report.is_whole, report.changes) == (True, [])


def test_a_file_that_somebody_changed_meanwhile_stays(tmp_path: Path) -> None:
    folder = region(tmp_path, WAYS["one line"][0])
    report = propose(folder, {("aa", "sw-9"): ("aa", "sw-1")}, dry_run=True)
    (folder / AA).write_text(BASE[AA])
    with pytest.raises(Unavailable):
        write_changes(report.changes)
    assert (folder / AA).read_text() == BASE[AA]
