"""``regiowacht inventory discover``: a search of a network held against a gemeente, and written into its file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht.main import main
from regiowacht_contract.errors import EXIT_FINE, EXIT_FOUND, EXIT_USAGE
from regiowacht_inventory import load
from regiowacht_inventory.discovered.answer import Found
from regiowacht_inventory.discovered.rows import free_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EN = {"LANG": "en_GB.UTF-8"}
REGION = """\
name: Voorbeeldregio
regio: voorbeeld
language: en
credentials:
  snmp-v2: {version: 2c, community: "env:FAKE_COMMUNITY"}
  snmp-v3: {version: 3, user: monitor}
"""
GEMEENTE = """\
# Zandbeke, kept by hand.
gemeente: zandbeke
id: 12
name: Zandbeke
country: BE
code: "44999"

sites:
  stadhuis: {poller: srv-1}
  loods: {poller: srv-1}

servers:
  - {name: srv-1, site: stadhuis, address: 10.12.0.10, os: linux}

devices:
  - {name: sw-1, site: stadhuis, address: 10.12.0.1, kind: switch, snmp: snmp-v2}   # in the cellar
  - {name: sw-2, site: stadhuis, address: 10.12.0.2, kind: switch, snmp: snmp-v2}
  - {name: ups-1, site: stadhuis, address: 10.12.0.3, kind: ups, snmp: snmp-v2}
  - {name: cam-1, site: stadhuis, address: 10.12.0.4, kind: camera}
  - {name: sw-loods, site: loods, address: 10.12.8.1, kind: switch, snmp: snmp-v2}
