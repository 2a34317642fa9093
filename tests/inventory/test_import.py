"""A spreadsheet becomes gemeente files, and nothing of it is lost in silence."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest

from regiowacht_contract.errors import RegionInvalid, Unavailable, UsageError
from regiowacht_contract.texts import LANGS
from regiowacht_inventory import load
from regiowacht_inventory.importing import Change, Report, import_csv
from regiowacht_inventory.importing.sheet import MAX_CSV_BYTES, read_sheet
from regiowacht_inventory.importing.words import meaning, operating_system, squashed, table
from regiowacht_inventory.importing.write import write_changes
from regiowacht_inventory.kinds import ASSET_KINDS
from tests.inventory.base import BASE, write_base

NEW = """\
Gemeente;Land;NIS-code;Inwoners;Locatie;Naam;Soort;IP-adres;Besturingssysteem;Hangt aan;SNMP;Leverancier;Bandbreedte
Cité-Neuve;België;44991;4.100;Gemeentehuis;SRV 1;Server;10.20.0.10;Ubuntu 22.04;;;;
Cité-Neuve;;;;Gemeentehuis;SW-1;Switch;10.20.0.2;;;v3;;
Cité-Neuve;;;;Gemeentehuis;AP-1;wifi;10.20.0.31;;SW-1;v3;;
Cité-Neuve;;;;Gemeentehuis;wan-1;internetlijn;10.255.0.7;;;;Telco A;500M
"""


def sheet(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "sheet.csv"
    path.write_bytes(text.encode(encoding))
    return path


def run(tmp_path: Path, text: str, *, dry_run: bool = False, encoding: str = "utf-8") -> Report:
    folder = tmp_path / "region"
    if not folder.exists():
        write_base(folder)
    return import_csv(sheet(tmp_path, text, encoding), folder, dry_run=dry_run)


def reasons(report: Report) -> list[str]:
    for problem in (*report.unplaced, *report.notes, *report.invalid):
        assert all(problem.message(lang) for lang in LANGS)
    return [f"{problem.line} {problem.key.removeprefix('inventory.')}" for problem in report.unplaced]


def test_a_new_gemeente(tmp_path: Path) -> None:
    report = run(tmp_path, NEW)
    assert (report.rows, report.placed, report.unplaced, report.notes) == (4, 4, [], [])
    assert report.is_whole
    region = load(tmp_path / "region")
    new = next(gemeente for gemeente in region.gemeenten if gemeente.gemeente == "cite-neuve")
    assert (new.name, new.id, new.country, new.code, new.inhabitants) == ("Cité-Neuve", 3, "BE", "44991", 4100)
    assert new.sites["gemeentehuis"].poller == "SRV-1"
    assert new.sites["gemeentehuis"].uplinks[0].bandwidth_bps == 500_000_000
    assert new.sites["gemeentehuis"].uplinks[0].leverancier == "telco-a"
    assert [(device.name, device.kind, device.uplink) for device in new.devices] == [
        ("SW-1", "switch", None),
        ("AP-1", "access_point", "SW-1"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_as_excel_writes_it(tmp_path: Path, encoding: str, delimiter: str) -> None:
    report = run(tmp_path, NEW.replace(";", delimiter).replace("\n", "\r\n"), encoding=encoding)
    assert report.is_whole
    assert load(tmp_path / "region").gemeenten[2].name == "Cité-Neuve"


def test_the_line_that_names_the_separator(tmp_path: Path) -> None:
    report = run(tmp_path, "sep=;\r\n" + NEW + "Cité-Neuve;;;;Gemeentehuis;x;vreemd;;;;;;\n")
    assert report.placed == 4
    assert reasons(report) == ["7 row-kind"]


def test_english_headings(tmp_path: Path) -> None:
    text = "municipality,location,hostname,category,management ip,connected to\naa,huis,sw-9,switch,10.0.0.9,rt-1\n"
    assert run(tmp_path, text).is_whole
    assert "sw-9" in {asset.name for asset in load(tmp_path / "region").assets}


def test_an_existing_file_keeps_every_byte(tmp_path: Path) -> None:
    folder = write_base(tmp_path / "region")
    path = folder / "gemeenten" / "aa.yml"
    before = (
        "# about aa\n"
        + path.read_text(encoding="utf-8").replace("services:", "  # the end of devices\n\nservices:")
        + "# the end\n"
    )
    path.write_text(before, encoding="utf-8")
    text = (
        "gemeente,site,naam,soort,ip,os,uplink,leverancier\n"
        "aa,huis,sw-9,switch,10.0.0.9,,sw-1,\n"
        "aa,huis,wan-9,lijn,10.255.0.9,,,telco-a\n"
        "aa,werf,sw-werf,switch,10.0.9.2,,,\n"
        "aa,huis,srv-9,server,10.0.0.19,Windows Server 2022,,\n"
    )
    assert run(tmp_path, text).is_whole
    changes = difflib.ndiff(before.splitlines(), path.read_text(encoding="utf-8").splitlines())
    changed = [line for line in changes if not line.startswith("  ")]
    assert [line[2:] for line in changed if line.startswith("+ ")] == [
        "      - {name: wan-9, leverancier: telco-a, far_end: 10.255.0.9}",
        "  werf:",
        "    poller: srv-1",
        "  - {name: srv-9, site: huis, address: 10.0.0.19, os: windows}",
        "  - {name: sw-9, site: huis, address: 10.0.0.9, kind: switch, uplink: sw-1}",
        "  - {name: sw-werf, site: werf, address: 10.0.9.2, kind: switch}",
    ]
    assert not [line for line in changed if line.startswith("- ")]
    werf = load(folder).gemeenten[0].sites["werf"]
    assert werf.poller == "srv-1"


def test_missing_and_empty_sections_are_made(tmp_path: Path) -> None:
    text = 'gemeente: bb\nid: 2\nname: Bb\ncountry: NL\ncode: "9901"\nsites: # none yet\ndevices:\n# end'
    write_base(tmp_path / "region", {**BASE, "gemeenten/bb.yml": text})
    rows = "gemeente,site,naam,soort,ip,os\nbb,huis,srv-1,server,,linux\nbb,huis,ups-1,ups,10.1.0.9,\n"
    assert run(tmp_path, rows).is_whole
    after = (tmp_path / "region" / "gemeenten" / "bb.yml").read_text(encoding="utf-8")
    assert after.startswith(text[: text.index("# none yet") + 10])
    assert "# end\n" in after
    assert [device.name for device in load(tmp_path / "region").gemeenten[1].devices] == ["ups-1"]


def test_a_file_that_lines_cannot_be_put_into_says_what_to_paste(tmp_path: Path) -> None:
    text = (
        BASE["gemeenten/bb.yml"]
        .replace("devices:\n  - {", "devices: [{")
        .replace("polled_by: srv-b}", "polled_by: srv-b}]")
    )
    write_base(tmp_path / "region", {**BASE, "gemeenten/bb.yml": text})
    report = run(tmp_path, "gemeente,naam,soort,ip\nbb,ups-9,ups,10.1.0.9\n")
    assert (report.placed, report.written) == (0, [])
    assert "- {name: ups-9, site: huis, address: 10.1.0.9, kind: ups}" in report.unplaced[0].message("nl")
    assert (tmp_path / "region" / "gemeenten" / "bb.yml").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("aa,huis,,switch,10.0.0.9,,,", "row-needs"),
        ("aa,huis,sw-9,,10.0.0.9,,,", "row-needs"),
        ("aa,huis,sw-9,tovertoestel,10.0.0.9,,,", "row-kind"),
        ("aa,huis,sw-9,switch,,,,", "key-missing"),
        ("aa,huis,sw-9,switch,10.0.0.300,,,", "address"),
        ("aa,huis,sw-1,switch,10.0.0.9,,,", "row-taken"),
        ("aa,huis,sw-9,switch,10.0.0.9,rt-9,,", "no-device-near"),
        ("aa,huis,sw-9,switch,10.0.0.9,,telko-a,", "no-leverancier-near"),
        ("aa,huis,sw-9,switch,10.0.0.9,,,hunter2", "no-credential"),
        ("aa,huis,srv-9,server,10.0.0.9,,,", "row-needs"),
        ("aa,huis,wan-9,lijn,,,telco-a,", "link-unmeasured"),
        ("aa,???,sw-9,switch,10.0.0.9,,,", "row-slug"),
        ("nieuw,huis,sw-9,switch,10.0.0.9,,,", "row-new-gemeente"),
        (",huis,sw-9,switch,10.0.0.9,,,", "row-needs"),
    ],
)
def test_a_row_that_cannot_be_placed_says_why_and_stops_no_other(tmp_path: Path, row: str, reason: str) -> None:
    text = f"gemeente,site,naam,soort,ip,uplink,leverancier,snmp\n{row}\nbb,huis,ups-9,ups,10.1.0.9,,,v2\n"
    report = run(tmp_path, text)
    assert reasons(report) == [f"2 {reason}"]
    assert (report.placed, report.is_whole) == (1, False)
    assert "hunter2" not in str(report.as_json("nl"))
    assert ("bb", "ups-9") in {asset.key for asset in load(tmp_path / "region").assets}


def test_rows_that_hang_on_an_unplaced_row_are_told_too(tmp_path: Path) -> None:
    text = (
        "gemeente,site,naam,soort,ip,uplink\n"
        "aa,huis,x1,switch,nope!,\n"
        "aa,huis,x2,switch,10.0.0.8,x1\n"
        "aa,huis,x3,ap,10.0.0.7,x2\n"
    )
    report = run(tmp_path, text)
    assert [reason.split(" ")[0] for reason in reasons(report)] == ["2", "3", "4"]
    assert report.written == []


def test_a_gemeente_without_any_agent_cannot_be_polled(tmp_path: Path) -> None:
    text = "gemeente,land,nis,site,naam,soort,ip\ncc,BE,44992,huis,sw-1,switch,10.2.0.2\n"
    report = run(tmp_path, text)
    assert reasons(report) == ["2 row-no-poller"]
    assert not (tmp_path / "region" / "gemeenten" / "cc.yml").exists()


def test_columns_and_cells_that_mean_nothing_are_told(tmp_path: Path) -> None:
    text = (
        "gemeente,naam,soort,ip,os,opmerking,hostnaam,snmp community\nbb,ups-9,ups,10.1.0.9,firmware,boven,x,hunter2\n"
    )
    report = run(tmp_path, text)
    assert report.placed == 1
    assert sorted(note.key.removeprefix("inventory.") for note in report.notes) == [
        "cell-passed-over",
        "csv-column",
        "csv-column",
        "csv-column-twice",
    ]
    assert "hunter2" not in str(report.as_json("nl"))


def test_a_dry_run_writes_nothing_and_shows_the_difference(tmp_path: Path) -> None:
    report = run(tmp_path, NEW, dry_run=True)
    assert report.placed == 4
    assert report.written == []
    assert not (tmp_path / "region" / "gemeenten" / "cite-neuve.yml").exists()
    assert "--- /dev/null\n" in report.diff()
    assert '+code: "44991"\n' in report.diff()


def test_nothing_is_written_when_the_region_would_not_be_right(tmp_path: Path) -> None:
    report = run(tmp_path, NEW.replace("44991", "44990"))
    assert [problem.key for problem in report.invalid] == ["inventory.code-twice"]
    assert report.written == []
    assert sorted(path.name for path in (tmp_path / "region" / "gemeenten").iterdir()) == ["aa.yml", "bb.yml"]


def test_a_broken_gemeente_file_stops_the_import(tmp_path: Path) -> None:
    write_base(tmp_path / "region", {**BASE, "gemeenten/aa.yml": "a: ["})
    report = run(tmp_path, NEW)
    assert report.invalid
    assert report.written == []


def test_the_first_gemeente_of_a_region(tmp_path: Path) -> None:
    write_base(tmp_path / "region", {"region.yml": "name: X\nregio: x\nleveranciers: {telco-a: {name: Telco A}}\n"})
    text = NEW.replace(";v3;", ";;")
    assert run(tmp_path, text).is_whole
    assert [gemeente.id for gemeente in load(tmp_path / "region").gemeenten] == [1]


def test_importing_twice_places_nothing_twice(tmp_path: Path) -> None:
    run(tmp_path, NEW)
    before = load(tmp_path / "region")
    report = run(tmp_path, NEW)
    assert reasons(report) == [f"{line} row-taken" for line in (2, 3, 4, 5)]
    assert load(tmp_path / "region") == before


def test_no_sheet_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_sheet(tmp_path / "nothing.csv")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", 'naam,soort\n"x,switch\n'])
def test_no_csv_with_headings(tmp_path: Path, text: str) -> None:
    with pytest.raises(RegionInvalid):
        read_sheet(sheet(tmp_path, text))


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "aa.yml"
    path.write_bytes(b"somebody else's")
    with pytest.raises(Unavailable, match="changed"):
        write_changes([Change(str(path), b"before", b"after", is_new=False)])
    with pytest.raises(Unavailable, match="changed"):
        write_changes([Change(str(path), b"", b"after", is_new=True)])
    assert [(entry.name, entry.read_bytes()) for entry in tmp_path.iterdir()] == [("aa.yml", b"somebody else's")]


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "aa.yml"
    path.write_bytes(b"before")
    path.chmod(0o640)
    write_changes([Change(str(path), b"before", b"after", is_new=False)])
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"after", 0o640)


def test_the_words_of_columns_toml_are_each_of_one_meaning() -> None:
    for name in ("columns", "kinds", "country"):
        words = [squashed(word) for synonyms in table(name).values() for word in synonyms]
        assert len(words) == len(set(words)), name
    assert set(table("kinds")) == set(ASSET_KINDS)
    assert meaning("kinds", "Wi-Fi punt") == "access_point"
    assert meaning("kinds", "WIFI-punt") == "access_point"
    assert operating_system("Red Hat Enterprise Linux 9") == "linux"
    assert operating_system("Windows2022") == "windows"
    assert operating_system("Winterwende") is None
    assert operating_system("VMware ESXi 8") == "other"
    assert operating_system("xyz") is None


def test_a_pipe_or_a_device_is_no_spreadsheet(tmp_path: Path) -> None:
    pipe = tmp_path / "sheet.csv"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(RegionInvalid) as caught:
            read_sheet(path)
        assert [problem.key for problem in caught.value.problems] == ["inventory.csv-not-a-file"]


def test_a_spreadsheet_that_is_too_big(tmp_path: Path) -> None:
    path = sheet(tmp_path, "naam\n")
    os.truncate(path, MAX_CSV_BYTES + 1)
    with pytest.raises(RegionInvalid) as caught:
        read_sheet(path)
    assert [(problem.key, problem.values["limit_mb"]) for problem in caught.value.problems] == [
        ("inventory.too-big", 20)
    ]
