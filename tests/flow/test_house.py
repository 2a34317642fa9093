"""The house defends itself: imports against the direction and names changed in one place alone are refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("contract", "inventory", "agent", "collector", "audit", "dashboards", "cli")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a copy of the source that a test may spoil."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "generated"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(house: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(house / room) for room in ROOMS)
    environ = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *words], cwd=house, env=environ, capture_output=True, text=True, check=False, timeout=60
    )


def imports(house: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    return run(house, "-c", code)


def test_the_source_keeps_the_direction(house: Path) -> None:
    done = imports(house)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("agent/regiowacht_agent/exposition.py", "import regiowacht_collector"),
        ("agent/regiowacht_agent/exposition.py", "import regiowacht_inventory"),
        ("dashboards/regiowacht_dashboards/panels.py", "import regiowacht_collector"),
        ("inventory/regiowacht_inventory/loader.py", "import regiowacht_dashboards"),
        ("contract/regiowacht_contract/labels.py", "import regiowacht_inventory"),
        ("contract/regiowacht_contract/labels.py", "import psutil"),
        ("collector/regiowacht_collector/targets.py", "import regiowacht"),
    ],
)
def test_an_import_against_the_direction_is_refused(house: Path, file: str, line: str) -> None:
    with (house / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    done = imports(house)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout


ONCE = ("agent", "once")
BUILD = ("dashboards", "build", "--out", "out", "--region", "R")
RENDER = ("collector", "render", "--out", "out", "--region", "R")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("node_load1", ONCE),
        ("node_memory_MemTotal_bytes", ONCE),
        ("node_memory_MemTotal_bytes", BUILD),
        ("regiowacht:asset_state", BUILD),
        ("regiowacht:asset_state", RENDER),
        ("regiowacht_asset_info", RENDER),
    ],
)
def test_a_name_changed_in_the_catalogue_alone_breaks_what_uses_it(
    house: Path, name: str, words: tuple[str, ...]
) -> None:
    region = str(house / "inventory" / "regiowacht_inventory" / "example")
    command = ["-m", "regiowacht", *(region if word == "R" else word for word in words), "--lang", "en"]
    assert run(house, *command).returncode == 0
    for family in (house / "contract" / "regiowacht_contract" / "families").glob("*.toml"):
        text = family.read_text(encoding="utf-8")
        family.write_text(text.replace(f'name = "{name}"', f'name = "{name}_renamed"'), encoding="utf-8")
    done = run(house, *command)
    assert done.returncode != 0
    assert name in done.stderr
