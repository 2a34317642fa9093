"""Peers are the newest of Debian's newest suite, unpacked; an old one serves on where the network is away."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.lab.errors import LabError
from tests.lab.peers import SOURCES, _version, peer
from tests.lab.store import STALE_AFTER_S
from tests.parts import need_peer

if TYPE_CHECKING:
    from pathlib import Path


def unpacked(cache: Path, package: str, age_s: float, suite: str = "sid") -> Path:
    program = cache / "peers" / suite / package / SOURCES["node_exporter"].program
    program.parent.mkdir(parents=True)
    program.write_text("")
    prefix = program.parents[2]
    os.utime(prefix, (time.time() - age_s,) * 2)
    return prefix


@pytest.mark.slow
def test_the_newest_node_exporter_runs_here() -> None:
    found = need_peer("node_exporter")
    said = subprocess.run([found.path, "--version"], capture_output=True, text=True, check=True).stdout
    assert f"version {found.version}" in said


def test_the_one_fetched_last_serves_without_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    unpacked(tmp_path, "prometheus-node-exporter_1.9.0-1_amd64", 86400)
    newest = unpacked(tmp_path, "prometheus-node-exporter_1.11.1-3_amd64", 60)

    found = peer("node_exporter", cache=tmp_path)

    assert found.prefix == newest
    assert found.version == "1.11.1"
    assert found.path == newest / "usr/bin/prometheus-node-exporter"


def test_an_old_one_serves_on_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    old = unpacked(tmp_path, "prometheus-node-exporter_1.9.0-1_amd64", 2 * STALE_AFTER_S)
    told: list[str] = []

    assert peer("node_exporter", tell=told.append, cache=tmp_path).prefix == old

    assert told[-1].startswith("node_exporter 1.9.0 serves on")


def test_without_any_it_says_which_and_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match=r"^node_exporter of Debian sid cannot be had: .*package sources$"):
        peer("node_exporter", cache=tmp_path)


@pytest.mark.parametrize(
    ("package", "version"),
    [
        ("prometheus_2%3a3.5.3+ds1-6_amd64", "3.5.3"),
        ("prometheus-alertmanager_0.25.0-1+b4_amd64", "0.25.0"),
        ("victoria-metrics_1.145.0~rc1-2_arm64", "1.145.0"),
    ],
)
def test_the_version_is_upstreams(tmp_path: Path, package: str, version: str) -> None:
    assert _version(tmp_path / package) == version
