"""The Debian packages as files: the same bytes each time, everything in its place, and what dpkg is told of them."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from pack import deb, manual, tree
from pack.control import scripts
from pack.errors import PackError
from pack.kinds import AGENT_PACKAGE, COLLECTOR_PACKAGE, KINDS
from pack.target import Target
from tests.lab.wheelhouse import wheelhouse
from tests.pack.debs import EPOCH, build, field, listed
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path

    from pack.kinds import Kind

pytestmark = pytest.mark.wheels

PLACES = (
    *("/etc/regiowacht/", "/usr/bin/regiowacht", "/usr/lib/regiowacht/", "/usr/lib/systemd/system/regiowacht-"),
    *("/usr/share/doc/regiowacht-", "/usr/share/man/man1/regiowacht.1.gz", "/usr/share/regiowacht/"),
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agent's package."""
    need("dpkg")
    return build(AGENT_PACKAGE, tmp_path_factory.mktemp("debs"))


def test_its_name_says_version_python_and_machine(package: Path) -> None:
    assert package.name == f"regiowacht-agent_{field(package, 'Version')}_amd64.deb"
    assert field(package, "Version").endswith("+py3.11")


def test_it_is_the_same_bytes_again_whatever_the_umask(package: Path, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        again = build(AGENT_PACKAGE, tmp_path)
    finally:
        os.umask(before)
    assert again.read_bytes() == package.read_bytes()


def test_everything_is_in_its_place_with_its_mode(package: Path) -> None:
    found = listed(package)
    assert [path for path in found if not path.endswith("/") and not path.startswith(PLACES)] == []
    assert found["/etc/regiowacht/secrets/"] == "drwx------"
    assert found["/usr/lib/regiowacht/bin/regiowacht"] == "-rwxr-xr-x"
    assert found["/usr/bin/regiowacht"][0] == "l"
    assert found["/usr/lib/systemd/system/regiowacht-agent.service"] == "-rw-r--r--"
    assert {mode for path, mode in found.items() if path.endswith(".py")} == {"-rw-r--r--"}
    assert not [path for path in found if path.endswith(".pyc") or "system/regiowacht-collector" in path]
    assert "/usr/lib/regiowacht/lib/python3.11/site-packages/cramjam/__init__.py" in found


def test_it_wants_exactly_the_python_that_its_code_was_compiled_for(package: Path) -> None:
    assert field(package, "Depends").startswith("python3 (>= 3.11), python3 (<< 3.12), libc6 (>= 2.34)")


def test_it_is_small(package: Path) -> None:
    assert package.stat().st_size < 12_000_000


def test_it_names_the_licence_of_every_work_it_carries(package: Path, tmp_path: Path) -> None:
    subprocess.run(["dpkg-deb", "--extract", package, tmp_path], check=True)
    told = (tmp_path / "usr/share/doc/regiowacht-agent/copyright").read_text()
    site = tmp_path / "usr/lib/regiowacht/lib/python3.11/site-packages"
    carried = {path.name.partition("-")[0] for path in site.glob("*.dist-info")} - {"regiowacht"}
    assert len(carried) == 8
    assert all(f"\n{name} " in told.lower() for name in carried)
    texts = [line.strip() for line in told.splitlines() if line.startswith("  /usr/lib/regiowacht/")]
    assert len({text.split("site-packages/")[1].partition("-")[0] for text in texts}) == len(carried)
    assert all((tmp_path / text.lstrip("/")).is_file() for text in texts)
    assert "EUROPEAN UNION PUBLIC LICENCE" in told


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_maintainer_scripts_are_shell_without_gaps(kind: Kind) -> None:
    for name, script in scripts(kind).items():
        assert "@" not in script, name
        done = subprocess.run(["sh", "-n"], input=script, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), name


def test_a_package_for_which_wheels_are_missing_says_which(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"lacks wheels for CPython 3\.13, aarch64: .*cffi.*; make wheelhouse"):
        deb.make(AGENT_PACKAGE, Target("3.13", "aarch64"), wheelhouse(), tmp_path, epoch=EPOCH)


def test_the_manual_page_names_every_room_and_is_read_without_a_warning() -> None:
    page = manual.page()
    assert all(f".B {room}\n" in page for room in ("agent", "collector", "audit", "inventory"))
    assert "join" in page


def test_the_time_of_the_files_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234567890")
    assert deb.source_epoch() == 1234567890
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert deb.source_epoch() >= deb.FIRST_EPOCH


def test_the_collector_takes_the_place_of_the_agent() -> None:
    assert COLLECTOR_PACKAGE.beside["Replaces"] == COLLECTOR_PACKAGE.beside["Conflicts"] == AGENT_PACKAGE.name
    assert set(COLLECTOR_PACKAGE.folders) > set(AGENT_PACKAGE.folders)
    assert tree.COMMAND == "/usr/bin/regiowacht"
