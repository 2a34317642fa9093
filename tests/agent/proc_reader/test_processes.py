"""All processes of a recorded host together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path


def stat(pid: int, name: str, state: str, threads: int) -> str:
    return f"{pid} ({name}) {state} {' '.join(['1'] * 16)} {threads} 0 {' '.join(['2'] * 30)}\n"


PROCESSES = {
    "1/stat": stat(1, "init", "S", 1),
    "20/stat": stat(20, "odd) R 1 2 (name", "S", 3),
    "20/task/20/stat": stat(20, "odd) R 1 2 (name", "S", 3),
    "20/task/21/stat": stat(21, "worker one", "R", 3),
    "20/task/22/stat": stat(22, "worker two", "D", 3),
    "300/stat": stat(300, "gone", "Z", 1),
    "400/stat": "",
    "500/status": "has ended\n",
    "acpi/stat": "none of them\n",
}
EXPECTED = """\
node_processes_max_processes 4194304
node_processes_max_threads 127000
node_processes_pids 3
node_processes_state{state="S"} 2
node_processes_state{state="Z"} 1
node_processes_threads 5
node_processes_threads_state{thread_state="D"} 1
node_processes_threads_state{thread_state="R"} 1
node_processes_threads_state{thread_state="S"} 2
node_processes_threads_state{thread_state="Z"} 1
"""


def test_processes_and_threads_are_counted_by_state(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path, PROCESSES).exposition("processes", reader="proc") == EXPECTED


def test_threads_that_end_while_they_are_listed_are_not_counted(tmp_path: Path) -> None:
    gone: dict[str, str | None] = {name: None for name in PROCESSES if name.startswith("20/task")}
    told = FakeHost.write(tmp_path, {**PROCESSES, **gone}).exposition("processes", reader="proc")
    assert 'node_processes_threads_state{thread_state="S"} 2\n' in told
    assert 'thread_state="R"' not in told


def test_states_come_and_go(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, PROCESSES).reader("processes", reader="proc")
    family = reader.families["processes"]
    family.read(reader.host)
    (tmp_path / "proc/300/stat").write_text(stat(300, "gone", "R", 1))
    text = family.read(reader.host).text()
    assert 'node_processes_state{state="R"} 1\n' in text
    assert "Z" not in text


def test_without_limits_the_family_fails_and_says_why(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, {**PROCESSES, "sys/kernel/pid_max": None}).reader("processes", reader="proc")
    readings = Readings(reader)
    readings.take()
    assert [outcome.state for outcome in readings.outcomes] == ["failed"]
    assert "pid_max" in readings.outcomes[0].reason
