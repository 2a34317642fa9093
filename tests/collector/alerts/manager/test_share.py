"""The templates of an unpacked Alertmanager, left where the collector's service puts them into its own view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.alerts.manager import find
from regiowacht_collector.alerts.manager.find import Manager, link_share

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Manager:
    monkeypatch.setattr(find, "SHARE", tmp_path / "installed")
    share = tmp_path / "prefix/usr/share"
    (share / "prometheus/alertmanager").mkdir(parents=True)
    (share / "prometheus/alertmanager/default.tmpl").touch()
    return Manager(tmp_path / "prefix/usr/bin/prometheus-alertmanager", "0.25.0", share)


def test_the_templates_are_linked_and_a_newer_one_takes_their_place(unpacked: Manager, tmp_path: Path) -> None:
    cache = tmp_path / "cache/engine"
    for _ in range(2):
        link_share(unpacked, cache)
        assert (cache / "share/alertmanager/default.tmpl").is_file()
    assert [path.name for path in cache.iterdir()] == ["share"]


def test_one_that_is_installed_needs_no_link(unpacked: Manager, tmp_path: Path) -> None:
    link_share(unpacked, tmp_path)
    link_share(Manager(tmp_path / "alertmanager", "0.25.0"), tmp_path)
    assert not (tmp_path / "share").is_symlink()


def test_templates_that_are_in_their_place_already_need_no_namespace(unpacked: Manager, tmp_path: Path) -> None:
    assert find._share(unpacked.program) == unpacked.share
    (tmp_path / "installed/alertmanager").mkdir(parents=True)
    (tmp_path / "installed/alertmanager/default.tmpl").touch()
    assert find._share(unpacked.program) is None
