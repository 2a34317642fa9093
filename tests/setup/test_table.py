"""The table of markers, parts and how to get them is whole, and what reads it reads the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.parts import FINDERS
from tests.setup.table import HOW, MARKERS, PACKAGES, lacking, state_folder, which

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]


def test_every_part_of_a_marker_can_be_looked_for_and_says_how_it_is_got() -> None:
    parts = {part for marker in MARKERS.values() for part in marker.parts}
    assert parts <= HOW.keys()
    assert parts - FINDERS.keys() <= PACKAGES.keys()


def test_every_marker_stands_in_the_documentation_with_its_parts() -> None:
    page = (ROOT / "docs/how-to/run-the-tests.md").read_text()
    for name, marker in MARKERS.items():
        assert f"| `{name}` | {marker.text} | {', '.join(marker.parts)} |" in page


def test_what_a_machine_lacks_is_a_list_of_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "chromium-browser"
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert which("chromium") == str(program)
    assert "chromium" not in lacking()
    program.unlink()
    assert "chromium" in lacking()
    assert "fonts-dejavu-core" in lacking()


def test_it_runs_before_there_is_a_virtual_environment() -> None:
    def run(what: str) -> str:
        words = [sys.executable, "-I", "-S", str(ROOT / "tests/setup/table.py"), what]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    assert run("state") == str(state_folder())
    assert run("packages").split() == lacking()
