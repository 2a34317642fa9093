"""Asks filesystems for their figures without ever hanging on one.

statvfs(3) on a stale NFS mount does not come back until its server does. So a worker thread asks; a mount that does not
answer in time is remembered as stuck and not asked again until its thread returns. At most ``WORKERS`` threads exist,
and the last one is kept for local filesystems. Handing mounts to a thread and back costs a tenth of a scrape, so those
that the kernel answers for from memory are handed over only until they have answered once.
"""

from __future__ import annotations

import errno
import os
import re
import threading
import time
from collections import deque

from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WORKERS = 4
"""Threads at most, stuck ones included."""

NEXT_STUCK = 0.25
"""Share of the time-out that every further mount has, once one did not answer in the same reading."""

REMOTE = re.compile(r"^(nfs|nfs4|cifs|smb3?|smbfs|9p|afs|ceph|glusterfs|lustre|gfs2|ocfs2|virtiofs|davfs|fuse\..*)$")

FROM_MEMORY = frozenset({"ext2", "ext3", "ext4", "msdos", "vfat", "tmpfs"})
"""Types whose figures the kernel keeps in memory once it told them (ext4_statfs, fat_statfs, shmem_statfs).

XFS and Btrfs may wait for a disk: for inodes that are being freed, for the lock of their chunks.
"""

TIMED_OUT = "mountpoint timeout"
NOT_ASKED = "not asked: too many stuck mounts"


def _statvfs(path: str) -> os.statvfs_result:
    """Ask a filesystem; looked up when it is called, for Windows lacks it."""
    return os.statvfs(path)


class Mount(NamedTuple):
    """One mount to ask.

    Attributes:
        path: of it, as this process reaches it.
        remote: another machine has to answer.
        at_once: the kernel answers from memory, whatever becomes of a disk or a network (``FROM_MEMORY``).
    """

    path: str
    remote: bool
    at_once: bool = False


def is_remote(fs_type: str) -> bool:
    """Return whether another machine, or another process, has to answer for filesystems of this type."""
    return REMOTE.match(fs_type) is not None


class _Worker:
    """One thread that asks mount after mount; what it is asking now tells where it is stuck.

    The lock is taken at the begin and the end of a batch only; between them, a list of ten thousand mounts is one
    thread's work, and whoever waits looks at ``asking`` and ``begun`` when a time-out could be over.

    Attributes:
        is_busy: it was given a batch that it has not come back from.
        asking: path of the mount that it waits for.
        begun: when it began to ask that one, on the monotonic clock.
        todo: paths of the batch that come after it.
        answers: of the batch, by path.
    """

    def __init__(self, changed: threading.Condition, statvfs: Callable[[str], os.statvfs_result]) -> None:
        self.is_busy = False
        self.asking: str | None = None
        self.begun = 0.0
        self.todo: deque[str] = deque()
        self.answers: dict[str, os.statvfs_result | str] = {}
        self._changed = changed
        self._statvfs = statvfs
        threading.Thread(target=self._work, name="mounts", daemon=True).start()

    def give(self, paths: Iterable[str]) -> None:
        """Hand it a batch, with the lock held."""
        self.answers = {}
        self.todo.extend(paths)
        self.begun = time.monotonic()
        self.is_busy = True
        self._changed.notify_all()

    def take_back(self) -> str | None:
        """Take back what it did not ask yet, with the lock held; return the path that it is stuck at, if any."""
        self.todo.clear()
        # A thread that has not even woken up has nothing to come back from.
        self.is_busy = self.asking is not None
        return self.asking

    def _work(self) -> None:
        while True:
            with self._changed:
                self.asking = None
                self.is_busy = bool(self.todo)
                self._changed.notify_all()
                while not self.todo:
                    self._changed.wait()
                path: str | None = self.todo.popleft()
                self.asking = path
            while path is not None:
                self.answers[path] = _answer(self._statvfs, path)
                self.begun = time.monotonic()
                self.asking = path = self._next()

    def _next(self) -> str | None:
        try:
            return self.todo.popleft()
        except IndexError:
            return None


