"""Finding the engine: versions, places, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from regiowacht_collector.command import engine_command
from regiowacht_collector.engine import find_engine, inspect
from regiowacht_collector.settings import Settings
from regiowacht_contract.errors import PartMissing, UsageError
from tests.parts import need


def program(path: Path, version: str, help_text: str = "  --web.enable-lifecycle  x") -> Path:
    """Make a program that answers ``--version`` and ``--help`` as a Prometheus does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    answers = f'case "$1" in --version) echo "{version}";; --help) echo "{help_text}";; esac\n'
    path.write_text(f"#!/bin/sh\n{answers}")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5)", (2, 42, 0)),
        ("prometheus, version 2.39.1 (branch: HEAD, revision: abc)", (2, 39, 1)),
        ("prometheus, version 3.5.3+ds1 (branch: debian/sid)", (3, 5, 3)),
        ("prometheus, version 3.0.0-rc.0 (branch: HEAD)", (3, 0, 0)),
        ("prometheus, version 10.1 (branch: HEAD)", (10, 1, 0)),
    ],
)
def test_versions_of_every_make(tmp_path: Path, said: str, version: tuple[int, int, int]) -> None:
    engine = inspect(program(tmp_path / "prometheus", said))
    assert engine.version == version
    assert engine.version_text in said


def test_too_old_is_refused_with_its_version(tmp_path: Path) -> None:
    path = program(tmp_path / "prometheus", "prometheus, version 2.31.2+ds1 (branch: debian/sid)")
    with pytest.raises(PartMissing, match=r"2\.31\.2\+ds1.*2\.39 or later"):
        find_engine(path)


def test_what_is_no_prometheus_is_refused_with_what_it_says(tmp_path: Path) -> None:
    with pytest.raises(PartMissing, match="hello, I am something else"):
        find_engine(program(tmp_path / "prometheus", "hello, I am something else"))


def test_what_does_not_run_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "prometheus"
    broken.write_bytes(b"\x7fELF not really")
    broken.chmod(0o755)
    with pytest.raises(PartMissing, match="Exec format error"):
        find_engine(broken)


def test_a_path_without_anything_is_named(tmp_path: Path) -> None:
    with pytest.raises(PartMissing, match="nowhere"):
        find_engine(tmp_path / "nowhere")


def test_a_folder_may_be_named(tmp_path: Path) -> None:
    path = program(tmp_path / "unpacked/prometheus", "prometheus, version 3.1.0 (x)")
    assert find_engine(path.parent).prometheus == path


def test_promtool_beside_the_engine_goes_before_another(tmp_path: Path) -> None:
    path = program(tmp_path / "prometheus", "prometheus, version 3.1.0 (x)")
    beside = program(tmp_path / "promtool", "promtool, version 3.1.0 (x)")
    assert inspect(path).promtool == beside


def test_switches_of_2_and_3_are_read_from_the_help(tmp_path: Path) -> None:
    help_text = "      --storage.tsdb.use-lockfile  x\n      --[no-]web.enable-lifecycle  y\n  -h, --help z"
    engine = inspect(program(tmp_path / "prometheus", "prometheus, version 3.1.0 (x)", help_text))
    assert {"--storage.tsdb.use-lockfile", "--web.enable-lifecycle"} <= engine.switches


@pytest.mark.tools
def test_the_command_line_is_understood_and_stays_on_loopback(tmp_path: Path) -> None:
    engine = inspect(Path(need("prometheus")))
    settings = Settings(data=tmp_path, retention="30d", retention_size="2GB")
    command = engine_command(engine, settings, tmp_path / "prometheus.yml", tmp_path / "storage", 9999)
    switches = {argument.partition("=")[0] for argument in command[1:]}
    assert switches <= engine.switches
    assert "--web.listen-address=127.0.0.1:9999" in command
    assert "--web.enable-remote-write-receiver" in command
    assert "--rules.alert.for-grace-period=1m" in command
    assert "--storage.tsdb.retention.time=30d" in command
    assert "--storage.tsdb.retention.size=2GB" in command


def test_an_unpacked_debian_package_is_shown_its_pages(tmp_path: Path) -> None:
    path = program(tmp_path / "usr/bin/prometheus", "prometheus, version 2.42.0 (x)", "      --web.local-assets  x")
    pages = tmp_path / "usr/share/prometheus/web"
    pages.mkdir(parents=True)
    command = engine_command(inspect(path), Settings(data=tmp_path), tmp_path, tmp_path, 1)
    assert f"--web.local-assets={pages}/" in command


@pytest.mark.parametrize(("retention", "size"), [("forever", ""), ("400", ""), ("", ""), ("1d", "20"), ("1d", "-1GB")])
def test_a_retention_that_prometheus_would_not_understand_is_refused(tmp_path: Path, retention: str, size: str) -> None:
    with pytest.raises(UsageError):
        Settings(data=tmp_path, retention=retention, retention_size=size)
