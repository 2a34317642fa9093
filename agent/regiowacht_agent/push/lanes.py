"""Sends readings in two lanes: what is new at once, and what had to wait behind it, no faster than is good for all.

While the live lane does not get through, the backlog does not try; when it does again, the newest goes first. It tries
at each reading of the server too, which come evenly and at other moments than those of other servers: so what is
measured after the line came back is there within an interval.
"""

from __future__ import annotations

import threading
import time

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.push.backoff import Backoff, chance
from regiowacht_agent.push.deliver import Deliverer, Later
from regiowacht_agent.push.fresh import Fresh
from regiowacht_agent.push.keeper import Keeper
from regiowacht_agent.push.meanings import Meanings
from regiowacht_agent.push.pace import Pace
from regiowacht_agent.push.post import Line, Stopped
from regiowacht_agent.push.receiver import OF_BACKLOG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from regiowacht_agent.push.clock import Clock
    from regiowacht_agent.push.counts import Totals
    from regiowacht_agent.push.fresh import Item
    from regiowacht_agent.push.keeper import Batch
    from regiowacht_agent.push.meanings import Meaning
    from regiowacht_agent.push.receiver import Receiver
    from regiowacht_agent.push.scrape import Scrape
    from regiowacht_agent.push.settings import Push
    from regiowacht_agent.spool.spool import Spool

    Kept = tuple[int, Scrape]

LIVE_MOST = 4_000
"""Samples of a live write: below a megabyte before it is packed, for which the gateway always has room."""

FRESH_MIN_S = 30.0
BACKOFF_MIN_S, BACKOFF_MAX_S = 5.0, 60.0
BACKLOG_LOOK_S = 60.0
BACKLOG_AGAIN_S = 1.0
BACKLOG_BEGIN_S = 30.0
"""Others have a backlog too, and their lines came back at the same moment."""

AHEAD_MS = 300_000
"""A reading that is further ahead of the collector's clock was stamped by a clock that was wrong."""


