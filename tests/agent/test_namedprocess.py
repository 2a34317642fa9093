"""The family namedprocess on real processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from regiowacht_agent.config_file import FileInvalid, load
from regiowacht_agent.extra.namedprocess import Namedprocess
from regiowacht_agent.family import Metrics
from regiowacht_agent.host import Host
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from tests.agent.fake_host import samples

if TYPE_CHECKING:
    from pathlib import Path

DEADLINE_S = 60
BUSY = (
    "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass\nprint('busy', flush=True)\n"
)


class Groups:
    """The figures of groups, looked at again and again."""

    def __init__(self, *groups: str) -> None:
        self._told = Namedprocess(groups, Metrics.of("namedprocess"))

    def look(self) -> dict[tuple[str, ...], float]:
        told = {}
        for sample in self._told.look(psutil):
            name = sample.metric.name.removeprefix("namedprocess_namegroup_")
            told[(name, *sample.labels)] = sample.value
        return told


@pytest.fixture
def sleeper(tmp_path: Path) -> Path:
    """Return a program with a name that nothing else has."""
    path = tmp_path / f"rw-{os.getpid() % 100000}"
    shutil.copy(shutil.which("sleep") or "/bin/sleep", path)
    return path


def _end(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stdin):
            if stream:
                stream.close()


def _start(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _until(look: Groups, key: tuple[str, ...], wanted: float) -> dict[tuple[str, ...], float]:
    end = time.monotonic() + DEADLINE_S
    while (told := look.look()).get(key) != wanted:
        assert time.monotonic() < end, told
        time.sleep(0.02)
    return told


def test_a_group_is_counted_also_when_nothing_of_it_runs(sleeper: Path) -> None:
    groups = Groups(sleeper.name, "rw-never")
    told = groups.look()
    assert told["num_procs", "rw-never"] == told["num_procs", sleeper.name] == 0
    assert told["states", "rw-never", "Running"] == 0
    assert ("oldest_start_time_seconds", "rw-never") not in told
    one, two = _start(str(sleeper), "300"), _start(str(sleeper), "300")
    try:
        told = _until(groups, ("num_procs", sleeper.name), 2)
        assert told["num_threads", sleeper.name] == 2
        assert told["memory_bytes", sleeper.name, "resident"] > 0
        assert told["open_filedesc", sleeper.name] >= 6
        assert abs(told["oldest_start_time_seconds", sleeper.name] - time.time()) < 3600
        assert sum(told["states", sleeper.name, state] for state in ("Running", "Sleeping", "Waiting", "Other")) == 2
    finally:
        _end(one, two)
    _until(groups, ("num_procs", sleeper.name), 0)


def test_counters_go_on_when_a_process_ends() -> None:
    word = f"rw-busy-{os.getpid()}"
    groups = Groups(f"busy={word}")
    groups.look()
    worker = _start(sys.executable, "-c", f"{BUSY}input()", word)
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"busy\n"
        told = _until(groups, ("num_procs", "busy"), 1)
        before = told["cpu_seconds_total", "busy", "user"] + told["cpu_seconds_total", "busy", "system"]
        assert before >= 0.4
    finally:
        _end(worker)
    told = _until(groups, ("num_procs", "busy"), 0)
    assert told["cpu_seconds_total", "busy", "user"] + told["cpu_seconds_total", "busy", "system"] >= before
    again = _start(sys.executable, "-c", f"{BUSY}input()", word)
    try:
        assert again.stdout is not None
        assert again.stdout.readline() == b"busy\n"
        told = _until(groups, ("num_procs", "busy"), 1)
        assert told["cpu_seconds_total", "busy", "user"] + told["cpu_seconds_total", "busy", "system"] >= before + 0.4
    finally:
        _end(again)


def test_what_ran_before_the_agent_counts_from_0() -> None:
    word = f"rw-before-{os.getpid()}"
    worker = _start(sys.executable, "-c", f"{BUSY}input()", word)
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"busy\n"
        told = Groups(f"busy={word}").look()
        assert told["num_procs", "busy"] == 1
        assert told["cpu_seconds_total", "busy", "user"] == 0
    finally:
        _end(worker)


def test_a_process_belongs_to_the_first_group_that_takes_it(sleeper: Path) -> None:
    groups = Groups(f"first={sleeper.name}", sleeper.name)
    one = _start(str(sleeper), "300")
    try:
        assert _until(groups, ("num_procs", "first"), 1)["num_procs", sleeper.name] == 0
    finally:
        _end(one)


@pytest.mark.parametrize("reader", ["proc", "psutil"])
def test_both_readers_have_it_when_groups_are_declared(reader: str, sleeper: Path) -> None:
    one = _start(str(sleeper), "300")
    try:
        config = load(None, {"reader": reader, "disable_defaults": True, "namedprocess.groups": [sleeper.name]})
        opened = open_reader(config)
        readings = Readings(opened)
        end = time.monotonic() + DEADLINE_S
        while not (told := samples(readings.take()[:1])):
            assert time.monotonic() < end
            time.sleep(0.02)
        assert (sleeper.name,) in [one.labels for one in told if one.metric.name == "namedprocess_namegroup_num_procs"]
        assert readings.outcomes[0].state == "ok"
    finally:
        _end(one)


def test_psutil_stays_out_where_no_group_is_declared() -> None:
    script = (
        "import sys\nfrom regiowacht_agent.config_file import load\nfrom regiowacht_agent.reader import open_reader\n"
        "from regiowacht_agent.reading import Readings\n"
        "Readings(open_reader(load(None, {'reader': 'proc'}))).take()\nprint('psutil' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("group", ["(", "a=(", "a=(x+)+y", " a"])
def test_what_names_no_group_is_refused(tmp_path: Path, group: str) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(f"[namedprocess]\ngroups = ['{group}']\n")
    with pytest.raises(FileInvalid, match="namedprocess"):
        load(path)


def test_the_proc_readers_host_is_asked_through_its_own_proc(tmp_path: Path, sleeper: Path) -> None:
    (tmp_path / "hostproc").symlink_to("/proc")
    config = load(None, {"reader": "proc", "disable_defaults": True, "namedprocess.groups": [sleeper.name]})
    readings = Readings(open_reader(config, Host(procfs=str(tmp_path / "hostproc"))))
    end = time.monotonic() + DEADLINE_S
    while not (told := samples(readings.take()[:1])):
        assert time.monotonic() < end
        time.sleep(0.02)
    assert [one.value for one in told if one.metric.name == "namedprocess_namegroup_num_procs"] == [0]
    assert str(tmp_path / "hostproc") == psutil.PROCFS_PATH
