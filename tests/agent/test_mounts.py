"""Mounts that never answer.

A stale NFS server cannot be made without root and a second machine, and FUSE is not on every machine that runs tests,
so statvfs is an argument here and the one that hangs waits for an Event: the one place where the real part is missing.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.mounts import NOT_ASKED, TIMED_OUT, WORKERS, Mount, MountAsker

if TYPE_CHECKING:
    from collections.abc import Iterator

DEADLINE_S = 20.0


class _Hanging:
    """statvfs that waits for paths below /stale until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.asked: list[str] = []

    def __call__(self, path: str) -> os.statvfs_result:
        self.asked.append(path)
        if path.startswith("/stale"):
            self.let_go.wait(DEADLINE_S)
        return os.statvfs("/")


@pytest.fixture
def hanging() -> Iterator[_Hanging]:
    statvfs = _Hanging()
    yield statvfs
    statvfs.let_go.set()


def _threads() -> int:
    return sum(thread.name == "mounts" and thread.is_alive() for thread in threading.enumerate())


def _wait_until(asker: MountAsker, stuck: int) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while len(asker.stuck) != stuck:
        assert time.monotonic() < deadline, asker.stuck
        time.sleep(0.01)


def test_a_hung_mount_is_reported_and_the_others_are_whole(hanging: _Hanging) -> None:
    asker = MountAsker(0.05, hanging)
    told = asker.ask([Mount("/stale", remote=True), Mount("/", remote=False), Mount("/data", remote=False)])
    assert told["/stale"] == TIMED_OUT
    assert isinstance(told["/"], os.statvfs_result)
    assert isinstance(told["/data"], os.statvfs_result)
    assert asker.stuck == ("/stale",)


def test_a_mount_that_hangs_between_others_does_not_cost_them(hanging: _Hanging) -> None:
    asker = MountAsker(0.05, hanging)
    told = asker.ask([Mount(path, remote=False) for path in ("/a", "/stale", "/b")])
    assert [isinstance(told[path], os.statvfs_result) for path in ("/a", "/stale", "/b")] == [True, False, True]


def test_a_stuck_mount_is_not_asked_again_until_it_answers(hanging: _Hanging) -> None:
    asker = MountAsker(0.05, hanging)
    for _ in range(5):
        assert asker.ask([Mount("/stale", remote=True)])["/stale"] == TIMED_OUT
    assert hanging.asked == ["/stale"]
    hanging.let_go.set()
    _wait_until(asker, 0)
    assert isinstance(asker.ask([Mount("/stale", remote=True)])["/stale"], os.statvfs_result)


def test_threads_are_few_and_the_last_one_is_for_local_disks(hanging: _Hanging) -> None:
    before = _threads()
    asker = MountAsker(0.02, hanging)
    mounts = [Mount(f"/stale/{number}", remote=True) for number in range(10)] + [Mount("/", remote=False)]
    for _ in range(3):
        told = asker.ask(mounts)
        assert isinstance(told["/"], os.statvfs_result)
        assert {told[mount.path] for mount in mounts[:-1]} == {TIMED_OUT, NOT_ASKED}
    assert len(asker.stuck) == WORKERS - 1
    assert _threads() - before <= WORKERS


def test_all_threads_stuck_is_an_answer_too(hanging: _Hanging) -> None:
    asker = MountAsker(0.02, hanging)
    mounts = [Mount(f"/stale/{number}", remote=False) for number in range(6)]
    told = asker.ask(mounts)
    assert set(told) == {mount.path for mount in mounts}
    assert asker.ask([Mount("/", remote=False)])["/"] == NOT_ASKED
    hanging.let_go.set()
    _wait_until(asker, 0)
    assert isinstance(asker.ask([Mount("/", remote=False)])["/"], os.statvfs_result)


def test_a_path_that_cannot_be_one_is_an_answer_too() -> None:
    asker = MountAsker()
    told = asker.ask([Mount("/zero\0byte", remote=False), Mount("/", remote=False)])
    assert told["/zero\0byte"] == "embedded null byte"
    assert isinstance(told["/"], os.statvfs_result)


def test_an_error_is_told_in_words() -> None:
    assert MountAsker().ask([Mount("/no/such/mount", remote=False)]) == {"/no/such/mount": "no such file or directory"}


def test_what_the_kernel_knows_by_heart_needs_a_thread_only_until_it_has_answered() -> None:
    asked: list[tuple[str, bool]] = []
    gone: set[str] = set()

    def statvfs(path: str) -> os.statvfs_result:
        asked.append((path, threading.current_thread() is threading.main_thread()))
        if path in gone:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        return os.statvfs("/")

    asker = MountAsker(DEADLINE_S, statvfs)
    mounts = [Mount("/", False, at_once=True), Mount("/data", False), Mount("/boot", False, at_once=True)]
    turns = []
    for failing in ((), (), ("/boot",), ("/boot",), (), ()):
        gone.clear()
        gone.update(failing)
        asked.clear()
        told = asker.ask(mounts)
        assert {path for path, answer in told.items() if isinstance(answer, str)} == set(failing)
        turns.append({path for path, is_here in asked if is_here})
    assert turns == [set(), {"/", "/boot"}, {"/", "/boot"}, {"/"}, {"/"}, {"/", "/boot"}]
    asked.clear()
    asker.ask(list(mounts))
    assert not any(is_here for _path, is_here in asked), "something else may be mounted there"


def test_a_mount_that_hangs_from_the_begin_is_never_asked_without_a_thread(hanging: _Hanging) -> None:
    asker = MountAsker(0.05, hanging)
    mounts = [Mount("/stale", False, at_once=True), Mount("/", False, at_once=True)]
    for _ in range(3):
        told = asker.ask(mounts)
        assert told["/stale"] == TIMED_OUT
        assert isinstance(told["/"], os.statvfs_result)