"""


def device(address: str, name: str, kind: str = "switch", **more: object) -> dict[str, object]:
    return {
        "address": address,
        "credential": "snmp-v2",
        "name": name,
        "kind": kind,
        "platform": "",
        "family": "aruba_cx",
        "vendor": "HPE Aruba",
        "serial": "",
        "macs": [],
        **more,
    }


@pytest.fixture
def region(tmp_path: Path) -> Path:
    folder = tmp_path / "region"
    (folder / "gemeenten").mkdir(parents=True)
    (folder / "region.yml").write_text(REGION)
    (folder / "gemeenten" / "zandbeke.yml").write_text(GEMEENTE)
    return folder


def discover(region: Path, devices: list[dict[str, object]], *words: str, **more: object) -> int:
    file = region.parent / "found.json"
    answer = {"networks": ["10.12.0.0/24"], "complete": True, "devices": devices, **more}
    file.write_text(json.dumps(answer, indent=2))
    return main(["inventory", "discover", "--from", str(file), "--region", str(region), *words], EN)


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def names(found: Mapping[str, Any], key: str) -> list[tuple[str, str]]:
    return [(one["name"], (one.get("found") or one)["address"]) for one in found[key]]


STREET: list[dict[str, object]] = [
    device("10.12.0.1", "sw-1.zandbeke.example", serial="SG00CX0001", macs=["02:00:00:00:00:01"]),
    device("10.12.0.77", "SW-2", serial="SG00CX0002"),
    device("10.12.0.90", "sw-1-again", serial="SG00CX0001"),
    device("10.12.0.91", "anything", macs=["02:00:00:00:00:01"]),
    device("10.12.0.20", "Printer Balie (1e)", "printer", family="hp_printer", vendor="HP"),
    device("10.12.0.21", "localhost", "printer", family="hp_printer", vendor="HP"),
    device("10.12.0.30", "esx-1", "server", family="vmware_esxi"),
    {"address": "10.12.0.66", "credential": "", "refused": {"snmp-v3": "user"}},
]


def test_what_answers_is_matched_new_moved_or_gone(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (region / "gemeenten" / "zandbeke.yml").read_bytes()
    assert discover(region, STREET, "--json") == EXIT_FOUND  # the server is left to people
    found = told(capsys)
    assert names(found, "matched") == [("sw-1", "10.12.0.1")]
    assert names(found, "moved") == [("sw-2", "10.12.0.77")]
    assert names(found, "also") == [("sw-1", "10.12.0.90"), ("sw-1", "10.12.0.91")]
    assert [one["address"] for one in found["new"]] == ["10.12.0.20", "10.12.0.21", "10.12.0.30"]
    assert [one["address"] for one in found["refused"]] == ["10.12.0.66"]
    assert found["gone"] == [{"name": "ups-1", "address": "10.12.0.3"}]
    assert [one["problem"] for one in found["unplaced"]] == ["discover.is-server"]
    assert "+  - {name: printer-balie" in found["diff"]
    assert (region / "gemeenten" / "zandbeke.yml").read_bytes() == before


def test_what_is_new_is_written_and_no_line_is_touched(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = [one for one in STREET if one.get("kind") == "printer"]
    assert discover(region, new, "--write") == EXIT_FINE
    file = region / "gemeenten" / "zandbeke.yml"
    assert file.read_text().startswith(GEMEENTE)
    added = {asset.name: asset for asset in load(region).assets if asset.kind == "printer"}
    assert {name: (one.address, one.site, one.credential) for name, one in added.items()} == {
        "printer-balie-1e": ("10.12.0.20", "stadhuis", "snmp-v2"),
        "printer-10-12-0-21": ("10.12.0.21", "stadhuis", "snmp-v2"),
    }
    capsys.readouterr()
    assert discover(region, new, "--json") == EXIT_FINE
    again = told(capsys)
    assert len(again["matched"]) == 2
    assert again["new"] == []
    assert again["diff"] == ""


def test_a_person_reads_what_to_look_at(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    devices = [*STREET, device("10.12.0.2", "other-name", "firewall", platform="fortinet")]
    discover(region, devices)
    out, err = capsys.readouterr()
    assert "+  - {name: printer-balie-1e, site: stadhuis" in out
    for line in (
        "new: 10.12.0.20 Printer Balie (1e), printer, HP",
        "one more address of sw-1: 10.12.0.90",
        "gone: ups-1 does not answer at 10.12.0.3",
        "unknown: 10.12.0.66 answers",
        "different: sw-2 (10.12.0.2): kind is firewall, the file says switch",
        "nothing written; with --write 3 devices are added",
    ):
        assert line in err


def test_a_search_that_was_broken_off_says_nothing_of_who_is_gone(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    discover(region, [], "--json", complete=False)
    assert told(capsys)["gone"] == []


def test_a_site_is_not_guessed(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    far = [device("10.99.0.1", "sw-far")]
    assert discover(region, far, "--json") == EXIT_FOUND
    assert [one["problem"] for one in told(capsys)["unplaced"]] == ["discover.no-site"]
    assert discover(region, far, "--site", "loods", "--write") == EXIT_FINE
    assert [asset.site for asset in load(region).assets if asset.name == "sw-far"] == ["loods"]


def test_a_credential_that_the_region_has_not_is_told_with_its_line(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert discover(region, [device("10.12.0.50", "sw-50", credential="other")], "--json") == EXIT_FOUND
    (problem,) = told(capsys)["unplaced"]
    assert problem["problem"] == "inventory.no-credential"
    assert "10.12.0.50" in (region.parent / "found.json").read_text().splitlines()[problem["line"] - 1]


@pytest.mark.parametrize(
    ("words", "more", "says"),
    [
        (("--gemeente", "zandbeek"), {}, "zandbeke"),
        (("--site", "lods"), {}, "loods"),
        ((), {"devices": [{"address": "10.12.0.1; rm"}]}, "not what regiowacht snmp discover"),
        ((), {"networks": "all"}, "not what regiowacht snmp discover"),
    ],
)
def test_mistakes_are_told(
    region: Path, words: tuple[str, ...], more: dict[str, Any], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert discover(region, more.pop("devices", []), *words, **more) == EXIT_USAGE
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("told_name", "expected"),
    [
        ("SW-Stadhuis-1.example.org", "sw-stadhuis-1"),
        ("sw-1", "sw-1-2"),
        ("", "switch-10-1-2-3"),
        ("  ../../etc\x1b[2J", "switch-10-1-2-3"),
        ("{a: b}", "a-b"),
        ("x" * 200, "x" * 60),
    ],
)
def test_names_are_safe_and_unique(told_name: str, expected: str) -> None:
    taken = {"sw-1"}
    found = Found(address="10.1.2.3", credential="snmp-v2", name=told_name, kind="switch")
    assert free_name(found, taken) == expected
    assert expected in taken
