"""Asks filesystems for their figures without ever hanging on one.

statvfs(3) on a stale NFS mount does not come back until its server does. So a worker thread asks; a mount that does not
answer in time is remembered as stuck and not asked again until its thread returns. At most ``WORKERS`` threads exist,
and the last one is kept for local filesystems.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WORKERS = 4
"""Threads at most, stuck ones included."""

NEXT_STUCK = 0.25
"""Share of the time-out that every further mount has, once one did not answer in the same reading."""

TIMED_OUT = "mountpoint timeout"
NOT_ASKED = "not asked: too many stuck mounts"


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount to ask: ``path`` as this process reaches it; ``remote`` when another machine has to answer."""

    path: str
    remote: bool


class _Worker:
    """One thread that asks mount after mount; what it is asking now tells where it is stuck."""

    def __init__(self, changed: threading.Condition, statvfs: Callable[[str], os.statvfs_result]) -> None:
        self.todo: deque[str] = deque()
        self.asking: str | None = None
        self.answers: dict[str, os.statvfs_result | str] = {}
        self._changed = changed
        self._statvfs = statvfs
        threading.Thread(target=self._work, name="mounts", daemon=True).start()

    @property
    def is_idle(self) -> bool:
        return self.asking is None and not self.todo

    def _work(self) -> None:
        while True:
            with self._changed:
                self.asking = None
                self._changed.notify_all()
                while not self.todo:
                    self._changed.wait()
                self.asking = path = self.todo.popleft()
            answer = self._ask(path)
            with self._changed:
                self.answers[path] = answer

    def _ask(self, path: str) -> os.statvfs_result | str:
        try:
            return self._statvfs(path)
        except OSError as error:
            return error.strerror or str(error)


class MountAsker:
    """Asks mounts for their figures, each within a time-out.

    Args:
        timeout_s: how long one mount may take before it counts as stuck.
        statvfs: ``os.statvfs``; tests pass one that blocks, since no real filesystem can be made to hang without root
            and FUSE.
    """

    def __init__(self, timeout_s: float = 2.0, statvfs: Callable[[str], os.statvfs_result] = os.statvfs) -> None:
        self.timeout_s = timeout_s
        self._statvfs = statvfs
        self._changed = threading.Condition()
        self._workers: list[_Worker] = []
        self._stuck: dict[str, _Worker] = {}

    @property
    def stuck(self) -> tuple[str, ...]:
        """Paths that are still waited for, sorted."""
        with self._changed:
            self._forget_returned()
            return tuple(sorted(self._stuck))

    def ask(self, mounts: Iterable[Mount]) -> dict[str, os.statvfs_result | str]:
        """Return for every path its figures, or one line that says why there are none.

        Takes at most the time-out for the first mount that does not answer and a quarter of it for each further one,
        of which there can be ``WORKERS`` in all.
        """
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
            if worker.is_idle:
                return worker
        if len(self._workers) == WORKERS:
            return None
        self._workers.append(_Worker(self._changed, self._statvfs))
        return self._workers[-1]

    def _run(
        self, worker: _Worker, batch: list[Mount], answers: dict[str, os.statvfs_result | str], timeout_s: float
    ) -> bool:
        """Let a worker ask the batch; return False when it got stuck on the way, with that mount answered for."""
        worker.answers = {}
        worker.todo.extend(mount.path for mount in batch)
        self._changed.notify_all()
        while not worker.is_idle and self._gets_on(worker, timeout_s):
            pass
        answers.update(worker.answers)
        if worker.is_idle:
            return True
        stuck = worker.asking or worker.todo[0]
        worker.todo.clear()
        if worker.asking is not None:
            self._stuck[stuck] = worker
        answers[stuck] = TIMED_OUT
        return False

    def _gets_on(self, worker: _Worker, timeout_s: float) -> bool:
        """Wait until the worker has one more answer; return False when it has none within the time-out."""
        before = len(worker.answers)
        return self._changed.wait_for(lambda: worker.is_idle or len(worker.answers) > before, timeout_s)

    def _forget_returned(self) -> None:
        """Let go of mounts whose thread has come back: they are asked again."""
        for path, worker in list(self._stuck.items()):
            if worker.asking != path:
                del self._stuck[path]
