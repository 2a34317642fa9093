"""bootstrap.sh returns while the heavy half of the set-up goes on, and what apt could not install is told."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.demo_process import wait_for
from tests.parts import need
from tests.setup.state import failures, is_under_way

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60.0
TOOLS = (
    *("sh", "flock", "setsid", "timeout", "mkdir", "rm", "cat", "grep", "tail"),
    *("mktemp", "dirname", "sleep"),
)
APT = "#!/bin/sh\ncase $* in *install*) echo 'Reading lists'; echo 'E: the disk is full'; exit 100;; esac\n"
VENV_PYTHON = """#!/bin/sh
echo "$*" >>asked
[ "$*" != "-m tests.setup" ] || until [ -e enough ]; do sleep 0.1; done
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a virtual environment that stands already, on a machine where apt fails."""
    folder = tmp_path / "checkout"
    for name in ("bootstrap.sh", "tests/setup/table.py", "requirements-dev.lock", "requirements.lock"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in ("pyproject.toml", "hatch_build.py"):
        (folder / name).write_text("")
    programs = {"apt-get": APT, "id": "#!/bin/sh\necho 0\n"}
    for name, text in programs.items():
        write_program(tmp_path / "bin" / name, text)
    for name in TOOLS:
        (tmp_path / "bin" / name).symlink_to(need(name))
    (tmp_path / "bin/python3").symlink_to(sys.executable)
    write_program(folder / ".venv/bin/python", VENV_PYTHON)
    inputs = ("requirements-dev.lock", "pyproject.toml", "hatch_build.py", "bootstrap.sh")
    known = hashlib.sha256(b"".join((folder / name).read_bytes() for name in inputs)).hexdigest()
    (folder / ".venv/made-of").write_text(f"{sys.version} {known}\n")
    return folder


def write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def bootstrap(checkout: Path, want: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(checkout.parent / "bin"), "XDG_CACHE_HOME": str(checkout.parent / "cache")}
    mark = {name: value for name, value in os.environ.items() if name == "REGIOWACHT_TEST_RUN"}
    words = [need("sh"), "bootstrap.sh", want]
    return subprocess.run(
        words, cwd=checkout, env=env | mark, capture_output=True, text=True, check=False, timeout=DEADLINE_S
    )


def test_the_heavy_half_goes_on_with_the_lock_held(checkout: Path) -> None:
    state = checkout.parent / "cache/regiowacht/setup"
    try:
        done = bootstrap(checkout, "test")

        assert done.returncode == 0, done.stderr
        assert "are fetched while the fast tests run; log: " in done.stderr
        assert is_under_way(state)
        wait_for(lambda: "apt" in failures(state), "apt's failure to be noted", DEADLINE_S)
        assert failures(state)["apt"].startswith("apt could not install chromium ")
        assert failures(state)["apt"].endswith(": E: the disk is full")
        assert "E: the disk is full" in (state / "log").read_text()
        assert is_under_way(state)
    finally:
        (checkout / "enough").touch()
    wait_for(lambda: not is_under_way(state), "the set-up to end", DEADLINE_S)
    assert "-m tests.setup" in (checkout / "asked").read_text()


def test_a_new_run_forgets_what_the_last_one_could_not_get(checkout: Path) -> None:
    state = checkout.parent / "cache/regiowacht/setup"
    (checkout / "enough").touch()
    write_program(checkout.parent / "bin/apt-get", "#!/bin/sh\n")
    state.mkdir(parents=True)
    (state / "lab.failed").write_text("no network\n")

    assert bootstrap(checkout, "test").returncode == 0

    wait_for(lambda: not is_under_way(state), "the set-up to end", DEADLINE_S)
    assert failures(state) == {}


def test_a_second_set_up_takes_the_lock_over_from_the_first(checkout: Path) -> None:
    state = checkout.parent / "cache/regiowacht/setup"
    state.mkdir(parents=True)
    (state / "peers.failed").write_text("no network\n")
    try:
        with (state / "lock").open("w") as first:
            fcntl.flock(first, fcntl.LOCK_EX)
            assert bootstrap(checkout, "test").returncode == 0
            assert failures(state) == {"peers": "no network"}
        wait_for(lambda: "apt" in failures(state), "the second one's apt run", DEADLINE_S)
        assert is_under_way(state)
    finally:
        (checkout / "enough").touch()
    wait_for(lambda: not is_under_way(state), "the set-up to end", DEADLINE_S)


def test_the_demo_sets_up_nothing_heavy(checkout: Path) -> None:
    assert bootstrap(checkout, "demo").returncode == 0
    assert not (checkout.parent / "cache").exists()
    assert (checkout / "asked").read_text().count("tests.setup") == 0