class MountAsker:
    """Asks mounts for their figures, each within a time-out.

    Args:
        timeout_s: how long one mount may take before it counts as stuck.
        statvfs: ``os.statvfs``; tests pass one that blocks, since no real filesystem can be made to hang without root
            and FUSE.
    """

    def __init__(self, timeout_s: float = 2.0, statvfs: Callable[[str], os.statvfs_result] = _statvfs) -> None:
        self.timeout_s = timeout_s
        self._statvfs = statvfs
        self._changed = threading.Condition()
        self._workers: list[_Worker] = []
        self._stuck: dict[str, _Worker] = {}
        self._before: Sequence[Mount] = ()
        self._at_once: list[Mount] = []
        self._by_thread: Sequence[Mount] = ()

    @property
    def stuck(self) -> tuple[str, ...]:
        """Paths that are still waited for, sorted."""
        with self._changed:
            self._forget_returned()
            return tuple(sorted(self._stuck))

    def ask(self, mounts: Sequence[Mount]) -> dict[str, os.statvfs_result | str]:
        """Return for every path its figures, or one line that says why there are none.

        Takes at most the time-out for the first mount that does not answer and a quarter of it for each further one,
        of which there can be ``WORKERS`` in all.

        Args:
            mounts: what to ask; as long as it is the same object as last time, the same things are mounted.
        """
        if mounts is not self._before:
            self._before, self._at_once, self._by_thread = mounts, [], mounts
        answers = {mount.path: _answer(self._statvfs, mount.path) for mount in self._at_once}
        if self._by_thread or self._stuck:
            answers |= self._ask_threads(self._by_thread)
        good = [mount for mount in mounts if mount.at_once and not isinstance(answers[mount.path], str)]
        if good != self._at_once:
            self._at_once = good
            self._by_thread = [mount for mount in mounts if not mount.at_once or isinstance(answers[mount.path], str)]
        return answers

    def _ask_threads(self, mounts: Iterable[Mount]) -> dict[str, os.statvfs_result | str]:
        answers: dict[str, os.statvfs_result | str] = {}
        timeout_s = self.timeout_s
        with self._changed:
            self._forget_returned()
            waiting = deque(sorted(mounts, key=lambda mount: mount.remote))
            while waiting:
                batch = self._take_batch(waiting, answers)
                worker = self._free_worker() if batch else None
                if worker is None:
                    answers.update((mount.path, NOT_ASKED) for mount in batch)
                    continue
                if self._run(worker, batch, answers, timeout_s):
                    continue
                timeout_s = self.timeout_s * NEXT_STUCK
                rest = [mount for mount in batch if mount.path not in answers]
                waiting.extendleft(reversed(rest))
        return answers

    def _take_batch(self, waiting: deque[Mount], answers: dict[str, os.statvfs_result | str]) -> list[Mount]:
        """Take what may be asked by one worker; answer the rest without asking."""
        keep_last = len(self._stuck) >= WORKERS - 1
        batch: list[Mount] = []
        while waiting:
            mount = waiting.popleft()
            if mount.path in self._stuck:
                answers[mount.path] = TIMED_OUT
            elif keep_last and mount.remote:
                answers[mount.path] = NOT_ASKED
            else:
                batch.append(mount)
        return batch

    def _free_worker(self) -> _Worker | None:
        for worker in self._workers:
            if not worker.is_busy:
                return worker
        if len(self._workers) == WORKERS:
            return None
        self._workers.append(_Worker(self._changed, self._statvfs))
        return self._workers[-1]

    def _run(
        self, worker: _Worker, batch: list[Mount], answers: dict[str, os.statvfs_result | str], timeout_s: float
    ) -> bool:
        """Let a worker ask the batch; return False when it got stuck on the way, with that mount answered for."""
        worker.give(mount.path for mount in batch)
        while worker.is_busy and (left_s := worker.begun + timeout_s - time.monotonic()) > 0:
            self._changed.wait(left_s)
        next_one = worker.todo[0] if worker.todo else None
        stuck = worker.take_back() if worker.is_busy else None
        answers.update(worker.answers)
        if stuck is not None:
            self._stuck[stuck] = worker
        waited_for = stuck or next_one
        if waited_for is None:
            return True
        answers.setdefault(waited_for, TIMED_OUT)
        return False

    def _forget_returned(self) -> None:
        """Let go of mounts whose thread has come back: they are asked again."""
        for path, worker in list(self._stuck.items()):
            if worker.asking != path:
                del self._stuck[path]


def _answer(statvfs: Callable[[str], os.statvfs_result], path: str) -> os.statvfs_result | str:
    """Return a filesystem's figures, or why there are none."""
    try:
        return statvfs(path)
    except OSError as error:
        return _words(error)
    except ValueError as error:  # no path at all: it holds a zero byte
        return str(error)


def _words(error: OSError) -> str:
    """Return an error as node_exporter's language has it, so that series of both bear the same label."""
    if error.errno == errno.ESTALE:
        return "stale NFS file handle"
    words = error.strerror or str(error)
    return words[:1].lower() + words[1:]