class Lanes:
    """Sends what it is given until it is stopped.

    Args:
        push: the settings.
        open_spool: opens what is still to be sent.
        receiver: where to.
        clock: the time of readings.
        totals: counts; those of the lanes that these take the place of.
        begin_s: a lane that gets through again begins with its backlog after an interval, and within so many seconds of
            that.
        meanings: returns what the metrics mean that are told now.

    Attributes:
        failing: why the live lane does not get through, and the same for a person; "" while it does.
        pace: how fast is measured, and a backlog made up for.
        keeper: has the spool.
    """

    def __init__(
        self,
        push: Push,
        open_spool: Callable[[], Spool],
        receiver: Receiver,
        clock: Clock,
        totals: Totals,
        begin_s: float = BACKLOG_BEGIN_S,
        meanings: Callable[[], Iterable[Meaning]] = tuple,
    ) -> None:
        self._clock, self._totals, self._begin_s = clock, totals, begin_s
        self._first_s = min(begin_s, push.interval_s)  # what is measured now has the line for itself, once
        self._where = receiver.url.authority
        self._lines = Line(receiver), Line(receiver, OF_BACKLOG)
        self.pace = Pace(push.backlog_speed, push.interval_s)
        self._fresh = Fresh(max(FRESH_MIN_S, 2 * push.interval_s), totals)
        self.keeper = Keeper(open_spool, self._fresh)
        self._meanings = Meanings(self._lines[1], totals, meanings)
        self._backoff_s = min(BACKOFF_MAX_S, max(BACKOFF_MIN_S, push.interval_s))
        self._stopping = threading.Event()
        self._is_due = threading.Event()
        self._through = threading.Event()
        self._is_asked = False
        self.failing = ("", "")
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for name, work in (("push-live", self._live), ("push-backlog", self._backlog))
        ]

    def start(self) -> None:
        """Begin to send."""
        self.keeper.start()
        for thread in self._threads:
            thread.start()

    def put(self, scrapes: Iterable[Scrape], *, is_due: bool = False) -> None:
        """Keep readings and send them.

        Args:
            scrapes: the readings.
            is_due: whether it is time to look if the line is back.
        """
        told = [scrape for scrape in scrapes if scrape.shape.heads]
        if told:
            self.pace.measured(sum(len(scrape.values) for scrape in told))
            self.keeper.put(told)
            if is_due:
                self._is_due.set()

    def stop(self, within_s: float) -> None:
        """Keep what came, send what can be sent at once, and end; what is not sent stays in the spool.

        Args:
            within_s: how long all of it may take.
        """
        until = time.monotonic() + within_s
        self._stopping.set()
        self._is_due.set()
        self._through.set()
        self.keeper.flush(within_s / 2)
        self._fresh.close()
        self._lines[1].stop()
        self._threads[0].join(max(0.0, until - within_s / 3 - time.monotonic()))
        self._lines[0].stop()
        for thread in self._threads:
            thread.join(max(0.0, until - within_s / 6 - time.monotonic()))
        self.keeper.close(max(0.05, until - time.monotonic()))
        for one in self._lines:
            one.close()

    def _live(self) -> None:
        deliverer = Deliverer(self._lines[0], self._clock, self._totals.lane("live"), lambda: LIVE_MOST)
        backoff = Backoff(self._backoff_s)
        while items := self._fresh.take(deliverer.size.now()):
            self._is_due.clear()
            wait_s = self._send_live(deliverer, backoff, items)
            if wait_s is None or (wait_s and self._stopping.is_set()):
                return
            # Who asks to wait is heeded; else the next reading that is due is an occasion to try.
            (self._stopping if self._is_asked else self._is_due).wait(wait_s)

    def _send_live(self, deliverer: Deliverer, backoff: Backoff, items: list[Item]) -> float | None:
        """Send what is new, and return how long to wait before the next; None: nothing more is to be sent."""
        self._is_asked = False
        try:
            delivered = deliverer.deliver(_batches(items))
        except Later as later:
            self._is_asked = later.wait_s is not None
            taken, refused = later.delivered
            self.keeper.settle(taken, refused)
            self._fresh.give_back({*taken, *(number for numbers in refused.values() for number in numbers)})
            self._fails(later.reason, later.detail)
            return backoff.wait_s(later.wait_s)
        except Stopped:
            return None
        except Exception as error:  # noqa: BLE001 - the lane's supervisor: what it cannot send stops nothing
            self._fresh.done(has_arrived=False)
            self._fails("internal", f"{type(error).__name__}: {error}")
            return backoff.wait_s()
        self.keeper.settle(delivered.taken, delivered.refused)  # before it is out of hand, or the backlog would see it
        self._fresh.done()
        backoff.worked()
        self._works()
        return 0.0

    def _fails(self, reason: str, detail: str) -> None:
        self._through.clear()
        before, self.failing = self.failing, (reason, detail)
        if reason != before[0]:
            LOGGER.warning(line("push-failed", to=self._where, reason=reason, detail=detail))

    def _works(self) -> None:
        if self.failing[0]:
            LOGGER.info(line("push-recovered", to=self._where))
        self.failing = ("", "")
        self._through.set()

    def _backlog(self) -> None:
        deliverer = Deliverer(self._lines[1], self._clock, self._totals.lane("backlog"), self.pace.most)
        backoff = Backoff(BACKOFF_MAX_S)
        while not self._stopping.is_set():
            if not self._through.is_set():
                self._through.wait()
                self._stopping.wait(self._first_s + self._begin_s * chance())
                continue
            self._tell_meanings()
            batches = self.keeper.unsent(deliverer.size.now(), self._fresh.before, self._stopping.is_set)
            if not batches:
                self._stopping.wait(BACKLOG_LOOK_S * (0.5 + chance() / 2))
                continue
            begin = time.monotonic()
            wait_s = self._send_backlog(deliverer, backoff, self._without_ahead(batches))
            self._stopping.wait(max(0.0, wait_s - (time.monotonic() - begin)))

    def _tell_meanings(self) -> None:
        try:
            self._meanings.turn()
        except Stopped:
            pass
        except Exception as error:  # noqa: BLE001 - the supervisor: what metrics mean stops no sample
            LOGGER.error(line("push-broke", reason=f"{type(error).__name__}: {error}"))

    def _send_backlog(self, deliverer: Deliverer, backoff: Backoff, batches: list[list[Kept]]) -> float:
        """Send a part of the backlog, and return how long to wait from its begin before the next."""
        try:
            delivered = deliverer.deliver(batches)
        except Later as later:
            self.keeper.settle(*later.delivered)
            return backoff.wait_s(later.wait_s) + BACKLOG_AGAIN_S
        except Stopped:
            return 0.0
        except Exception as error:  # noqa: BLE001 - the lane's supervisor: it would come to the same for ever
            LOGGER.error(line("push-broke", reason=f"{type(error).__name__}: {error}"))
            self._set_aside("internal", [one for batch in batches for one in batch])
            return backoff.wait_s()
        backoff.worked()
        self.keeper.settle(delivered.taken, delivered.refused)
        return self.pace.wait_s(sum(len(scrape.values) for batch in batches for _, scrape in batch))

    def _without_ahead(self, batches: Iterable[Batch]) -> list[list[Kept]]:
        """Return the batches, and set readings from the future aside; only a collector's clock can tell."""
        latest = self._clock.now_ms() + AHEAD_MS if self._clock.offset_s is not None else float("inf")
        self._set_aside("future", [one for batch in batches for one in batch if one[1].at_ms > latest])
        told = ([one for one in batch if one[1].at_ms <= latest] for batch in batches)
        return [batch for batch in told if batch]

    def _set_aside(self, reason: str, readings: list[Kept]) -> None:
        if readings:
            self._totals.refuse(reason, sum(len(scrape.values) for _, scrape in readings))
            self.keeper.settle((), {reason: [number for number, _ in readings]})


def _batches(items: list[Item]) -> list[list[Item]]:
    """Return readings of one shape together, in the order of the first of each."""
    found: dict[object, list[Item]] = {}
    for item in items:
        found.setdefault(item[1].shape, []).append(item)
    return list(found.values())
