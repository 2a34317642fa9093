"""Which tests run first, and which stay together."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.setup.nested import nested_pytest
from tests.setup.scheduling import choose

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "test_lab_a.py": "import os, pytest\n@pytest.mark.lab\n"
    "def test_one(worker_id, small_region): print('ran', 'lab', worker_id)\n"
    "def test_plain(worker_id): print('ran', 'plain', worker_id)\n",
    "test_lab_b.py": "import os, pytest\npytestmark = pytest.mark.systemd\n"
    "def test_two(worker_id, small_region): print('ran', 'lab', worker_id)\n"
    "def test_three(worker_id, small_region): print('ran', 'lab', worker_id)\n",
    "test_needy.py": "import pytest\npytestmark = pytest.mark.tools\n"
    "@pytest.mark.parametrize('n', range(4))\ndef test_four(worker_id, n): print('ran', 'needy', worker_id)\n",
    "test_large.py": "import pytest\n"
    "@pytest.mark.parametrize('n', ['a@b', 'lab', 'c', 'd', 'e'])\n"
    "def test_five(worker_id, n): print('ran', 'large', worker_id)\n",
}
STAND_IN = """
import pytest
from tests.setup import scheduling, table
from tests.setup.scheduling import *

@pytest.fixture(scope="session")
def small_region():
    pass

def pytest_configure(config):
    for name in table.MARKERS:
        config.addinivalue_line("markers", name)
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, source in FILES.items():
        (tmp_path / name).write_text(source)
    (tmp_path / "conftest.py").write_text(STAND_IN)
    return tmp_path


def run(files: Path, *words: str, cache: Path) -> str:
    env = {"XDG_CACHE_HOME": str(cache)}
    with nested_pytest(files, "", *words, *map(str, sorted(files.glob("test_*.py"))), env=env) as process:
        code = process.wait()
        said = process.said()
    assert code == 0, said
    return said


@pytest.mark.slow
def test_files_stay_whole_and_the_lab_stays_on_one_worker(files: Path, tmp_path: Path) -> None:
    said = run(files, "-n2", "--dist=loadfile", "-rA", "--verbose", cache=tmp_path / "cache")
    ran = re.findall(r"^ran (\w+) (gw\d)$", said, re.MULTILINE)
    assert len(ran) == 13
    for what in ("lab", "needy", "large"):
        assert len({worker for name, worker in ran if name == what}) == 1, (what, ran)


def test_three_workers_for_two_processors_share_the_files(files: Path, tmp_path: Path) -> None:
    said = run(files, "-nauto", "--dist=loadfile", "-v", cache=tmp_path / "cache")
    assert f"{max(2, 3 * (os.cpu_count() or 1) // 2)} workers" in said


def test_what_needs_no_part_stands_first_and_the_lab_last(files: Path, tmp_path: Path) -> None:
    said = run(files, "--collect-only", "-q", cache=tmp_path / "cache")
    names = re.findall(r"^(?:.*/)?test_\w+\.py::(test_\w+)", said, re.MULTILINE)
    assert list(dict.fromkeys(names)) == ["test_plain", "test_five", "test_four", "test_one", "test_two", "test_three"]


def test_the_lab_goes_first_once_its_parts_are_there() -> None:
    scopes = ["small.py", "large.py", "needy.py", "lab"]
    assert choose(scopes, is_cold=True) == "small.py"
    assert choose(scopes, is_cold=False) == "lab"
    assert choose(scopes[:-1], is_cold=False) == "needy.py"
