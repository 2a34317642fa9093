"""Whether an agent pushes is said by its server, else by its gemeente, else by the region, key by key."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.render import bundles
from regiowacht_collector import Options, render
from regiowacht_contract.errors import RegionInvalid
from regiowacht_inventory import AgentPush, load, unwatched
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_inventory import Region

SRV_1 = "address: 10.0.0.10, os: linux"
URL = "https://regiowacht.example"


def _files(region: str = "", gemeente: str = "", server: str = "", collector: str = "") -> dict[str, str]:
    """Return the small region with ``agent:`` at three places."""
    files = dict(BASE)
    if region:
        files["region.yml"] += f"agent: {region}\n"
    if gemeente:
        files["gemeenten/aa.yml"] += f"agent: {gemeente}\n"
    if server:
        files["gemeenten/aa.yml"] = files["gemeenten/aa.yml"].replace(SRV_1, f"{SRV_1}, agent: {server}")
    if collector:
        files["region.yml"] = files["region.yml"].replace(f"{{url: {URL}}}", collector)
    return files


def _load(folder: Path, region: str = "", gemeente: str = "", server: str = "", collector: str = "") -> Region:
    return load(write_base(folder, _files(region, gemeente, server, collector)))


@pytest.mark.parametrize(
    ("region", "gemeente", "server", "wanted"),
    [
        ("", "", "", [None, None, None]),
        ("{deliver: push}", "", "", [AgentPush(URL)] * 3),
        ("{deliver: push}", "", "{deliver: scrape}", [None, AgentPush(URL), AgentPush(URL)]),
        ("{deliver: push}", "{deliver: scrape}", "{deliver: push}", [AgentPush(URL), None, AgentPush(URL)]),
        (
            "{deliver: push, interval: 30s, proxy: 'http://proxy.example:3128'}",
            "{proxy: 'http://proxy.aa.example:3128'}",
            "{interval: 5s}",
            [
                AgentPush(URL, 5, "", "http://proxy.aa.example:3128"),
                AgentPush(URL, 30, "", "http://proxy.aa.example:3128"),
                AgentPush(URL, 30, "", "http://proxy.example:3128"),
            ],
        ),
    ],
)
def test_the_nearest_says_it(
    tmp_path: Path, region: str, gemeente: str, server: str, wanted: list[AgentPush | None]
) -> None:
    found = {asset.name: asset.push for asset in _load(tmp_path, region, gemeente, server).assets}
    assert [found[name] for name in ("srv-1", "srv-2", "srv-b")] == wanted
    assert found["srv-3"] is None  # it has no agent


def test_who_pushes_is_not_scraped_and_who_is_scraped_does_not_push(tmp_path: Path) -> None:
    region = _load(tmp_path, "{deliver: push}", "", "{deliver: scrape}")
    bundled = {asset.name for asset, content in bundles(region) if "push" in tomllib.loads(content.decode())}
    rendered = render(region)
    scraped = [label for path in ("aa", "bb") for label in json.loads(rendered[f"targets/{path}.json"])]
    assert bundled == {"srv-2", "srv-b"}
    assert [group["labels"]["instance"] for group in scraped] == ["srv-1"]


def test_nothing_of_one_that_pushes_is_scraped_its_pages_of_others_neither(tmp_path: Path) -> None:
    files = render(_load(tmp_path, "{deliver: push}"))
    assert json.loads(files["targets/aa.json"]) == []
    assert b"assets of" not in files["prometheus.yml"]
    assert b"devices of" not in files["prometheus.yml"]


def test_an_address_that_is_named_is_asked_also_where_it_pushes(tmp_path: Path) -> None:
    files = render(_load(tmp_path, "{deliver: push}"), Options(addresses={("aa", "srv-1"): "127.0.0.1:1"}))
    assert [group["targets"] for group in json.loads(files["targets/aa.json"])] == [["127.0.0.1:1"]]


def test_the_agent_is_told_where_and_how(tmp_path: Path) -> None:
    region = _load(
        tmp_path,
        "{deliver: push, interval: 20s, proxy: 'http://p.example:3128'}",
        collector="{url: https://regiowacht.example/, ca: /etc/ca.pem}",
    )
    told = {asset.name: tomllib.loads(content.decode()) for asset, content in bundles(region)}
    assert told["srv-1"]["push"] == {
        "url": URL,
        "interval_s": 20,
        "ca": "/etc/ca.pem",
        "proxy": "http://p.example:3128",
    }


def test_who_pushes_opens_no_port_unless_its_standby_asks_it(tmp_path: Path) -> None:
    told = {asset.name: tomllib.loads(content.decode()) for asset, content in bundles(_load(tmp_path))}
    assert told["srv-2"]["listen"] == "[::]:9780"
    told = {
        asset.name: tomllib.loads(content.decode()) for asset, content in bundles(_load(tmp_path, "{deliver: push}"))
    }
    assert told["srv-1"]["listen"] == "10.0.0.10:9780"  # srv-2 asks whether it still polls
    assert told["srv-2"]["listen"] == told["srv-b"]["listen"] == "127.0.0.1:9780"


def test_who_pushes_needs_no_address(tmp_path: Path) -> None:
    assert {asset.name for asset in unwatched(_load(tmp_path / "a")).get("address", ())} == {"srv-2", "srv-b"}
    assert "address" not in unwatched(_load(tmp_path / "b", "{deliver: push}"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9781", "http://[::1]:9781", "http://localhost", "https://10.0.0.9"])
def test_on_one_machine_it_may_go_without_tls(tmp_path: Path, url: str) -> None:
    region = _load(tmp_path, "{deliver: push}", collector=f'{{url: "{url}"}}')
    assert {asset.push.url for asset in region.assets if asset.push} == {url}


@pytest.mark.parametrize("where", ["region", "gemeente", "server"])
def test_a_push_to_nowhere_is_told_where_it_is_said(tmp_path: Path, where: str) -> None:
    files = _files(**{where: "{deliver: push}"}, collector="{}")
    with pytest.raises(RegionInvalid) as caught:
        load(write_base(tmp_path, files))
    (problem,) = caught.value.problems
    assert problem.key == "inventory.push-nowhere"
    assert problem.file.endswith("region.yml" if where == "region" else "gemeenten/aa.yml")
    assert "collector: {url: https://…}" in problem.message("nl")


def test_a_push_in_the_clear_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegionInvalid) as caught:
        _load(tmp_path, "", "{deliver: push}", collector="{url: http://regiowacht.example}")
    (problem,) = caught.value.problems
    assert problem.file.endswith("region.yml")
    assert (problem.line, problem.key) == (5, "inventory.push-in-the-clear")
    assert "https://" in problem.message("nl")
