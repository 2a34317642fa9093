"""A past is loaded whole or not at all, and what stands in the way is one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.backfill import FOLDER, backfill
from regiowacht_contract.errors import Found, PartMissing, Unavailable
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = 1_772_434_800


def past(folder: Path, name: str = "past.om", start: int = START) -> Path:
    lines = [f'up{{instance="a"}} {number % 2} {start + 60 * number}' for number in range(30)]
    (folder / name).write_text("\n".join([*lines, "# EOF", ""]), encoding="utf-8")
    return folder / name


def blocks(storage: Path) -> list[str]:
    return sorted(path.name for path in storage.iterdir())


@pytest.fixture
def promtool() -> Path:
    return Path(need("promtool"))


@pytest.mark.tools
def test_every_file_becomes_a_block_and_nothing_else_stays(tmp_path: Path, promtool: Path) -> None:
    files = [past(tmp_path, f"{number}.om", START + number * 86_400) for number in range(3)]
    backfill(files, tmp_path / "storage", promtool)
    assert len(blocks(tmp_path / "storage")) == 3
    assert all((tmp_path / "storage" / name / "meta.json").is_file() for name in blocks(tmp_path / "storage"))
    assert all(file.is_file() for file in files)


@pytest.mark.tools
def test_files_are_written_as_they_are_needed_and_removed_when_loaded(tmp_path: Path, promtool: Path) -> None:
    most = 0

    def written() -> Iterator[Path]:
        nonlocal most
        for number in range(5):
            yield past(tmp_path, f"{number}.om", START + number * 86_400)
            most = max(most, len(list(tmp_path.glob("*.om"))))

    backfill(written(), tmp_path / "storage", promtool, remove=True)
    assert len(blocks(tmp_path / "storage")) == 5
    assert list(tmp_path.glob("*.om")) == []
    assert 1 <= most <= 3


@pytest.mark.tools
@pytest.mark.parametrize(
    ("line", "wrong"),
    [(2, 'up{instance="b} 1 1772434800'), (3, 'up{instance="b"} x 1772434800'), (1, 'up{instance="b"} 1')],
)
def test_text_that_is_refused_is_named_with_its_line(line: int, wrong: str, tmp_path: Path, promtool: Path) -> None:
    file = past(tmp_path)
    lines = file.read_text(encoding="utf-8").splitlines()
    lines.insert(line - 1, wrong)
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    good = past(tmp_path, "good.om", START + 86_400)
    with pytest.raises(Found, match=rf"past\.om, line {line}: promtool refuses") as refused:
        backfill([good, file], tmp_path / "storage", promtool)
    assert "\n" not in refused.value.message("nl")
    assert blocks(tmp_path / "storage") == []


@pytest.mark.tools
def test_text_without_its_end_is_refused(tmp_path: Path, promtool: Path) -> None:
    file = past(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").removesuffix("# EOF\n"), encoding="utf-8")
    with pytest.raises(Found, match=r"line 30: .*EOF"):
        backfill([file], tmp_path / "storage", promtool)


@pytest.mark.tools
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, promtool: Path) -> None:
    with pytest.raises(Found, match=r"gone\.om"):
        backfill([tmp_path / "gone.om"], tmp_path / "storage", promtool)


def test_without_promtool_it_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(PartMissing, match="apt install"):
        backfill([past(tmp_path)], tmp_path / "storage", None)


def test_a_promtool_that_does_not_run_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "promtool"
    broken.write_text("not a program")
    broken.chmod(0o755)
    with pytest.raises(PartMissing, match="promtool does not work"):
        backfill([past(tmp_path)], tmp_path / "storage", broken)
    assert blocks(tmp_path / "storage") == []


def test_a_full_disk_is_said_and_nothing_is_loaded(tmp_path: Path) -> None:
    """A program that says what promtool says then; a full disk itself needs root to make."""
    full = tmp_path / "promtool"
    full.write_text("#!/bin/sh\necho 'block creation: preallocate: no space left on device' >&2\nexit 1\n")
    full.chmod(0o755)
    with pytest.raises(Unavailable, match="the disk is full, nothing was loaded"):
        backfill([past(tmp_path)], tmp_path / "storage", full)
    assert blocks(tmp_path / "storage") == []


def test_a_storage_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="file"):
        backfill([past(tmp_path)], tmp_path / "file" / "storage", Path(sys.executable))


def test_a_mistake_ends_the_others_that_still_load(tmp_path: Path) -> None:
    """The first never ends by itself; the second fails."""
    program = tmp_path / "promtool"
    program.write_text(
        f'#!/bin/sh\ncase "$6" in *slow.om) echo $$ > {tmp_path}/pid; exec sleep 600;; esac\n'
        f"while [ ! -s {tmp_path}/pid ]; do sleep 0.01; done; exit 1\n"
    )
    program.chmod(0o755)
    with pytest.raises(Found, match="fast"):
        backfill([past(tmp_path, "slow.om"), past(tmp_path, "fast.om")], tmp_path / "storage", program)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_promtool_that_is_killed_is_no_mistake_in_the_text(tmp_path: Path) -> None:
    program = tmp_path / "promtool"
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    with pytest.raises(Unavailable, match=r"promtool was ended from outside \(SIGKILL\), nothing was loaded"):
        backfill([past(tmp_path)], tmp_path / "storage", program)
    assert list((tmp_path / "storage").iterdir()) == []


def test_what_promtool_keeps_aside_stands_in_the_storage_and_goes(tmp_path: Path) -> None:
    program = tmp_path / "promtool"
    program.write_text(f'#!/bin/sh\nmktemp -d >"{tmp_path}/aside"\nexit 1\n')
    program.chmod(0o755)
    storage = tmp_path / "storage"
    with pytest.raises(Found):
        backfill([past(tmp_path)], storage, program)
    aside = Path((tmp_path / "aside").read_text().strip())
    assert storage in aside.parents
    assert not aside.exists()
    assert list(storage.iterdir()) == []


def test_promtool_ends_when_whoever_loads_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "promtool"
    program.write_text(
        f"#!/bin/sh\necho $$ > {tmp_path}/pid.new; mv {tmp_path}/pid.new {tmp_path}/pid; exec sleep 600\n"
    )
    program.chmod(0o755)
    loads = (
        "import sys; from pathlib import Path; from regiowacht_collector.backfill import backfill\n"
        "backfill([Path(sys.argv[1])], Path(sys.argv[2]), Path(sys.argv[3]))\n"
    )
    words = [sys.executable, "-c", loads, str(past(tmp_path)), str(tmp_path / "storage"), str(program)]
    with subprocess.Popen(words) as loader:
        wait_until((tmp_path / "pid").exists)
        loader.kill()
    pid = int((tmp_path / "pid").read_text())
    wait_until(lambda: is_gone(pid))


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


@pytest.mark.tools
def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path, promtool: Path) -> None:
    storage = tmp_path / "storage"
    program = (
        "import os, sys, pathlib; from regiowacht_collector import backfill as b\n"
        "real = pathlib.Path.rename\n"
        "def dies(path, target):\n"
        "    real(path, target); os.kill(os.getpid(), 9)\n"
        "pathlib.Path.rename = dies\n"
        "b.backfill([pathlib.Path(f) for f in sys.argv[3:]], pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))\n"
    )
    files = [past(tmp_path, f"{number}.om", START + number * 86_400) for number in range(2)]
    killed = subprocess.run([sys.executable, "-c", program, storage, promtool, *files], check=False)
    assert killed.returncode == -9
    assert [name for name in blocks(storage) if name.startswith(FOLDER)]
    assert len(blocks(storage)) == 2  # one block was in place

    backfill(files, storage, promtool)

    assert len(blocks(storage)) == 2
    assert all((storage / name / "meta.json").is_file() for name in blocks(storage))
