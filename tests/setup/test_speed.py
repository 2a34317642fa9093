"""What a run keeps, so that it does nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.setup.nested import nested_pytest
from tests.setup.scheduling import LONGEST, ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
import gc, os, subprocess, sys

def test_kept():
    asked = [sys.executable, "-c", "import sys; print(sys.dont_write_bytecode)"]
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    assert (sys.dont_write_bytecode, said.strip()) == (False, "False")
    assert gc.get_freeze_count() > 0
"""


def test_bytecode_is_written_also_where_the_environment_says_not_to(tmp_path: Path) -> None:
    env = {"PYTHONDONTWRITEBYTECODE": "1"}
    for workers in ("-n0", "-n1"):
        with nested_pytest(tmp_path, SOURCE, "-p", "tests.setup.speed", workers, env=env) as nested:
            assert nested.wait() == 0, nested.said()
        assert [path.name for path in tmp_path.glob("__pycache__/test_nested*.pyc")]


def test_the_longest_files_are_there() -> None:
    assert [name for name in LONGEST if not (ROOT / name).is_file()] == []
