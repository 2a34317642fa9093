"""``regiowacht audit run`` judges what no single file tells: reuse of secrets, unsaved changes, old backups."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from regiowacht.main import main
from regiowacht_audit.store.store import Store
from tests.audit.fetch.dialogues import DIALOGUES, IOS
from tests.audit.fetch.fake_device import ENABLE, PASSWORD, FakeDevice
from tests.audit.fetch.region import write_region

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning:paramiko"), pytest.mark.timeout(300)]

KEY = "key-not-a-secret-3"
BOTH = "Shared-not-a-secret-4"
ROWS = """\
hostname {name}
enable secret 9 $9$aBcDeFgHiJkLmN${own}
radius server aaa
 address ipv4 192.0.2.1
 key {shared}
snmp-server community {own}ro RO 10
snmp-server location Stadhuis
interface Vlan1
 no ip address
line vty 0 4
end
"""
TRAJECT = (
    "trajecten:\n  - {{name: samen, laag: connectiviteit, trekkers: [zandbeke], volgers: [oosthove], from: {day}}}\n"
)


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PASSWORD", PASSWORD), ("ENABLE", ENABLE), ("KEY", KEY)):
        monkeypatch.setenv(f"RW_TEST_{name}", value)


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """Two gemeenten with one device each, their configurations in ``files``."""
    write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", 22), "oosthove/sw-2": ("cisco_xe", 22)})
    kept(tmp_path, "sw-1", BOTH)
    kept(tmp_path, "sw-2", BOTH)
    return tmp_path


def kept(region: Path, name: str, shared: str) -> None:
    (region / "files").mkdir(exist_ok=True)
    text = ROWS.format(name=name, shared=shared, own=f"Own-not-a-secret-{name}")
    (region / "files" / f"{name}.cfg").write_text(text)


def run(region: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    main(["audit", "run", "--region", str(region), "--json", "--baseline", "recommended", *words, "--lang", "en"], {})
    told = capsys.readouterr()
    assert BOTH not in told.out + told.err
    return {one["device"]: one for one in json.loads(told.out)["devices"]}


def rule(told: dict[str, Any], device: str, name: str) -> tuple[str, list[str], list[int]]:
    found = next(one for one in told[device]["findings"] if one["rule"] == name)
    return found["status"], found["names"], found["lines"]


def test_a_secret_of_two_gemeenten_is_found_at_both(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(region, capsys, "--from-dir", str(region / "files"))
    assert rule(told, "sw-1", "RW-SEC-02") == ("fail", ["also on oosthove/sw-2"], [5])
    assert rule(told, "sw-2", "RW-SEC-02") == ("fail", ["also on zandbeke/sw-1"], [5])
    kept(region, "sw-2", "Another-not-a-secret-5")
    told = run(region, capsys, "--from-dir", str(region / "files"))
    assert rule(told, "sw-1", "RW-SEC-02") == ("pass", [], [2, 5, 6])
    assert "also on" not in str(told)


def test_until_every_gemeente_was_read_nobody_passes(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept(region, "sw-2", "Another-not-a-secret-5")
    words = ("--from-dir", str(region / "files"), "--store", str(region / "store"))
    alone = run(region, capsys, *words, "--gemeente", "zandbeke")
    assert rule(alone, "sw-1", "RW-SEC-02")[0] == "n/a"
    both = run(region, capsys, *words)
    assert rule(both, "sw-1", "RW-SEC-02")[0] == "pass"
    again = run(region, capsys, *words, "--gemeente", "zandbeke")
    assert rule(again, "sw-1", "RW-SEC-02")[0] == "pass"


@pytest.mark.parametrize(
    ("day", "reader", "names"),
    [
        ("2026-01-01", "zandbeke", "also on oosthove/sw-2"),
        ("2026-01-01", "oosthove", "also at another gemeente"),
        ("2999-01-01", "zandbeke", "also at another gemeente"),
        ("", "zandbeke", "also at another gemeente"),
    ],
    ids=["trekker", "volger", "not-yet", "no-traject"],
)
def test_who_reads_decides_what_is_named(
    region: Path, capsys: pytest.CaptureFixture[str], day: str, reader: str, names: str
) -> None:
    words = ("--from-dir", str(region / "files"), "--store", str(region / "store"))
    run(region, capsys, *words)
    if day:
        file = region / "region.yml"
        file.write_text(file.read_text() + TRAJECT.format(day=day))
    told = run(region, capsys, *words, "--for", reader)
    (device,) = told
    assert told[device]["gemeente"] == reader
    assert rule(told, device, "RW-SEC-02")[:2] == ("fail", [names])


def test_what_was_not_saved_is_shown_row_by_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dialogue = DIALOGUES["cisco_xe"]
    running = IOS.replace("hostname sw-1", "hostname sw-stadhuis-1\nsnmp-server location Stadhuis")
    row = running.split("\n").index("snmp-server location Stadhuis")
    answers = {**dialogue.answers, "show running-config": running, "show startup-config": running}
    for startup, expected in (
        (running, ("pass", [])),
        (running.replace("snmp-server location Stadhuis\n", ""), ("fail", ["running \N{NOT EQUAL TO} startup"])),
    ):
        with FakeDevice(replace(dialogue, answers={**answers, "show startup-config": startup})) as device:
            write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", device.port)})
            (tmp_path / "known_hosts").write_text(device.known_hosts())
            told = run(tmp_path, capsys)
        status, names, lines = rule(told, "sw-1", "RW-OPS-01")
        assert (status, names) == expected
        if status == "fail":
            assert len(lines) == 1
            text = Store(tmp_path / "audit-store").newest("zandbeke", "sw-1") or ""
            assert text.split("\n")[lines[0] - 1] == "snmp-server location Stadhuis"
    assert row > 0


def test_a_backup_grows_old(region: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    files = ("--from-dir", str(region / "files"))
    assert rule(run(region, capsys, *files), "sw-1", "RW-OPS-01")[0] == "n/a"
    store = Store(region / "audit-store")
    run(region, capsys, *files, "--store", str(region / "audit-store"))
    seen_s = store.seen_s("zandbeke", "sw-1")
    assert seen_s is not None
    store.seen("zandbeke", "sw-1", seen_s - 40 * 86400)
    assert store.seen_s("zandbeke", "sw-1") == seen_s - 40 * 86400
    status, names, _ = rule(run(region, capsys, *files), "sw-1", "RW-OPS-01")
    assert (status, names) == ("fail", ["backup: 40 d"])
