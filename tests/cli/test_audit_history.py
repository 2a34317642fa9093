"""``regiowacht audit history|diff``: a name that nobody knows is said, and never taken for one without a past."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_audit.scrub.scanner import Scanner
from regiowacht_audit.store.store import Store
from tests.audit.fetch.region import write_region

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "hostname sw-1\nend\n"
SECOND = "hostname sw-1\nntp server 10.1.1.1\nend\n"


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """A region with one device that was read, one that was not yet, and one that is no longer declared."""
    write_region(tmp_path, {"zandbeke/sw-1": ("cisco_xe", 1), "oosthove/sw-2": ("cisco_xe", 1)})
    store = Store(tmp_path / "audit-store")
    for device, text, at_s in (("sw-1", FIRST, 1_700_000_000), ("sw-1", SECOND, 1_700_086_400), ("sw-oud", FIRST, 1)):
        store.keep("zandbeke", device, text, scanner=Scanner(), who="Beheer", at_s=at_s)
    return tmp_path


def audit(*words: str | Path) -> int:
    return main(["audit", *map(str, words), "--lang", "en"], {})


@pytest.mark.parametrize("verb", ["history", "diff"])
@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("zandbeek/sw-1", "no gemeente is called 'zandbeek'; did you mean 'zandbeke'?"),
        ("qqqq/sw-1", "no gemeente is called 'qqqq'\n"),
        ("zandbeke/sw-11", "no device is called 'zandbeke/sw-11'; did you mean 'zandbeke/sw-1'?"),
        ("oosthove/sw-1", "no device is called 'oosthove/sw-1'; did you mean 'oosthove/sw-2'?"),
        ("../../etc/sw-1", "no gemeente is called '..'"),
    ],
)
def test_a_name_that_nobody_knows_is_exit_2(
    region: Path, capsys: pytest.CaptureFixture[str], verb: str, of: str, said: str
) -> None:
    for more in ((), ("--json",), ("--store", region / "audit-store")):
        assert audit(verb, of, "--region", region, *more) == 2
        told = capsys.readouterr()
        assert said in told.err
        assert told.out == ""


def test_a_gemeente_alone_is_looked_for_too(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("history", "zandbeek", "--region", region) == 2
    assert "'zandbeke'" in capsys.readouterr().err


def test_what_is_declared_and_was_never_read_has_no_history(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for of in ("oosthove", "oosthove/sw-2"):
        assert audit("history", of, "--region", region) == 0
        assert "audit run" in capsys.readouterr().err
    assert audit("history", "oosthove", "--region", region, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"changes": []}
    assert audit("diff", "oosthove/sw-2", "--region", region) == 1
    assert "audit run" in capsys.readouterr().err


def test_what_was_kept_and_is_no_longer_declared_has_one(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("history", "zandbeke/sw-oud", "--region", region) == 0
    assert "sw-oud" in capsys.readouterr().out


def test_a_store_that_was_named_needs_no_region(
    region: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert audit("diff", "zandbeke/sw-1", "--store", region / "audit-store") == 1
    assert "+ntp server 10.1.1.1" in capsys.readouterr().out
    assert audit("history", "zandbeek", "--store", region / "audit-store") == 2
    assert "'zandbeke'" in capsys.readouterr().err
    assert audit("history", "zandbeke", "--store", region / "nowhere") == 2
    assert "nowhere: there is no such folder (--store)" in capsys.readouterr().err


def test_a_number_of_changes_below_one_is_refused(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit("history", "zandbeke", "--region", region, "--most", "0") == 2
    assert "--most 0" in capsys.readouterr().err
