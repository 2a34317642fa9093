"""A report that would hold a secret is not written; everything else is, and who brought it in is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from tests.audit.fetch.dialogues import IOS
from tests.audit.fetch.fake_device import ENABLE
from tests.audit.fetch.region import write_region

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("verslag.html", "audit.sarif", "audit.prom")


@pytest.fixture
def region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RW_TEST_ENABLE", ENABLE)
    monkeypatch.setenv("RW_TEST_KEY", "key-not-a-secret-3")
    write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", 1), "oosthove/sw-2": ("cisco_xe", 1)})
    for name in ("sw-1", "sw-2"):
        (tmp_path / f"{name}.cfg").write_text(IOS)
    for name in FILES:
        (tmp_path / name).write_text("of the last time")
    return tmp_path


def audit(region: Path, *words: str) -> int:
    files = ("--html", region / FILES[0], "--sarif", region / FILES[1], "--metrics", region / FILES[2])
    return main(
        ["audit", "run", "--region", str(region), "--from-dir", str(region), *map(str, files), "--lang", "en", *words],
        {},
    )


def written(region: Path) -> list[str]:
    assert not list(region.glob(".*.new"))
    return [name for name in FILES if (region / name).read_text() != "of the last time"]


@pytest.mark.parametrize(
    ("secret", "refused"),
    [
        ("oosthove/sw-2.cfg", "audit.sarif"),  # the address of a device's configuration, which SARIF alone has
        ('gemeente="oosthove",instance="sw-2"', "audit.prom"),
        ("oosthove-sw-2", "verslag.html"),
    ],
)
def test_the_others_are_written_and_the_device_is_named(
    region: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, secret: str, refused: str
) -> None:
    monkeypatch.setenv("RW_TEST_PASSWORD", secret)
    assert audit(region) == 3
    told = capsys.readouterr()
    assert written(region) == [name for name in FILES if name != refused]
    (said,) = [row for row in told.err.splitlines() if row.startswith("regiowacht: ")]
    assert f"{refused} is not written: " in said
    assert "oosthove/sw-2" in said
    assert "a secret that this run knows" in said
    assert "names of the other devices" in said
    assert secret not in said
    assert "RW-SEC-01" in told.out
    assert "2 devices:" in told.out


def test_what_no_device_brings_in_says_so(
    region: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RW_TEST_PASSWORD", "utf16CodeUnits")
    assert audit(region) == 3
    told = capsys.readouterr()
    assert written(region) == ["verslag.html", "audit.prom"]
    assert "comes from no device" in told.err
    assert "RW-SEC-01" in told.out


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
def test_findings_that_cannot_be_shown_are_an_error_of_that_device(
    region: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    """What stands beside a rule that one device alone breaks is taken for a password of the run."""
    telnet = IOS.replace("transport input ssh", "transport input telnet")
    (region / "sw-1.cfg").write_text(telnet)
    row = telnet.split("\n").index(" transport input telnet") + 1
    secret = '"fail",\n          "title": "No management over telnet"' if more else "telnet\n    line"
    monkeypatch.setenv("RW_TEST_PASSWORD", secret)
    assert audit(region, *more) == 3
    told = capsys.readouterr()
    assert f"zandbeke/sw-1, row {row} (RW-ACC-01)" in told.out
    assert written(region) == list(FILES)
    if more:
        devices = {one["device"]: one for one in json.loads(told.out)["devices"]}
        assert "error" in devices["sw-1"]
        assert len(devices["sw-2"]["findings"]) == 30
    else:
        assert "RW-SEC-01" in told.out
        assert "1 not read" in told.out


def test_a_folder_that_is_not_there_stops_no_other(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(region, "--html", str(region / "nowhere" / "a.html")) == 3
    told = capsys.readouterr()
    assert written(region) == ["audit.sarif", "audit.prom"]
    assert "nowhere/a.html: cannot be written (No such file or directory)" in told.err
    assert "RW-SEC-01" in told.out
