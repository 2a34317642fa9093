"""Of which assets word comes by itself, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.pushed import push_intervals
from regiowacht_collector.series import expose, region_families
from regiowacht_inventory import load
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_inventory import Region


def _region(folder: Path, agent: str, snmp: str = "60s") -> Region:
    files = dict(BASE)
    files["region.yml"] += f"snmp: {{interval: {snmp}}}\n"
    files["gemeenten/aa.yml"] += f"agent: {agent}\n"
    return load(write_base(folder, files))


def _told(region: Region) -> dict[str, int]:
    return {asset.name: interval_s for asset, interval_s in push_intervals(region)}


def test_a_server_that_pushes_brings_all_that_it_asks(tmp_path: Path) -> None:
    assert _told(_region(tmp_path, "{deliver: push, interval: 30s}", "20s")) == {
        "srv-1": 30,
        "srv-2": 30,
        "srv-3": 30,
        "collector-huis": 30,
        "wan-1": 30,
        "mail": 30,
        "rt-1": 20,
        "sw-1": 20,
        "sw-2": 20,
    }


def test_what_is_polled_every_quarter_minute_is_not_told_more_often(tmp_path: Path) -> None:
    told = _told(_region(tmp_path, "{deliver: push, interval: 5s}"))
    assert (told["srv-1"], told["mail"], told["srv-3"]) == (5, 15, 15)


def test_who_is_scraped_is_not_waited_for(tmp_path: Path) -> None:
    assert _told(_region(tmp_path, "{}")) == {}


def test_the_collector_says_it_as_series(tmp_path: Path) -> None:
    page = expose(region_families(_region(tmp_path, "{deliver: push}"))).decode()
    wanted = (
        'regiowacht_asset_push_interval_seconds{gemeente="aa",instance="rt-1",job="snmp",'
        'scope="aa/connectiviteit",site="huis"} 60.0'
    )
    assert wanted in page
    assert 'regiowacht_asset_info{gemeente="aa",instance="rt-1"' in page
