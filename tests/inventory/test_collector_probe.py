"""From where in a gemeente the collector is asked, by whom, and how to have it not asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_inventory import example_path, load
from regiowacht_inventory.details import describe, find_asset
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_inventory import Region

URL = "{url: https://regiowacht.example}"
GEMEENTE = """\
gemeente: bb
id: 2
name: Bb
country: NL
code: "9901"
sites:
"""


def _asked(region: Region, gemeente: str) -> dict[str, str]:
    """Return who asks, by site."""
    return {
        asset.site: asset.poller
        for asset in region.assets
        if asset.gemeente == gemeente and asset.address == "https://regiowacht.example"
    }


def _load(folder: Path, sites: str, servers: str, collector: str = URL) -> Region:
    files = {**BASE, "gemeenten/bb.yml": GEMEENTE + sites + "servers:\n" + servers}
    files["region.yml"] = files["region.yml"].replace(URL, collector)
    return load(write_base(folder, files))


def test_each_site_whose_poller_stands_there_asks() -> None:
    region = load(example_path())
    assert _asked(region, "zandbeke") == {"stadhuis": "srv-files", "bibliotheek": "srv-bib"}
    assert _asked(region, "lindemeer") == {"gemeentehuis": "srv-lin-1"}
    asset = find_asset(region, "collector-bibliotheek")
    assert (asset.kind, asset.laag, asset.job, asset.leverancier) == ("service", "connectiviteit", "probe", "")
    assert describe(region, asset).declared["url"] == "https://regiowacht.example"
    assert asset.name in describe(region, find_asset(region, "srv-bib")).polls


@pytest.mark.parametrize(
    ("sites", "servers", "wanted"),
    [
        # two pollers stand at one site: its own asks
        (
            "  far: {poller: srv-1}\n  huis: {poller: srv-2}\n",
            "  - {name: srv-1, site: huis, os: linux}\n  - {name: srv-2, site: huis, os: linux}\n",
            {"huis": "srv-2"},
        ),
        # the poller of two other sites, at a site with nothing to ask
        (
            "  a: {poller: srv-1}\n  b: {poller: srv-2}\n  huis:\n",
            "  - {name: srv-1, site: huis, os: linux}\n  - {name: srv-2, site: huis, os: linux}\n",
            {"huis": "srv-1"},
        ),
        # nobody asks anything
        ("  huis:\n", "  - {name: srv-1, site: huis, os: linux}\n", {}),
    ],
)
def test_one_poller_asks_from_where_it_stands(tmp_path: Path, sites: str, servers: str, wanted: dict[str, str]) -> None:
    assert _asked(_load(tmp_path, sites, servers), "bb") == wanted


@pytest.mark.parametrize("collector", ["{}", "{url: https://regiowacht.example, probe: No}", "{probe: true}"])
def test_where_it_is_off_nobody_asks_and_the_names_are_free(tmp_path: Path, collector: str) -> None:
    servers = "  - {name: collector-huis, site: huis, os: linux}\n"
    region = _load(tmp_path, "  huis: {poller: collector-huis}\n", servers, collector)
    assert [asset.kind for asset in region.assets if asset.gemeente == "bb"] == ["server"]


def test_on_is_on(tmp_path: Path) -> None:
    servers = "  - {name: srv-1, site: huis, os: linux}\n"
    collector = "{url: https://regiowacht.example, probe: ON}"
    assert _asked(_load(tmp_path, "  huis: {poller: srv-1}\n", servers, collector), "bb") == {"huis": "srv-1"}
