"""What the how-to pages show works as it stands there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from regiowacht.main import main
from regiowacht_inventory import AgentTls, example_path, load
from regiowacht_inventory.importing import import_csv

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"


def blocks(page: str, language: str) -> list[str]:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def my_region(tmp_path: Path) -> Path:
    folder = tmp_path / "my-region"
    shutil.copytree(example_path(), folder)
    return folder


def test_the_gemeente_that_the_page_adds(my_region: Path) -> None:
    (my_region / "gemeenten" / "wilgenrade.yml").write_text(blocks("describe-a-region.md", "yaml")[0], encoding="utf-8")
    region = load(my_region)
    names = [asset.name for asset in region.assets if asset.gemeente == "wilgenrade"]
    assert names == ["collector-gemeentehuis", "srv-wil", "sw-wil"]


def test_the_sheet_that_the_page_imports(my_region: Path) -> None:
    text = blocks("import-a-spreadsheet.md", "csv")[0]
    csv = my_region / "equipment.csv"
    csv.write_text(text, encoding="utf-8")
    report = import_csv(csv, my_region, dry_run=False)
    assert (report.is_whole, report.notes) == (True, [])
    assert load(my_region).gemeenten[1].gemeente == "nieuwbrugge"


def test_the_commands_that_the_page_shows(my_region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = "\n".join(blocks("describe-a-region.md", "sh")).splitlines()
    commands = [re.split(r" [>|]+ ", line)[0].split() for line in shown if line.startswith("regiowacht ")]
    assert len(commands) == 7
    for command in commands:
        words = [word.replace("my-region", str(my_region)) for word in command[1:]]
        assert main([str(my_region) if word == "." else word for word in words]) == 0
        assert capsys.readouterr().out


def test_what_the_page_about_network_gear_declares(my_region: Path) -> None:
    whole, gemeente = blocks("poll-network-gear.md", "yaml")
    region_file = my_region / "region.yml"
    shared = region_file.read_text(encoding="utf-8").partition("credentials:")[0]
    whole = whole.replace("credentials:\n", 'credentials:\n  ssh-audit: {user: audit, password: "env:AUDIT"}\n')
    region_file.write_text(shared + whole, encoding="utf-8")
    head = "gemeente: zandbeke\nid: 12\nname: Zandbeke\ncountry: BE\ncode: '44999'\n"
    (my_region / "gemeenten" / "zandbeke.yml").write_text(head + gemeente, encoding="utf-8")
    asked = {
        asset.name: (asset.poller, asset.standby, asset.credential)
        for asset in load(my_region).assets
        if asset.gemeente == "zandbeke" and asset.job == "snmp"
    }
    assert asked == {
        "sw-1": ("srv-files", "srv-app", "snmp-v3"),
        "ups-1": ("srv-files", "srv-app", "snmp-v2"),
        "sw-kelder": ("srv-app", "", "snmp-v2"),
    }


def test_what_the_page_about_https_says_of_agents(my_region: Path) -> None:
    whole, gemeente = blocks("agent-over-https.md", "yaml")
    region_file = my_region / "region.yml"
    region_file.write_text(region_file.read_text(encoding="utf-8") + whole, encoding="utf-8")
    head = "gemeente: zandbeke\nid: 12\nname: Zandbeke\ncountry: BE\ncode: '44999'\nsites: {stadhuis: {}}\n"
    (my_region / "gemeenten" / "zandbeke.yml").write_text(head + gemeente, encoding="utf-8")
    tls = {asset.name: asset.tls for asset in load(my_region).assets if asset.job == "node"}
    assert [one and (one.ca, one.name) for name, one in tls.items() if name in {"srv-files", "srv-app", "srv-old"}] == [
        ("/etc/regiowacht/zandbeke-ca.pem", "app.zandbeke.example"),
        ("/etc/regiowacht/zandbeke-ca.pem", ""),
        None,
    ]
    assert tls["srv-wil"] == AgentTls(ca="/etc/regiowacht/agents-ca.pem")
