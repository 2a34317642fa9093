"""Unpacking Debian's package, for real where this machine can, and what is said where it cannot."""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.engine import inspect
from regiowacht_collector.unpack import cached_prefixes, unpack
from regiowacht_contract.errors import PartMissing
from tests.parts import missing, need

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def fetchable(tmp_path: Path) -> None:
    """Skip where the machine's package lists do not know the package, or its sources cannot be reached."""
    apt = need("apt-get")
    need("dpkg")
    (tmp_path / "try").mkdir()
    command = [apt, "-q", "--print-uris", "download", "prometheus"]
    if subprocess.run(command, cwd=tmp_path / "try", capture_output=True, check=False).returncode:
        missing("this machine's package lists do not know prometheus; apt-get update")


@pytest.mark.slow
@pytest.mark.tools
@pytest.mark.usefixtures("fetchable")
def test_two_at_once_unpack_one_engine_that_runs(tmp_path: Path) -> None:
    told: list[str] = []
    prefixes: list[Path | PartMissing] = []

    def fetch() -> None:
        try:
            prefixes.append(unpack(tmp_path / "cache", lambda key, /, **_: told.append(key)))
        except PartMissing as error:
            prefixes.append(error)

    threads = [threading.Thread(target=fetch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    first = prefixes[0]
    if isinstance(first, PartMissing):
        missing(f"no network: {first}")
        raise first
    assert prefixes == [first, first]
    assert told == ["collector.downloading", "collector.unpacked"]
    assert cached_prefixes(tmp_path / "cache") == [first]
    assert inspect(first / "usr/bin/prometheus").version >= (2, 39, 0)
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.name.startswith(".new")] == []


def test_the_newest_of_the_cache_goes_first(tmp_path: Path) -> None:
    for version in ("2.9.1+ds-1", "2.42.0+ds-5+deb12u1", "2.42.0+ds-5"):
        (tmp_path / f"prometheus_{version}_amd64/usr/bin").mkdir(parents=True)
        (tmp_path / f"prometheus_{version}_amd64/usr/bin/prometheus").write_text("")
    (tmp_path / "prometheus_3.0_amd64").mkdir()

    names = [prefix.name for prefix in cached_prefixes(tmp_path)]

    assert names == [f"prometheus_{v}_amd64" for v in ("2.42.0+ds-5+deb12u1", "2.42.0+ds-5", "2.9.1+ds-1")]


def test_without_apt_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PartMissing, match="sudo apt install prometheus") as refused:
        unpack(tmp_path / "cache", lambda _key, /, **_: None)
    assert refused.value.key == "collector.no-engine"


def test_without_network_it_says_so_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """apt itself, with a proxy where nobody listens and no package of its own."""
    need("apt-get")
    need("dpkg")
    settings = tmp_path / "apt.conf"
    settings.write_text(
        'Acquire::http::Proxy "http://127.0.0.1:1"; Acquire::https::Proxy "http://127.0.0.1:1"; Acquire::Retries "0";\n'
        f'Dir::State::Lists "{tmp_path}/no-lists"; Dir::Cache "{tmp_path}/no-cache";\n'
    )
    monkeypatch.setenv("APT_CONFIG", str(settings))
    told: list[str] = []

    with pytest.raises(PartMissing, match="could not be fetched"):
        unpack(tmp_path / "cache", lambda key, /, **_: told.append(key))

    assert told == ["collector.downloading", "collector.updating-lists"]
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_a_cache_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    need("apt-get")
    (tmp_path / "file").write_text("")
    with pytest.raises(PartMissing, match="file"):
        unpack(tmp_path / "file/cache", lambda _key, /, **_: None)
