"""The region as Ansible reads it: groups, what each host is told, and no secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from regiowacht.main import main
from regiowacht.verbs.inventory_ansible import needs
from regiowacht_inventory import example_path, load
from regiowacht_inventory.ansible import ansible_hosts, as_json, as_yaml, gemeente_group, site_group
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
EXAMPLE = example_path()


def listed(folder: Path) -> Any:
    region = load(folder)
    return as_json(ansible_hosts(region, needs(region)))


def changed(tmp_path: Path, file: str, old: str, new: str) -> Path:
    assert old in BASE[file]
    return write_base(tmp_path, {**BASE, file: BASE[file].replace(old, new)})


def test_groups_of_the_example() -> None:
    told = listed(EXAMPLE)
    assert told["gemeente_zandbeke"]["children"] == ["site_zandbeke__bibliotheek", "site_zandbeke__stadhuis"]
    assert told["site_zandbeke__bibliotheek"]["hosts"] == ["srv-bib.zandbeke"]
    assert "srv-dc.zandbeke" in told["os_windows"]["hosts"]
    assert "srv-dc.zandbeke" not in told["agents"]["hosts"], "it is relayed, and has no agent"
    assert {"srv-files.zandbeke", "srv-app.zandbeke"} <= set(told["pollers"]["hosts"]), "a standby asks too"
    assert told["collector"]["hosts"] == ["collector.voorbeeld"]
    assert set(told["all"]["children"]) == set(told) - {"_meta", "all"}


def test_what_a_host_is_told() -> None:
    told = listed(EXAMPLE)
    assert told["_meta"]["hostvars"]["srv-files.zandbeke"] == {
        "ansible_host": "10.12.0.10",
        "regiowacht_gemeente": "zandbeke",
        "regiowacht_site": "stadhuis",
        "regiowacht_server": "srv-files",
        "regiowacht_deliver": "scrape",
        "regiowacht_polls": True,
        "regiowacht_secret_references": ["env:SNMP_AUTH", "env:SNMP_PRIV", "file:/etc/regiowacht/community"],
    }
    assert told["_meta"]["hostvars"]["srv-dc.zandbeke"]["regiowacht_deliver"] == "relay"
    collector = told["_meta"]["hostvars"]["collector.voorbeeld"]
    assert collector["ansible_host"] == "regiowacht.example"
    assert "env:AUDIT_PASSWORD" in collector["regiowacht_collector_secret_references"]
    assert told["all"]["vars"]["regiowacht_collector_url"] == "https://regiowacht.example"


def test_a_server_without_an_address_goes_by_its_name(tmp_path: Path) -> None:
    hosts = listed(write_base(tmp_path, BASE))["_meta"]["hostvars"]
    assert hosts["srv-2.aa"]["ansible_host"] == "srv-2"


def test_an_agent_that_pushes(tmp_path: Path) -> None:
    folder = changed(tmp_path, "region.yml", "leveranciers:", "agent: {deliver: push}\nleveranciers:")
    hosts = listed(folder)["_meta"]["hostvars"]
    assert hosts["srv-1.aa"]["regiowacht_deliver"] == "push"
    assert hosts["srv-3.aa"]["regiowacht_deliver"] == "relay"


def test_certificates_are_named_where_agents_answer_over_tls(tmp_path: Path) -> None:
    folder = changed(tmp_path, "region.yml", "leveranciers:", "agent: {tls: true}\nleveranciers:")
    hosts = listed(folder)["_meta"]["hostvars"]
    assert hosts["srv-1.aa"]["regiowacht_tls_key"] == "/etc/regiowacht/agent.key"
    assert "regiowacht_tls_key" not in hosts["srv-3.aa"]


@pytest.mark.parametrize("url", ["https://10.0.0.10:9781", "https://srv-1"], ids=["address", "name"])
def test_the_collector_may_be_a_declared_server(tmp_path: Path, url: str) -> None:
    told = listed(changed(tmp_path, "region.yml", "https://regiowacht.example", url))
    assert told["collector"]["hosts"] == ["srv-1.aa"]
    assert "regiowacht_collector_secret_references" in told["_meta"]["hostvars"]["srv-1.aa"]


def test_a_region_without_a_collector_has_an_empty_group(tmp_path: Path) -> None:
    told = listed(changed(tmp_path, "region.yml", "collector: {url: https://regiowacht.example}\n", ""))
    assert told["collector"] == {"hosts": []}


def test_the_collectors_name_is_its_own(tmp_path: Path) -> None:
    text = BASE["gemeenten/aa.yml"].replace("{name: srv-2,", "{name: collector,").replace("srv-2", "collector")
    region = BASE["region.yml"].replace("regio: klein", "regio: aa")
    told = listed(write_base(tmp_path, {**BASE, "gemeenten/aa.yml": text, "region.yml": region}))
    assert told["collector"]["hosts"] == ["collector._regio"]


def test_names_of_groups_never_fall_together() -> None:
    pairs = [("a", "b-c"), ("a-b", "c"), ("a--b", "c"), ("a", "b--c"), ("a-", "b-c"), ("a---b", "c"), ("a", "b---c")]
    groups = [site_group(*pair) for pair in pairs] + [gemeente_group(slug) for slug, _ in pairs[1:4]]
    assert len(set(groups)) == len(groups)
    assert all(group.replace("_", "").isalnum() for group in groups)


def test_what_ansible_would_run_is_refused(tmp_path: Path, capsys: Captured) -> None:
    bad = "relay: \"http://10.0.0.12:9182/metrics\", relay_token: \"file:/etc/{{lookup('pipe','id')}}\""
    folder = changed(tmp_path, "gemeenten/aa.yml", 'relay: "http://10.0.0.12:9182/metrics"', bad)
    assert main(["inventory", "ansible", "--region", str(folder), "--list"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "srv-1.aa" in told.err
    assert "regiowacht_secret_references" in told.err


def test_the_file_says_what_the_list_says() -> None:
    region = load(EXAMPLE)
    found = ansible_hosts(region, needs(region))
    tree = yaml.safe_load(as_yaml(found))["all"]
    told = as_json(found)
    assert tree["hosts"] == told["_meta"]["hostvars"]
    assert tree["vars"] == told["all"]["vars"]
    for name, group in tree["children"].items():
        assert list(group.get("hosts", ())) == told[name].get("hosts", [])
        assert list(group.get("children", ())) == told[name].get("children", [])


def test_verb_answers_as_a_program_of_ansible(capsys: Captured) -> None:
    assert main(["inventory", "ansible", "--region", str(EXAMPLE), "--list"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["inventory", "ansible", "--region", str(EXAMPLE), "--host", "srv-bib.zandbeke"]) == 0
    assert json.loads(capsys.readouterr().out) == told["_meta"]["hostvars"]["srv-bib.zandbeke"]
    assert main(["inventory", "ansible", "--region", str(EXAMPLE), "--host", "srv-bib.zandbeek"]) == 2
    assert "srv-bib.zandbeke" in capsys.readouterr().err


def test_verb_writes_a_file_once(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "hosts.yml"
    words = ["inventory", "ansible", "--region", str(EXAMPLE), "--out", str(file), "--json"]
    for is_changed in (True, False):
        assert main(words) == 0
        assert json.loads(capsys.readouterr().out) == {"file": str(file), "changed": is_changed, "hosts": 13}
    assert main(["inventory", "ansible", "--region", str(EXAMPLE)]) == 0
    assert capsys.readouterr().out == file.read_text()
    assert main([*words[:-2], str(tmp_path / "none/hosts.yml")]) == 3
    assert "hosts.yml" in capsys.readouterr().err
