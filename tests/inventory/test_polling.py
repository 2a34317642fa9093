"""Who asks a device, who stands by, and what nobody can ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_contract.defaults import POLLED_MAX
from regiowacht_contract.errors import RegionInvalid
from regiowacht_inventory import Region, example_path, load, unwatched
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AA = "gemeenten/aa.yml"


def _region(folder: Path, *changes: tuple[str, str], file: str = AA) -> Region:
    text = BASE[file]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load(write_base(folder, {**BASE, file: text}))


def _asked(region: Region) -> Mapping[str, tuple[str, str, str]]:
    return {a.name: (a.poller, a.standby, a.credential) for a in region.assets if a.job == "snmp"}


def test_a_device_has_its_sites_standby_and_its_own_credential(tmp_path: Path) -> None:
    assert _asked(_region(tmp_path)) == {
        "rt-1": ("srv-1", "srv-2", "v3"),
        "sw-1": ("srv-1", "srv-2", "v2"),
        "sw-2": ("srv-1", "srv-2", ""),
        "ups-b": ("srv-b", "", ""),
    }


def test_who_asks_a_device_by_itself_is_no_standby_of_itself(tmp_path: Path) -> None:
    asked = _asked(_region(tmp_path, ("uplink: rt-1, snmp: v2", "uplink: rt-1, snmp: v2, polled_by: srv-2")))
    assert asked["sw-1"] == ("srv-2", "", "v2")


def test_a_standby_stands_by_for_another_server_that_asks_a_device_of_its_site(tmp_path: Path) -> None:
    server = "  - {name: srv-4, site: huis, address: 10.0.0.14, os: linux}\ndevices:"
    by = ("uplink: rt-1, snmp: v2", "uplink: rt-1, snmp: v2, polled_by: srv-4")
    assert _asked(_region(tmp_path, ("devices:", server), by))["sw-1"] == ("srv-4", "srv-2", "v2")
    with pytest.raises(RegionInvalid) as raised:
        _region(tmp_path, ("devices:", server.replace("address: 10.0.0.14, ", "")), by)
    assert [problem.key for problem in raised.value.problems] == ["inventory.standby-blind"]
    assert "srv-4" in raised.value.problems[0].message("nl")


def test_a_server_that_would_ask_more_than_its_agent_takes_is_named(tmp_path: Path) -> None:
    row = "  - {{name: x-{0}, site: huis, address: x-{0}.example, kind: printer, snmp: v2}}\n"
    begin = "services:\n"
    many = "".join(row.format(number) for number in range(POLLED_MAX - 2))  # two more are there
    _region(tmp_path, (begin, many + begin))
    with pytest.raises(RegionInvalid) as raised:
        _region(tmp_path, (begin, many + row.format("more") + begin))
    told = [(problem.key, problem.values["value"]) for problem in raised.value.problems]
    assert told == [("inventory.too-many-polled", "srv-1"), ("inventory.too-many-polled", "srv-2")]


def test_without_devices_that_are_asked_a_standby_needs_to_find_nobody(tmp_path: Path) -> None:
    region = _region(tmp_path, (", snmp: v3, ssh: ssh", ""), (", snmp: v2", ""), ("address: 10.0.0.10, ", ""))
    assert [asset.name for asset in unwatched(region)["snmp"]] == ["rt-1", "sw-1", "sw-2", "ups-b"]


@pytest.mark.parametrize(("said", "interval_s"), [("", 60), ("snmp:", 60), ("snmp: {interval: 30s}", 30)])
def test_the_region_says_how_often_devices_are_asked(tmp_path: Path, said: str, interval_s: int) -> None:
    region = _region(tmp_path, ("regio: klein", f"regio: klein\n{said}"), file="region.yml")
    assert region.snmp.interval_s == interval_s


def test_what_nobody_can_ask_is_named_by_what_it_lacks(tmp_path: Path) -> None:
    region = _region(tmp_path, (", far_end: 10.255.0.1", ""))
    named = {lack: [asset.name for asset in assets] for lack, assets in unwatched(region).items()}
    assert named == {"snmp": ["sw-2", "ups-b"], "far-end": ["wan-1"], "address": ["srv-2", "srv-b"]}


def test_check_says_so_and_the_region_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write_base(tmp_path))
    assert main(["check", folder]) == 0
    told = capsys.readouterr().out
    assert "2 toestellen worden niet bevraagd" in told
    assert "want er staat geen snmp bij: aa/sw-2, bb/ups-b" in told
    assert main(["check", folder, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unwatched"]["snmp"] == ["aa/sw-2", "bb/ups-b"]


def test_of_the_example_one_camera_alone_is_not_watched() -> None:
    assert {lack: [a.name for a in assets] for lack, assets in unwatched(load(example_path())).items()} == {
        "snmp": ["cam-loods"]
    }
