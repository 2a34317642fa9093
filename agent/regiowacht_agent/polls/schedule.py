"""Asks every poll at its own times in a few threads, so that no answer and no scrape waits for another one."""

from __future__ import annotations

import heapq
import threading
import time
import zlib

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.polls.outcome import Failed, Outcome, Taken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from regiowacht_agent.polls.nobody import Nobody
    from regiowacht_agent.polls.poll import Poll

PASSED_MAX = 100_000
"""Samples of results that are kept until somebody takes them, though later ones came."""

GRACE = 2.0
"""A result is told for this many intervals (and the time-out); after that its asset falls silent."""


class Schedule:
    """Asks polls until it is stopped, and keeps the latest result of each.

    Threads are made when they are needed: none without a poll, and one waits for what is due while others ask. Each
    poll has its own offset within its interval, the same after every start, so that neither the polls of one agent
    nor the agents of a region ask all at once.

    Args:
        polls: what to ask.
        workers_max: threads at most.
        before: the schedule that this one takes the place of; results of polls that stay the same are kept.
        keeps_all: somebody takes every result, and calls ``untaken`` for that.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        polls: Iterable[Poll],
        workers_max: int = 10,
        before: Schedule | Nobody | None = None,
        *,
        keeps_all: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.polls = tuple(polls)
        self._workers_max = workers_max
        self._clock = clock
        self._changed = threading.Condition()
        self._results: dict[Poll, Taken] = {}
        self._keeps_all = keeps_all
        self._new: set[Poll] = set()
        self._passed: list[tuple[Poll, Taken]] = []
        self._passed_samples = 0
        self._asking: dict[Poll, float] = {}
        self._stopping = False
        self._waiting = 0
        self._is_watched = False
        self._workers = 0
        kept = before.latest() if before else {}
        self._results.update({poll: kept[poll] for poll in self.polls if poll in kept})
        now = clock()
        self._due = [(now + _offset_s(poll), number, poll) for number, poll in enumerate(self.polls)]
        heapq.heapify(self._due)

    def start(self) -> None:
        """Begin to ask."""
        if self.polls:
            with self._changed:
                self._add_worker()

    def stop(self) -> None:
        """Ask nothing new; what is being asked ends by itself, and tells nobody."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def latest(self) -> dict[Poll, Taken]:
        """Return the latest result of each poll that has one."""
        with self._changed:
            return dict(self._results)

    def told(self) -> list[tuple[Poll, Taken]]:
        """Return the results that are fresh, in the order of the polls.

        One that has been asked for longer than its time-out and an interval counts as failed: the system does not let
        go of it. One that was not asked in time for another reason is left out: about it there is nothing to tell.
        """
        now = self._clock()
        with self._changed:
            results, asking = dict(self._results), dict(self._asking)
        found = []
        for poll in self.polls:
            since = asking.get(poll)
            if since is not None and now - since > poll.timeout_s + poll.interval_s:
                late = Failed("timeout", f"no answer of the system in {now - since:.0f} s")
                found.append((poll, Taken(Outcome.failed(late), time.time(), now, now - since)))
            elif poll in results and now - results[poll].ended <= GRACE * poll.interval_s + poll.timeout_s:
                found.append((poll, results[poll]))
        return found

    def untaken(self) -> list[tuple[Poll, Taken]]:
        """Return what ``told`` does, and before it what was told since the last call and has a later result by now.

        So whoever is late by an interval or more misses nothing.
        """
        with self._changed:
            passed, self._passed, self._passed_samples = self._passed, [], 0
            self._new.clear()
            return [*passed, *self.told()]

    def _add_worker(self) -> None:
        self._workers += 1
        threading.Thread(target=self._work, name="polls", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._changed:
                taken = self._next()
                if taken is None:
                    return
                due, number, poll = taken
                self._asking[poll] = self._clock()
            result = take(poll, self._clock)
            with self._changed:
                del self._asking[poll]
                if self._stopping:
                    return
                before, self._results[poll] = self._results.get(poll), result
                self._keep(poll, before)
                missed = max(0.0, (self._clock() - due) // poll.interval_s)  # those are let go, not caught up with
                heapq.heappush(self._due, (due + (missed + 1) * poll.interval_s, number, poll))
                if self._due[0][2] is poll:
                    self._changed.notify_all()  # whoever watches the clock waits for a later one
            _log(poll, before, result)

    def _keep(self, poll: Poll, before: Taken | None) -> None:
        """Keep a result that has a later one now, where nobody has taken it."""
        if self._keeps_all and before is not None and poll in self._new:
            self._passed.append((poll, before))
            self._passed_samples += before.outcome.samples
            while self._passed_samples > PASSED_MAX:
                self._passed_samples -= self._passed.pop(0)[1].outcome.samples
        self._new.add(poll)

    def _next(self) -> tuple[float, int, Poll] | None:
        """Wait for the next poll that is due and take it; None: nothing more is to be asked.

        One thread watches the clock, the others wait for it to leave its place.
        """
        while not self._stopping:
            wait_s = self._due[0][0] - self._clock() if self._due else None
            if wait_s is not None and wait_s <= 0:
                taken = heapq.heappop(self._due)
                self._hand_over()
                return taken
            self._waiting += 1
            is_watcher = not self._is_watched
            self._is_watched = True
            self._changed.wait(wait_s if is_watcher else None)
            self._waiting -= 1
            if is_watcher:
                self._is_watched = False
        return None

    def _hand_over(self) -> None:
        """See to it that somebody watches the clock while this thread asks."""
        if self._waiting:
            self._changed.notify()
        elif self._due and self._workers < self._workers_max:
            self._add_worker()


def take(poll: Poll, clock: Callable[[], float] = time.monotonic) -> Taken:
    """Ask once, and return what it came to; whatever happens is an outcome."""
    begin = clock()
    try:
        outcome = poll.ask()
    except Failed as failure:
        outcome = Outcome.failed(failure)
    except Exception as error:  # noqa: BLE001 - the supervisor of polls: one that breaks takes no other along
        outcome = Outcome.failed(Failed("internal", f"{type(error).__name__}: {error}"))
    ended = clock()
    return Taken(outcome, time.time(), ended, ended - begin)


def _offset_s(poll: Poll) -> float:
    name = f"{poll.asset.gemeente}/{poll.asset.instance}/{poll.asset.job}"
    return poll.interval_s * (zlib.crc32(name.encode()) / 2**32)


def _log(poll: Poll, before: Taken | None, now: Taken) -> None:
    """Say once when a poll changes for better or worse."""
    was = before.outcome.reason if before else ""
    if now.outcome.reason and now.outcome.reason != was:
        detail = now.outcome.detail
        LOGGER.warning(line("poll-failed", asset=poll.asset.instance, kind=poll.kind, reason=detail))
    elif was and not now.outcome.reason:
        LOGGER.info(line("poll-recovered", asset=poll.asset.instance, kind=poll.kind))
