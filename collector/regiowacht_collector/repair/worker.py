"""Repairs what is due, one job at a time, in a thread of its own beside the running collector."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_collector.repair.evaluate import LOOK_BACK_MS
from regiowacht_collector.repair.repair import Abandoned, Job, repair
from regiowacht_collector.repair.swap import resume
from regiowacht_contract.errors import RegiowachtError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from regiowacht_collector.repair.late import Late, Span
    from regiowacht_collector.repair.repair import Site

LOOK_EVERY_S = 10.0
QUIET_S = 60.0
"""So long nothing of a backlog has come in when it has drained."""

REST_S = 300.0
REST_TIMES = 9
"""After a job there is a pause of five minutes, or nine times as long as it took: repairs never take more than a tenth
of a processor, however often samples are late."""

GEMEENTEN_MAX = 20
"""Repaired at once; figures of the region are right after the last of several such jobs."""

DAY_MS = 86_400_000

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Fared:
    """How repairs fared.

    Attributes:
        repaired: jobs that changed something.
        needless: jobs after which everything was as before.
        failed: attempts that failed; each is made again.
        last_s: when a job last ended well, Unix time; 0 for never.
    """

    repaired: int = 0
    needless: int = 0
    failed: int = 0
    last_s: float = 0.0


class Repairer:
    """Looks every ten seconds for what is due; made when the engine answers, and closed before it ends.

    Args:
        site: where it repairs.
        late: what it goes by.
        days: how far back samples may come in late; what is older has no part in it.
        clock: Unix time.
        quiet_s: how long nothing of a backlog comes in when it has drained.
        rest_s: how long it rests after a job at least.
    """

    def __init__(
        self,
        site: Site,
        late: Late,
        days: int,
        *,
        clock: Callable[[], float] = time.time,
        quiet_s: float = QUIET_S,
        rest_s: float = REST_S,
    ) -> None:
        self.fared = Fared()
        self._site = site
        self._late = late
        self._days = days
        self._clock = clock
        self._quiet_s = quiet_s
        self._rest_s = rest_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="repair")
        self._thread.start()

    def close(self) -> None:
        """Stop; a job under way is left as soon as it can be, to be done after the next start."""
        self._stop.set()
        self._thread.join()

    def waiting(self) -> tuple[Span, ...]:
        """Return what is noted and not yet repaired."""
        return self._late.waiting()

    def _run(self) -> None:
        while not self._stop.wait(min(LOOK_EVERY_S, self._rest_s)):
            begun_s = time.monotonic()
            try:
                if not self._site.main.is_ready() or not self._once():
                    continue
            except RegiowachtError as error:
                self.fared.failed += 1
                log.warning("event=repair-failed reason=%s", error)
            took_s = time.monotonic() - begun_s
            self._stop.wait(max(self._rest_s, REST_TIMES * took_s))

    def _once(self) -> bool:
        """Do the rest of an interrupted job, then one that is due; return whether there was anything to do."""
        if resume(self._site.folder, self._site.main, self._site.storage):
            log.info("event=repair-resumed")
        spans = together(self._late.due(self._quiet_s, LOOK_BACK_MS))
        if not spans:
            return False
        job = job_of(spans, int(self._clock() * 1000) - self._days * DAY_MS)
        begun_s = time.monotonic()
        try:
            has_changed = repair(job, self._site, lambda: not self._stop.is_set())
        except Abandoned:
            return False
        self._late.done(spans)
        self.fared.repaired += has_changed
        self.fared.needless += not has_changed
        self.fared.last_s = self._clock()
        log.info(
            "event=repaired gemeenten=%s from_ms=%d until_ms=%d changed=%s seconds=%.1f",
            ",".join(sorted(job.gemeenten)),
            job.from_ms,
            job.until_ms,
            has_changed,
            time.monotonic() - begun_s,
        )
        return True


def together(spans: Sequence[Span]) -> list[Span]:
    """Return the oldest span with all that are of about the same time, whosever they are: one line cut off them all."""
    if not spans:
        return []
    first, *rest = sorted(spans, key=lambda span: span.from_ms)
    chosen, hull = [first], first
    gemeenten = {first.gemeente}
    for span in rest:
        if hull.joins(span) and (span.gemeente in gemeenten or len(gemeenten) < GEMEENTEN_MAX):
            gemeenten.add(span.gemeente)
            chosen.append(span)
            hull = hull.joined(span)
    return chosen


def job_of(spans: Sequence[Span], oldest_ms: int) -> Job:
    """Return the job that repairs these, up to where rules look back at their last samples."""
    return Job(
        gemeenten=frozenset(span.gemeente for span in spans),
        from_ms=max(oldest_ms, min(span.from_ms for span in spans)),
        until_ms=max(span.until_ms for span in spans) + LOOK_BACK_MS,
    )
