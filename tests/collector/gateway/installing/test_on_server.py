"""What runs on the server: chooses, fetches, unpacks and swaps, from a real gateway."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette

from regiowacht_collector.gateway.installing import on_server, shelf
from regiowacht_collector.gateway.installing.routes import routes
from regiowacht_collector.gateway.installing.script import Asked, plan
from regiowacht_collector.gateway.installing.wheels import wheels_of
from regiowacht_collector.gateway.joining.office import Office
from regiowacht_collector.gateway.joining.store import DAY_S
from regiowacht_collector.gateway.limits import Limits
from regiowacht_collector.gateway.running import running_gateway
from tests.collector.gateway.installing.folder import product, wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MACHINE, MINOR = platform.machine(), sys.version_info.minor


class Site:
    """A collector with packages, and a server's folder."""

    def __init__(self, folder: Path, office: Office, url: str) -> None:
        self.packages, self.work, self.target = folder / "data/packages", folder / "opt/new", folder / "opt/regiowacht"
        self.work.mkdir(parents=True, exist_ok=True)
        self._office, self._url = office, url

    def plan(self) -> str:
        made, _ = self._office.store.invite("zandbeke", "srv-app", 1, DAY_S)
        wheels = wheels_of(self.packages)
        shelf.put(self._office.store, made.id, "script", wheels, "en")
        return plan(Asked(made.id, "srv-app", self._url, "", "en"), wheels)

    def install(self, told: str | None = None) -> None:
        on_server.Installation(json.loads(told or self.plan()), self.work, self.target).run()

    def run(self, told: str) -> subprocess.CompletedProcess[str]:
        """Install as the script does."""
        path = self.work / "plan.json"
        path.write_text(told)
        program = resources.files(on_server.__package__) / "on_server.py"
        words = [sys.executable, "-I", str(program), str(path), str(self.work), str(self.target)]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    def says(self) -> str:
        words = [str(self.target / "bin/regiowacht"), "--version"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with gateway(tmp_path) as made:
        yield made


@contextmanager
def gateway(folder: Path) -> Iterator[Site]:
    office = Office(folder / "data")
    product(folder / "data/packages", needs=("psutil; extra == 'agent'",))
    wheel(folder / "data/packages", f"psutil-7-cp36-abi3-manylinux_2_5_{MACHINE}.whl")
    wheel(folder / "data/packages", "psutil-7-cp36-abi3-manylinux_2_5_sparc.whl")
    with running_gateway(Starlette(routes=routes(office, folder / "data")), Limits()) as running:
        yield Site(folder, office, running.url)
    office.close()


def test_an_environment_is_complete_at_its_place(site: Site) -> None:
    done = site.run(site.plan())
    assert done.returncode == 0, done.stderr
    assert "2 packages" in done.stdout
    assert site.says() == "regiowacht --version\n"
    python = str(site.target / "bin/python3")
    code = "import psutil, regiowacht; print(psutil.__file__, psutil.__cached__)"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert all(path.startswith(str(site.target)) for path in found)
    for path in (site.target / "pyvenv.cfg", *(site.target / "bin").iterdir()):
        assert path.is_symlink() or b"opt/new" not in path.read_bytes()


def test_the_next_takes_its_place_whole(site: Site) -> None:
    site.install()
    (site.target / "old").touch()
    before = site.target.stat().st_ino
    product(site.packages, "1.1")
    site.install()
    assert site.target.stat().st_ino != before
    assert not (site.target / "old").exists()
    assert site.says() == "regiowacht --version\n"


def test_a_second_time_fetches_nothing_again(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    told = site.plan()
    site.install(told)
    assert "package 1" in capsys.readouterr().out
    site.install(told)
    assert "package 1" not in capsys.readouterr().out


def test_a_download_that_broke_off_goes_on(site: Site) -> None:
    name = f"psutil-7-cp36-abi3-manylinux_2_5_{MACHINE}.whl"
    (site.work / "packages").mkdir()
    content = (site.packages / name).read_bytes()
    (site.work / "packages" / name).with_suffix(".part").write_bytes(content[:100])
    site.install()
    assert (site.work / "packages" / name).read_bytes() == content


@pytest.mark.parametrize("change", ["other", "shorter", "longer"])
def test_a_package_that_is_not_what_was_said_installs_nothing(site: Site, change: str) -> None:
    told = site.plan()
    path = site.packages / "regiowacht-1.0-py3-none-any.whl"
    content = path.read_bytes()
    changed = {"other": content[:-1] + b"x", "shorter": content[:-10], "longer": content + b"more"}[change]
    path.write_bytes(changed)
    with pytest.raises(on_server.Failed, match=r"^regiowacht-1\.0-py3-none-any.*SHA-256"):
        site.install(told)
    assert not site.target.exists()
    assert not list((site.work / "packages").glob("regiowacht*"))


def test_a_package_that_is_gone_is_told_in_the_collectors_words(site: Site) -> None:
    told = site.plan()
    (site.packages / "regiowacht-1.0-py3-none-any.whl").unlink()
    done = site.run(told)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "404" in done.stderr
    assert "no longer on the collector" in done.stderr


@pytest.mark.parametrize(("url", "said"), [
    ("https://nobody.invalid/install/i-1/packages", "DNS"),
    ("http://127.0.0.1:1/install/i-1/packages", "refused"),
])  # fmt: skip
def test_no_way_to_the_collector_is_told(site: Site, url: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_server, "TRIES", 2)
    told = json.loads(site.plan()) | {"url": url}
    with pytest.raises(on_server.Failed, match=said):
        site.install(json.dumps(told))


def test_no_package_for_this_machine_is_told_before_anything_is_fetched(site: Site) -> None:
    (site.packages / f"psutil-7-cp36-abi3-manylinux_2_5_{MACHINE}.whl").unlink()
    with pytest.raises(on_server.Failed, match=rf"psutil for Python 3\.{MINOR} on {MACHINE}|{MACHINE}"):
        site.install()
    assert not (site.work / "packages").exists()


def test_a_folder_that_cannot_be_written_is_named(site: Site) -> None:
    site.work.rmdir()
    with pytest.raises(on_server.Failed, match=str(site.work)):
        site.install()


@pytest.mark.parametrize(("name", "rank"), [
    ("a-1-py3-none-any.whl", 2),
    ("a-1-py2.py3-none-any.whl", 2),
    (f"a-1-cp3{MINOR}-cp3{MINOR}-manylinux_2_17_{MACHINE}.whl", 8),
    (f"a-1-cp36-abi3-manylinux2014_{MACHINE}.manylinux_2_17_{MACHINE}.whl", 6),
    (f"a-1-cp3{MINOR}-abi3-manylinux1_{MACHINE}.whl", 8),
    (f"a-1-cp3{MINOR + 1}-abi3-manylinux_2_17_{MACHINE}.whl", 0),
    (f"a-1-cp310-cp310-manylinux_2_17_{MACHINE}.whl", 0),
    (f"a-1-cp3{MINOR}-cp3{MINOR}t-manylinux_2_17_{MACHINE}.whl", 0),
    (f"a-1-cp3{MINOR}-cp3{MINOR}-manylinux_2_99_{MACHINE}.whl", 0),
    (f"a-1-cp3{MINOR}-cp3{MINOR}-musllinux_1_2_{MACHINE}.whl", 0),
    (f"a-1-cp3{MINOR}-cp3{MINOR}-win_amd64.whl", 0),
    ("a-1-py2-none-any.whl", 0),
    ("a-1-pp311-pypy311_pp73-manylinux_2_17_x86_64.whl", 0),
])  # fmt: skip
def test_wheels_that_suit(name: str, rank: int) -> None:
    assert on_server.suits(name) == rank


def test_folders_change_places(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    if on_server.exchange(tmp_path / "one", tmp_path / "other"):
        assert [path.name for path in (tmp_path / "one").iterdir()] == ["other"]
    assert not on_server.exchange(tmp_path / "one", tmp_path / "none")
