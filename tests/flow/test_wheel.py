"""The wheel alone, installed outside the checkout, does what a clone does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pack.target import this_machine
from tests.flow.demo_process import running_demo, wait_for
from tests.lab.wheelhouse import wheelhouse
from tests.parts import need_engine, need_uplot

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [pytest.mark.slow, pytest.mark.tools, pytest.mark.wheels, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[2]


def run(words: Sequence[str | Path], cwd: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(words, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the ``bin`` folder of a fresh environment with the wheel in it and nothing of the checkout."""
    need_uplot()
    away = tmp_path_factory.mktemp("away")
    wheels = wheelhouse(this_machine())
    run([sys.executable, "-m", "venv", "--without-pip", away / "venv"], away)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    target: list[str | Path] = [*pip, "--python", away / "venv" / "bin" / "python", "install", "--no-index"]
    run([*target, "--find-links", wheels, "regiowacht[all]"], away)
    return away / "venv" / "bin"


def test_nothing_comes_from_the_checkout(installed: Path) -> None:
    code = "import regiowacht, regiowacht_contract, regiowacht_agent as a; print(regiowacht.__file__, a.__file__)"
    said = run([installed / "python", "-c", code], installed)
    assert str(ROOT) not in said
    assert str(installed.parent) in said


def test_check_accepts_the_example_region(installed: Path) -> None:
    code = "from regiowacht_inventory import example_path; print(example_path())"
    example = run([installed / "python", "-c", code], installed).strip()
    assert str(installed.parent) in example
    assert "4" in run([installed / "regiowacht", "check", example, "--lang", "en"], installed)


def test_demo_runs(installed: Path) -> None:
    need_engine()
    with running_demo(command=[str(installed / "regiowacht")], cwd=installed) as demo:
        wait_for(lambda: bool(demo.query('node_load1{instance="srv-files"}')), "a number of this machine")
        assert len(demo.query("regiowacht:asset_state")) > 20
        demo.example()
        wait_for(lambda: len(demo.query_example("regiowacht:asset_state")) > 100, "the states of the example")
