"""What a person gets to see: check and inventory, by exit code and by stream."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht.main import main
from regiowacht.verbs.inventory import COLUMNS
from regiowacht_inventory import example_path
from tests.inventory.base import BASE, write_base

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
EXAMPLE = str(example_path())


def answer(capsys: Captured, *words: str, code: int = 0) -> Any:
    assert main([*words]) == code
    return json.loads(capsys.readouterr().out)


def broken(tmp_path: Path) -> str:
    text = BASE["gemeenten/aa.yml"].replace("kind: router", "kind: ruter")
    return str(write_base(tmp_path, {**BASE, "gemeenten/aa.yml": text}))


def test_check_of_a_region_that_is_right(capsys: Captured) -> None:
    assert main(["check", EXAMPLE]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[0] == "Voorbeeldregio is in orde: 4 gemeenten, 8 sites, 81 assets"
    assert "  server              12" in told.out.splitlines()
    assert told.err == ""
    assert answer(capsys, "check", EXAMPLE, "--json")["assets"]["ups"] == 4


def test_check_counts_one_as_one(tmp_path: Path, capsys: Captured) -> None:
    region = BASE["region.yml"].split("trajecten:")[0]
    gemeente = "gemeente: aa\nid: 1\nname: Aa\ncountry: BE\ncode: '44990'\ninhabitants: 900\nsites: {huis: {}}\n"
    server = "servers: [{name: srv-1, site: huis, os: linux}]\n"
    folder = str(write_base(tmp_path, {"region.yml": region, "gemeenten/aa.yml": gemeente + server}))
    said = {}
    for lang in ("nl", "en"):
        assert main(["check", folder, "--lang", lang]) == 0
        said[lang] = capsys.readouterr().out.splitlines()
    assert said["nl"][0] == "Klein is in orde: 1 gemeente, 1 site, 1 asset"
    assert said["en"][0] == "Klein is right: 1 gemeente, 1 site, 1 asset"
    assert said["nl"][-1] == (
        "1 server wordt niet bereikt en blijft 'nog niet aangesloten', want er staat geen address bij: aa/srv-1"
    )
    assert said["en"][-1] == "1 server is not reached and stays 'not connected yet', since it has no address: aa/srv-1"


def test_check_tells_every_mistake_at_its_place(tmp_path: Path, capsys: Captured) -> None:
    folder = broken(tmp_path)
    assert main(["check", folder]) == 1
    told = capsys.readouterr()
    assert told.out.startswith(f"{folder}/gemeenten/aa.yml:18: kind: 'ruter' bestaat niet; bedoelde u router?")
    assert told.err.startswith("regiowacht: ")
    found = answer(capsys, "check", folder, "--json", "--lang", "en", code=1)
    assert found["valid"] is False
    assert found["problems"][0]["line"] == 18
    assert "did you mean router?" in found["problems"][0]["message"]


def test_check_speaks_the_language_of_the_flag_then_the_region_then_the_locale(
    tmp_path: Path, capsys: Captured
) -> None:
    folder = broken(tmp_path)
    for flag, language, wanted in (("en", "nl", "there is"), (None, "en", "there is"), (None, "nl", "bestaat niet")):
        (tmp_path / "region.yml").write_text(BASE["region.yml"].replace("language: nl", f"language: {language}"))
        main(["check", folder, *(["--lang", flag] if flag else [])])
        assert wanted in capsys.readouterr().out


def test_check_of_no_folder_is_wrong_use(tmp_path: Path, capsys: Captured) -> None:
    assert main(["check", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().out == ""


def test_list(capsys: Captured) -> None:
    assert main(["inventory", "list", "gemeente=wilgenrade", "kind=ups,link", "--region", EXAMPLE]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert tuple(header.split()) == COLUMNS
    assert [row.split()[2] for row in rows] == ["ups-wil", "wan-1"]
    assert rows[0].index("ups ") == header.index("kind")
    found = answer(capsys, "inventory", "list", "name=srv-files", "--region", EXAMPLE, "--json")
    assert [asset["address"] for asset in found] == ["10.12.0.10"]


def test_list_of_nothing_says_so(capsys: Captured) -> None:
    assert main(["inventory", "list", "gemeente=wilgenrade", "kind=pdu", "--region", EXAMPLE]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "geen enkele asset voldoet aan deze keuze\n")


def test_list_refuses_what_it_does_not_know(capsys: Captured) -> None:
    assert main(["inventory", "list", "kind=swich", "--region", EXAMPLE]) == 2
    assert "switch?" in capsys.readouterr().err


def test_list_of_a_broken_region_tells_every_mistake(tmp_path: Path, capsys: Captured) -> None:
    assert main(["inventory", "list", "--region", broken(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "aa.yml:18: " in told.err


def test_show(capsys: Captured) -> None:
    assert main(["inventory", "show", "ap-loket", "--region", EXAMPLE, "--lang", "en"]) == 0
    lines = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    assert lines["hangs on"].strip() == "sw-stadhuis-2 -> sw-stadhuis-1 -> fw-stadhuis -> rt-stadhuis"
    assert lines["snmp"].strip() == "snmp-v3"
    assert answer(capsys, "inventory", "show", "zandbeke/wan-1", "--region", EXAMPLE, "--json")["hangs_on"] == [
        "rt-stadhuis"
    ]
    assert main(["inventory", "show", "wan-1", "--region", EXAMPLE]) == 2
    assert "zandbeke/wan-1" in capsys.readouterr().err


def test_schema(capsys: Captured) -> None:
    assert "gemeente" in answer(capsys, "inventory", "schema")["properties"]
    assert "credentials" in answer(capsys, "inventory", "schema", "region")["properties"]


def test_import(tmp_path: Path, capsys: Captured) -> None:
    folder = str(write_base(tmp_path / "region"))
    csv = tmp_path / "sheet.csv"
    csv.write_text("gemeente;naam;soort;ip\nbb;ups-9;ups;10.1.0.9\nbb;x;vreemd;\n", encoding="utf-8")
    assert main(["inventory", "import", str(csv), "--region", folder, "--dry-run"]) == 1
    told = capsys.readouterr()
    assert "+  - {name: ups-9, site: huis, address: 10.1.0.9, kind: ups}" in told.out
    assert f"{csv}:3: niet geplaatst: de soort 'vreemd'" in told.err
    found = answer(capsys, "inventory", "import", str(csv), "--region", folder, "--json", code=1)
    assert (found["placed"], found["written"]) == (1, [f"{folder}/gemeenten/bb.yml"])
    assert main(["check", folder]) == 0


def test_as_a_command(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "regiowacht", "check", broken(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "aa.yml:18: " in done.stdout
    assert "Traceback" not in done.stderr
