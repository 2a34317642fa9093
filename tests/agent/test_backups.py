"""The family backups on real files, and what hangs in any family that looks slowly."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.block import render
from regiowacht_agent.config_file import FileInvalid, load
from regiowacht_agent.extra.slowly import Slowly
from regiowacht_agent.family import Sample
from regiowacht_agent.host import Host
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from regiowacht_contract.catalogue import metric

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = metric("regiowacht_backup_files")


def _told(*declared: str) -> str:
    config = load(None, {"disable_defaults": True, "backups.files": list(declared)})
    return render(Readings(open_reader(config, Host())).take()).decode()


def _write(path: Path, when: float, content: bytes = b"backup") -> None:
    path.write_bytes(content)
    os.utime(path, (when, when))


def test_the_newest_file_counts(tmp_path: Path) -> None:
    _write(tmp_path / "db-1.tar", 1_700_000_000)
    _write(tmp_path / "db-2.tar", 1_700_086_400.25, b"longer backup")
    _write(tmp_path / "db-0.tar", 1_600_000_000)
    told = _told(f"db={tmp_path}/db-*.tar")
    assert 'regiowacht_backup_last_success_timestamp_seconds{backup="db"} 1700086400.25\n' in told
    assert 'regiowacht_backup_size_bytes{backup="db"} 13\n' in told
    assert 'regiowacht_backup_files{backup="db"} 3\n' in told
    assert "problem" not in told


def test_a_backup_that_never_was_is_told_without_a_time(tmp_path: Path) -> None:
    _write(tmp_path / "marker", 1_700_000_000, b"")
    told = _told(f"files={tmp_path}/none-*", f"mail={tmp_path}/marker")
    assert 'regiowacht_backup_files{backup="files"} 0\n' in told
    assert 'regiowacht_backup_problem_info{backup="files",reason="not-found"} 1\n' in told
    assert 'timestamp_seconds{backup="files"}' not in told
    assert 'timestamp_seconds{backup="mail"} 1700000000.0\n' in told


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ('["/x/*"]', "backups.files cannot be /x/*; give NAME=FILES"),
        ('["a="]', "give NAME=FILES"),
        ('["=b"]', "give NAME=FILES"),
        ('["a=/x", "a=/y"]', "a is there already"),
        ("3", "a text in quotes, or a list of them, not 3"),
    ],
)
def test_what_names_no_backup_is_refused(tmp_path: Path, files: str, says: str) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(f"[backups]\nfiles = {files}\n")
    with pytest.raises(FileInvalid) as raised:
        load(path)
    assert says in raised.value.message("en")


class Slow:
    """Something that is looked at slowly, and may hang or fail."""

    def __init__(self) -> None:
        self.now = 0.0
        self.looks = 0
        self.lets_go = threading.Event()
        self.lets_go.set()
        self.failure: Exception | None = None
        self.host = Host(monotonic=lambda: self.now)
        self.family = Slowly(self._look, interval_s=10, wait_s=0.05, stuck_s=30)

    def _look(self, _host: Host) -> Iterator[Sample]:
        self.lets_go.wait(60)
        if self.failure is not None:
            raise self.failure
        self.looks += 1
        yield Sample(FILES, ("a",), self.looks)

    def read(self) -> list[int | float | str]:
        return list(self.family.read(self.host).values)

    def read_until(self, wanted: list[int | float | str]) -> None:
        for _ in range(2000):
            if self.read() == wanted:
                return
            threading.Event().wait(0.01)
        raise AssertionError(self.read())


def test_it_is_looked_at_once_an_interval() -> None:
    slow = Slow()
    slow.read_until(["1"])
    slow.now = 9
    assert slow.read() == ["1"]
    slow.now = 10
    slow.read_until(["2"])


def test_what_hangs_keeps_no_reading_waiting_and_fails_after_a_while() -> None:
    slow = Slow()
    slow.read_until(["1"])
    slow.lets_go.clear()
    slow.now = 10
    assert slow.read() == ["1"]
    slow.now = 41
    with pytest.raises(TimeoutError, match="no answer for 31 s"):
        slow.read()
    slow.lets_go.set()
    slow.now = 39  # the look that hung comes back, and counts
    slow.read_until(["2"])


def test_a_failure_is_raised_until_a_look_goes_well() -> None:
    slow = Slow()
    slow.failure = OSError("no")
    for _ in range(2000):
        try:
            slow.read()
        except OSError:
            break
        threading.Event().wait(0.01)
    else:
        pytest.fail("it never failed")
    slow.failure = None
    slow.now = 10
    for _ in range(2000):
        try:
            assert slow.read() == ["1"]
            break
        except OSError:
            threading.Event().wait(0.01)
