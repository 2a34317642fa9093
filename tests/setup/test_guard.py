"""A test run that is killed leaves nothing: no process in any session or namespace, no folder."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest

from tests.flow.demo_process import wait_for
from tests.guard_process import MARK, SCRATCH, carriers, started
from tests.parts import need
from tests.setup.nested import nested_pytest

DEADLINE_S = 60.0
SOURCE = """
import os, subprocess, sys, time
from pathlib import Path
import pytest
from tests import guard

HERE = Path(__file__).parent
COMMANDS = [["sleep", "600"], ["setsid", "--fork", "sleep", "600"]]
if os.geteuid() == 0:
    nested = ["unshare", "--pid", "--mount", "--fork", "--mount-proc"]
    COMMANDS.append([*nested, "setsid", "--fork", "--wait", "sleep", "600"])

@pytest.mark.parametrize("n", [1, 2])
def test_that_never_ends(n, tmp_path):
    with guard.scratch("nested"):
        for command in COMMANDS:
            subprocess.Popen(command)
        (HERE / f"basetemp{n}").write_text(str(tmp_path))
        (HERE / f"up{n}").write_text(os.environ["REGIOWACHT_TEST_RUN"])
        time.sleep(600)

def test_short(tmp_path):
    (HERE / "basetemp").write_text(str(tmp_path))
    subprocess.Popen(["sleep", "600"])
    (HERE / "up").write_text(os.environ["REGIOWACHT_TEST_RUN"])
"""
SLEEPERS = 2 * (4 if os.geteuid() == 0 else 2)


@pytest.fixture(autouse=True)
def programs() -> None:
    need("setsid")
    need("unshare")


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_after_sigkill_nothing_is_left(tmp_path: Path, workers: int) -> None:
    words = ("-p", "tests.guard", f"-n{workers}", "--dist=load", "-k", "never_ends")
    expected = 2 if workers else 1
    env = {"PYTEST_DEBUG_TEMPROOT": str(tmp_path)}
    with nested_pytest(tmp_path, SOURCE, *words, env=env) as nested:
        wait_for(lambda: len(list(tmp_path.glob("up*"))) == expected, "both tests to start", DEADLINE_S)
        run = (tmp_path / "up1").read_text()
        assert run == f"{nested.process.pid}-{started(nested.process.pid)}"
        wait_for(lambda: len(sleepers(run)) >= expected * SLEEPERS // 2, "their processes", DEADLINE_S)
        folders = [Path(file.read_text()) for file in tmp_path.glob("basetemp*")]
        assert len(scratch_folders(run)) == expected

        os.kill(nested.process.pid, signal.SIGKILL)

        wait_for(lambda: not carriers(run), "every process of the run to end", DEADLINE_S)
        wait_for(lambda: not scratch_folders(run), "its own folders to go", DEADLINE_S)
        wait_for(lambda: not any(folder.exists() for folder in folders), "pytest's folders to go", DEADLINE_S)


def test_a_run_that_ends_by_itself_keeps_its_folder_and_no_process(tmp_path: Path) -> None:
    env = {"PYTEST_DEBUG_TEMPROOT": str(tmp_path)}
    words = ("-p", "tests.guard", "-n2", "-k", "short", "-W", "ignore::ResourceWarning")
    with nested_pytest(tmp_path, SOURCE, *words, env=env) as nested:
        assert nested.wait() == 0, nested.said()
        run = (tmp_path / "up").read_text()
        wait_for(lambda: not carriers(run), "every process of the run to end", DEADLINE_S)
        kept = Path((tmp_path / "basetemp").read_text()).parents[1]
        assert kept.is_dir()


def test_this_run_is_guarded() -> None:
    pid, _, when = os.environ[MARK].partition("-")
    assert started(int(pid)) == when


def sleepers(run: str) -> list[int]:
    """Return the processes of the run that are no Python."""
    found = []
    for pid in carriers(run):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        found += [pid] if Path(words[0].decode()).name in ("sleep", "setsid", "unshare") else []
    return found


def scratch_folders(run: str) -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"{SCRATCH}{run}-*"))
