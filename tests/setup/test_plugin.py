"""A marked test waits for a set-up that is under way, then runs, skips with its reason, or fails with ``CI=true``."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from regiowacht_dashboards.preview import vendor
from tests.parts import need_uplot
from tests.setup.nested import nested_pytest
from tests.setup.state import LOCK, failures, is_under_way, note_failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.setup.nested import Nested

SOURCE = """
import pytest

@pytest.mark.ui
def test_page():
    print("page seen")
"""
PLUGIN = ("-p", "tests.setup.plugin", "--timeout=60")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The word of a set-up on a machine of our own, with uPlot and without Chromium."""
    need_uplot()
    uplot = vendor.find()
    folder = tmp_path / "cache/regiowacht/setup"
    folder.mkdir(parents=True)
    (folder.parent / vendor.cache_dir(vendor.lock()).name).symlink_to(uplot)
    (tmp_path / "bin").mkdir()
    return folder


@contextmanager
def run(tmp_path: Path, *words: str, **env: str) -> Iterator[Nested]:
    ours = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": str(tmp_path / "bin")}
    with nested_pytest(tmp_path, SOURCE, *PLUGIN, *words, env=ours | env) as process:
        yield process


@contextmanager
def set_up_under_way(state: Path) -> Iterator[int]:
    with (state / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def test_a_missing_part_is_a_skip_that_says_how_to_get_it(tmp_path: Path, state: Path) -> None:
    assert not is_under_way(state)
    with run(tmp_path) as process:
        code = process.wait()
        said = process.said()
    assert code == 0, said
    assert "chromium is not installed; apt install chromium\n" in said
    assert "1 skipped" in said


def test_with_ci_it_is_a_failure(tmp_path: Path, state: Path) -> None:
    assert state.is_dir()
    with run(tmp_path, CI="true") as process:
        code = process.wait()
        said = process.said()
    assert code == 1, said
    assert "a part is missing with CI=true: chromium is not installed" in said


@pytest.mark.parametrize("workers", ["-n0", "-n1"])
def test_it_waits_for_the_set_up_and_runs_once_the_part_is_there(tmp_path: Path, state: Path, workers: str) -> None:
    with set_up_under_way(state), run(tmp_path, workers) as process:
        process.wait_said("waits for the set-up to bring: chromium")
        program = tmp_path / "bin/chromium"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        code = process.wait()
        said = process.said()
    assert code == 0, said
    assert "1 passed" in said


def test_a_set_up_that_ends_without_it_lets_the_test_go(tmp_path: Path, state: Path) -> None:
    with run_beside_set_up(tmp_path, state) as (process, lock):
        process.wait_said("waits for the set-up")
        fcntl.flock(lock, fcntl.LOCK_UN)
        process.wait()
        said = process.said()
    assert "1 skipped" in said


def test_what_the_set_up_said_is_part_of_the_reason_and_of_the_summary(tmp_path: Path, state: Path) -> None:
    with run_beside_set_up(tmp_path, state) as (process, _lock):
        process.wait_said("waits for the set-up")
        note_failure("apt", "apt could not install chromium: the disk is full\n", state)
        process.wait()
        said = process.said()
    assert "(the set-up said: apt could not install chromium: the disk is full)" in said
    assert "set-up: apt: apt could not install chromium: the disk is full" in said
    assert failures(state) == {"apt": "apt could not install chromium: the disk is full"}


@contextmanager
def run_beside_set_up(tmp_path: Path, state: Path) -> Iterator[tuple[Nested, int]]:
    with set_up_under_way(state) as lock, run(tmp_path) as process:
        assert is_under_way(state)
        yield process, lock


def test_a_cache_without_any_set_up_has_none_under_way(tmp_path: Path) -> None:
    assert not is_under_way(tmp_path / "nothing")
    assert failures(tmp_path / "nothing") == {}
