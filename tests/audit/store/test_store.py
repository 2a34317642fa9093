"""Configurations are kept as they were: a commit only on change, the same bytes for the same past, never a secret."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from regiowacht_audit.scrub.scanner import Leak, Scanner
from regiowacht_audit.store.store import Store, difference
from regiowacht_contract.errors import Found, PartMissing, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "hostname sw-1\nenable secret <secret>\nend\n"
SECOND = "hostname sw-1\nenable secret <secret>\nntp server 10.1.1.1\nend\n"
NONE = Scanner()


def keep(store: Store, text: str, at_s: int, device: str = "sw-1") -> object:
    return store.keep("zandbeke", device, text, scanner=NONE, who="Beheer", at_s=at_s)


def filled(folder: Path) -> Store:
    store = Store(folder)
    keep(store, FIRST, 1_700_000_000)
    keep(store, SECOND, 1_700_086_400)
    keep(store, FIRST, 1_700_086_401, "sw-2")
    return store


def test_a_commit_only_on_change(tmp_path: Path) -> None:
    store = filled(tmp_path)
    assert keep(store, SECOND, 1_700_200_000) is None
    changes = store.history("zandbeke")
    assert [(one.device, one.at_s, one.who, one.added, one.removed) for one in changes] == [
        ("sw-2", 1_700_086_401, "Beheer", 3, 0),
        ("sw-1", 1_700_086_400, "Beheer", 1, 0),
        ("sw-1", 1_700_000_000, "Beheer", 3, 0),
    ]
    assert [one.at_s for one in store.history("zandbeke", "sw-1")] == [1_700_086_400, 1_700_000_000]
    assert store.devices("zandbeke") == ["sw-1", "sw-2"]
    assert store.newest("zandbeke", "sw-1") == SECOND
    assert store.at("zandbeke", "sw-1", changes[-1].id[:8]) == FIRST


def test_the_same_past_has_the_same_hashes(tmp_path: Path) -> None:
    one, other = (filled(tmp_path / name).history("zandbeke") for name in ("one", "other"))
    assert one == other


def test_gemeenten_are_apart(tmp_path: Path) -> None:
    store = filled(tmp_path)
    assert store.history("oosthove") == []
    assert store.devices("oosthove") == []
    assert store.newest("oosthove", "sw-1") is None
    with pytest.raises(Found):
        store.at("oosthove", "sw-1", "abcd")


def test_a_secret_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(Leak):
        store.keep("zandbeke", "sw-1", "x Kr8tig!Woord\n", scanner=Scanner(["Kr8tig!Woord"]), who="b", at_s=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "", "a/b", "-x", "x\ny", ".git"])
def test_a_name_never_leads_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(Found):
        keep(Store(tmp_path), FIRST, 1, name)
    with pytest.raises(Found):
        Store(tmp_path).history(name)


def test_the_user_of_git_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    config = tmp_path / "config"
    config.write_text(f"[core]\n hooksPath = {hooks}\n[commit]\n gpgSign = true\n[user]\n name = Iemand\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert [one.who for one in filled(tmp_path / "store").history("zandbeke")] == ["Beheer"] * 3
    assert not (tmp_path / "nowhere").exists()


def test_what_is_kept_is_the_owners_alone_and_sound(tmp_path: Path) -> None:
    filled(tmp_path / "store")
    repository = tmp_path / "store" / "zandbeke.git"
    assert repository.stat().st_mode & 0o077 == 0
    subprocess.run(["git", f"--git-dir={repository}", "fsck", "--strict"], check=True, capture_output=True)


def test_bytes_that_are_no_text_come_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    text = "banner \udcff\r\nend"
    keep(store, text, 1)
    assert store.newest("zandbeke", "sw-1") == text


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as caught:
        keep(Store(tmp_path / "file"), FIRST, 1)
    assert str(tmp_path) in str(caught.value)


def test_without_git_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PartMissing):
        keep(Store(tmp_path / "store"), FIRST, 1)


def test_a_difference_reads_as_people_know_it() -> None:
    assert difference(FIRST, SECOND, "before", "after", 0) == [
        "--- before",
        "+++ after",
        "@@ -2,0 +3 @@",
        "+ntp server 10.1.1.1",
    ]
    assert difference(FIRST, FIRST, "a", "b") == []
