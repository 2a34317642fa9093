"""What a region that is right looks like to the other rooms."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from regiowacht_contract.errors import UsageError
from regiowacht_inventory import Asset, Region, example_path, load, select
from regiowacht_inventory.details import describe, find_asset
from regiowacht_inventory.values import has_userinfo, is_address, is_url, parse_bandwidth, split_host_port
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def example() -> Region:
    return load(example_path())


def names(assets: tuple[Asset, ...]) -> list[str]:
    return [asset.name for asset in assets]


def test_the_example_is_what_docs_tests_and_demo_count_on(example: Region) -> None:
    assert [gemeente.gemeente for gemeente in example.gemeenten] == ["lindemeer", "oosthove", "wilgenrade", "zandbeke"]
    assert len(example.trajecten) == 2
    kinds = {asset.kind for asset in example.assets}
    assert {
        "server",
        "link",
        "service",
        "switch",
        "firewall",
        "access_point",
        "wifi_controller",
        "ups",
        "printer",
    } <= kinds
    assert {asset.job for asset in example.assets} == {"node", "relay", "snmp", "probe"}
    files = find_asset(example, "srv-files")
    assert (files.gemeente, files.site, files.job) == ("zandbeke", "stadhuis", "node")


def test_assets_are_sorted_and_their_names_unique_in_a_gemeente(example: Region) -> None:
    places = [(asset.gemeente, asset.site, asset.name) for asset in example.assets]
    assert places == sorted(places)
    assert len({asset.key for asset in example.assets}) == len(example.assets)


def test_each_way_to_be_an_asset(tmp_path: Path) -> None:
    region = load(write_base(tmp_path))
    found = {asset.key: asset for asset in region.assets}
    assert found["aa", "wan-1"] == Asset(
        gemeente="aa",
        site="huis",
        name="wan-1",
        kind="link",
        laag="connectiviteit",
        job="probe",
        leverancier="telco-a",
        uplink="rt-1",
        poller="srv-1",
        address="10.255.0.1",
    )
    assert found["aa", "srv-1"].job == "node"
    assert found["aa", "srv-1"].poller == ""
    assert (found["aa", "srv-3"].job, found["aa", "srv-3"].poller) == ("relay", "srv-1")
    assert (found["aa", "sw-2"].uplink, found["aa", "sw-2"].address) == ("sw-1", "2001:db8::2")
    assert (found["aa", "mail"].laag, found["aa", "mail"].address) == ("infrastructuur", "10.0.0.11:25")
    assert (found["bb", "ups-b"].laag, found["bb", "ups-b"].poller) == ("infrastructuur", "srv-b")


def test_values_stand_in_base_units_and_official_shapes(tmp_path: Path) -> None:
    region = load(write_base(tmp_path))
    assert region.gemeenten[0].sites["huis"].uplinks[0].bandwidth_bps == 500_000_000
    assert region.gemeenten[1].code == "GM9901"
    assert region.leveranciers["telco-a"].sla == 0.995
    assert region.trajecten[0].from_day.isoformat() == "2026-01-01"
    assert region.credentials["v3"].is_snmp
    assert not region.credentials["ssh"].is_snmp
    assert region.collector.url == "https://regiowacht.example"


def test_a_region_is_frozen(tmp_path: Path) -> None:
    region = load(write_base(tmp_path))
    with pytest.raises(FrozenInstanceError):
        region.assets[0].name = "x"  # type: ignore[misc]  # that it is refused is the point
    with pytest.raises(ValidationError):
        region.gemeenten[0].name = "x"


def test_keys_with_nothing_below_them_are_empty(tmp_path: Path) -> None:
    text = 'gemeente: bb\nid: 2\nname: Bb\ncountry: NL\ncode: "GM9901"\nsites:\n  huis:\nservers:\ndevices: ~\n'
    region = load(write_base(tmp_path, {**BASE, "gemeenten/bb.yml": text}))
    assert region.gemeenten[1].sites["huis"].uplinks == ()
    assert region.gemeenten[1].devices == ()


def test_words_that_yaml_takes_for_something_else_stay_words(tmp_path: Path) -> None:
    text = (
        BASE["gemeenten/bb.yml"]
        .replace("name: Bb", "name: on")
        .replace("ups-b", "2024")
        .replace("2024.example", "no.example")
    )
    region = load(write_base(tmp_path, {**BASE, "gemeenten/bb.yml": text}))
    assert region.gemeenten[1].name == "on"
    assert region.gemeenten[1].devices[0].name == "2024"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ([], 12),
        (["gemeente=aa"], 9),
        (["gemeente=aa,bb", "kind=ups"], 1),
        (["kind=switch,router"], 3),
        (["laag=connectiviteit", "gemeente=aa"], 5),
        (["site=huis", "name=mail"], 1),
        (["traject=netwerk"], 6),
        (["traject=netwerk", "gemeente=bb"], 1),
    ],
)
def test_select(tmp_path: Path, words: list[str], wanted: int) -> None:
    assert len(select(load(write_base(tmp_path)), words)) == wanted


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("aa", "KEY=VALUE"),
        ("gemente=aa", "did you mean gemeente?"),
        ("kind=swich", "did you mean switch?"),
        ("laag=xx", "there is: connectiviteit, infrastructuur"),
        ("traject=netwrk", "did you mean netwerk?"),
        ("gemeente=aa,", "has no gemeente ''"),
    ],
)
def test_select_refuses_what_it_does_not_know(tmp_path: Path, word: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        select(load(write_base(tmp_path)), [word])
    assert told in caught.value.message("en")


def test_details(example: Region) -> None:
    details = describe(example, find_asset(example, "ap-loket"))
    assert names(details.up) == ["sw-stadhuis-2", "sw-stadhuis-1", "fw-stadhuis", "rt-stadhuis"]
    assert names(describe(example, details.up[0]).below) == ["ap-loket", "prn-loket"]
    assert details.declared["snmp"] == "snmp-v3"
    assert [traject.name for traject in details.trajecten] == ["netwerk-op-orde"]
    assert "srv-dc" in describe(example, find_asset(example, "srv-files")).polls


def test_a_name_of_several_gemeenten_lists_them(example: Region) -> None:
    with pytest.raises(UsageError, match="oosthove/wan-1, wilgenrade/wan-1, zandbeke/wan-1"):
        find_asset(example, "wan-1")
    assert find_asset(example, "oosthove/wan-1").gemeente == "oosthove"
    with pytest.raises(UsageError, match="did you mean srv-files"):
        find_asset(example, "srv-file")


@pytest.mark.parametrize("text", ["10.0.0.1", "0.0.0.0", "::1", "fe80::1", "srv.example", "srv-1", "a_b.example", "x."])
def test_addresses(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["10.0.0.256", "10.0.0", "1", "010.0.0.1", "10.0.0.1:80", "a b", "", "-a", "a..b", "x.1", "fe80::g", "é"]
)
def test_no_addresses(text: str) -> None:
    assert not is_address(text)


def test_the_other_shapes() -> None:
    assert split_host_port("[2001:db8::1]:25") == ("2001:db8::1", 25)
    assert split_host_port("2001:db8::1:25") is None
    assert split_host_port("a:0") is None
    assert split_host_port("a:65536") is None
    assert is_url("https://[2001:db8::1]:8443/x")
    assert not is_url("https://")
    assert not is_url("ftp://a")
    assert not is_url("http://a:x/")
    assert has_userinfo("http://a:b@c/")
    assert not has_userinfo("http://c/@x")
    assert [parse_bandwidth(text) for text in ("64k", "500M", "1G", "1.5G", "100")] == [64e3, 5e8, 1e9, 1.5e9, 100]
