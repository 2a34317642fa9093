"""Polls every device of the configuration at its own times, in one thread, over one socket."""

from __future__ import annotations

import heapq
import threading
import time

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.snmp.asked import FAST, PASSED, PYSNMP, Asked, Latest
from regiowacht_agent.snmp.checking import Checking
from regiowacht_agent.snmp.failure import OUR_OWN, SnmpFailed
from regiowacht_agent.snmp.loop import Loop
from regiowacht_agent.snmp.proofs import fingerprint
from regiowacht_agent.snmp.remembered import remembered_of
from regiowacht_agent.snmp.session import Effort
from regiowacht_agent.snmp.standby import standby_of
from regiowacht_agent.version import version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Sample
    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.message import Security
    from regiowacht_agent.snmp.poll.took import Took
    from regiowacht_agent.snmp.remembered import Remembered
    from regiowacht_agent.snmp.session import Target
    from regiowacht_agent.snmp.standby import Standby
    from regiowacht_agent.snmp.talk import Ended, Talk
    from regiowacht_contract.metric import Metric

AT_ONCE = 16
"""Devices asked beside each other; the others that are due wait."""

PATIENCE_S = 1.0
"""A device that is asked for longer counts among those no more: forty dead ones do not make the others wait."""

SILENT_PATIENCE_S = 0.1
"""The same for one that did not answer the last time: two hundred dead ones do not, either."""

SILENT = frozenset({"timeout", "unreachable", "name"})

POLL_MAX_S = 120.0
"""A poll that takes longer, and longer than an interval, is given up: a device of 10,000 rows is learnt in less."""

GRACE = 2.0
"""A result is told for this many intervals (and the time-out); after that the device falls silent."""

STRANGE_MAX = 3
"""Polls in a row that had to learn the device anew before pysnmp is asked whether the fast engine reads it rightly."""

UNREAD = frozenset({"format", "toobig", "truncated", "order", "loop", "skipped", "moved", "status", "internal"})
"""Reasons of the fast engine for which another one may fare better."""

LOOK_EVERY_S = 1.0
SAVE_EVERY_S = 60.0
WAIT_S = 60.0
END_WITHIN_S = 5.0


class Devices:
    """Asks devices until it is stopped, and keeps what each told last.

    Args:
        config: which devices, and how.
        book: tables that devices have.
        metrics: the catalogue's, by name.
        before: the one that this takes the place of; what it learnt of devices that stay the same is kept.
        clock: monotonic seconds.

    Attributes:
        asked: every device, in the order of the configuration.
        remembered: what is known of them over restarts.
        standby: which pollers this agent stands by for.
        polled_at: when a poll last ended, on the monotonic clock; None: none has.
    """

    def __init__(
        self,
        config: Config,
        book: Book,
        metrics: Mapping[str, Metric],
        before: Devices | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self.remembered: Remembered = remembered_of(config.snmp, before.remembered if before else None)
        self._loop = Loop(clock)
        self._checking = Checking(self._loop, book, metrics, self.remembered.proofs, self._keep, clock=clock)
        self.standby: Standby = standby_of(config, before.standby if before else None, self._loop.wake)
        made = (Asked(one, config.snmp, config.asset.gemeente, book, metrics, clock) for one in config.device)
        kept = {asked.key: asked for asked in before.asked} if before else {}
        self.asked: tuple[Asked, ...] = tuple(kept.get(one.key, one) for one in made)
        self._due: list[tuple[float, int, Asked]] = []
        self._under_way: dict[Asked, tuple[Talk, float]] = {}
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._look_at, self._save_at = 0.0, clock() + SAVE_EVERY_S
        self._broke = ""
        self.polled_at: float | None = before.polled_at if before else None

    def start(self) -> None:
        """Begin to ask."""
        self.remembered.keep({one.place for one in self.asked})
        self._due = [(one.due, number, one) for number, one in enumerate(self.asked)]
        heapq.heapify(self._due)
        self.standby.start()
        self._thread = threading.Thread(target=self._work, name="devices", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask no more, and wait for the thread: what is known of devices is nobody's any more when this returns."""
        self._stopping = True
        self.standby.stop()
        self._checking.stop()
        if self._thread is None:
            self._loop.close()
            return
        self._loop.wake()
        self._thread.join(END_WITHIN_S)

    def told(self) -> list[tuple[Asked, Latest]]:
        """Return the devices that this agent asks now, each with its latest result where that is not too old."""
        now = self._clock()
        found = []
        for asked in self.asked:
            latest, since = asked.latest, self.standby.since(asked.settings.standby_of)
            if latest is None or since is None or latest.ended < since:
                continue
            if now - latest.ended <= GRACE * asked.interval_s + POLL_MAX_S:
                found.append((asked, latest))
        return found

    def age_s(self) -> float | None:
        """Return the seconds since a device was last asked; None: none was yet."""
        return None if self.polled_at is None else self._clock() - self.polled_at

    def samples(self) -> Iterator[Sample]:
        """Yield what is told of standing by, among this agent's own metrics."""
        return self.standby.samples()

    def _work(self) -> None:
        try:
            while not self._stopping:
                try:
                    self._loop.turn(self._begin())
                except Exception as error:  # noqa: BLE001 - the supervisor: a mistake about one device stops no other
                    self._survive(error)
        finally:
            for asked in self._under_way:
                asked.due = self._clock()  # whoever comes after this makes up for the poll that was cut off
            self._loop.close()
            self.remembered.save()

    def _survive(self, error: Exception) -> None:
        """Say once what went wrong, and wait: it may go wrong at each turn."""
        said = f"{type(error).__name__}: {error}"
        if said != self._broke:
            self._broke = said
            LOGGER.error(line("snmp-broke", reason=said))
        time.sleep(LOOK_EVERY_S)

    def _begin(self) -> float:
        """Begin what is due, and return the seconds until the next thing is."""
        now = self._clock()
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY_S
            self._look(now)
        if self._due[0][0] <= now:
            room = AT_ONCE - sum(now - since < _patience_s(one) for one, (_, since) in self._under_way.items())
            while room > 0 and self._due[0][0] <= now:
                room -= self._take_turn(now)
        wait_s = self._due[0][0] - now
        if wait_s <= 0 or self._under_way:
            return SILENT_PATIENCE_S if wait_s <= 0 else min(LOOK_EVERY_S, wait_s)
        return min(WAIT_S, wait_s)

    def _look(self, now: float) -> None:
        """Give up what takes too long, and write what is to be remembered."""
        for asked, (talk, since) in tuple(self._under_way.items()):
            if now - since > max(POLL_MAX_S, asked.interval_s):
                self._loop.cancel(talk)
                self._failed(asked, SnmpFailed("timeout", f"not done in {now - since:.0f} s"), since)
        if now >= self._save_at:
            self._save_at = now + SAVE_EVERY_S
            self.remembered.save()

    def _take_turn(self, now: float) -> bool:
        """Take the device that is due first; return whether it is asked."""
        due, number, asked = heapq.heappop(self._due)
        missed = max(0.0, (now - due) // asked.interval_s)  # those are let go, not caught up with
        asked.due = due + (missed + 1) * asked.interval_s
        heapq.heappush(self._due, (asked.due, number, asked))
        if asked in self._under_way or not self.standby.asks(asked.settings.standby_of):
            return False
        self._ask(asked, now)
        return True

    def _ask(self, asked: Asked, now: float) -> None:
        try:
            target, security = asked.way(self.remembered.engines)
        except SnmpFailed as failed:
            self._failed(asked, failed, now)
            return
        if asked.engine == PYSNMP:
            self._checking.ask(asked, target, security)
            if asked.settings.engine == "auto" and now >= asked.check_after:
                self._checking.check(asked, target, security)
            return
        assert asked.polling is not None  # noqa: S101 - for the type checker: it came with the way
        talk = self._loop.add(
            asked.polling.poll(), target, security, lambda end: self._took(asked, end, now, target, security)
        )
        self._under_way[asked] = talk, now

    def _failed(self, asked: Asked, failed: SnmpFailed, since: float) -> None:
        self._under_way.pop(asked, None)
        now = self._clock()
        self._keep(asked, Latest(None, failed, Effort(), time.time(), now, now - since, asked.engine))

    def _took(self, asked: Asked, end: Ended, since: float, target: Target, security: Security) -> None:
        """Take what became of a poll of the fast engine in."""
        self._under_way.pop(asked, None)
        if asked.engine == PYSNMP:
            return  # a check that ended meanwhile found that this is not to be told
        now = self._clock()
        wants_check = asked.settings.engine == "auto" and (
            self._wants_check(asked, end.told, now) if end.told is not None else _wants_try(asked, end.failed, now)
        )
        if end.told is not None:
            self._checking.decide(asked, now)
        self._keep(asked, Latest(end.told, end.failed, end.effort, time.time(), now, now - since, FAST))
        if wants_check:
            self._checking.check(asked, target, security)

    def _wants_check(self, asked: Asked, told: Took, now: float) -> bool:
        """Return whether pysnmp must prove that what was read is right; what it proved before is told at once."""
        assert asked.polling is not None  # noqa: S101 - for the type checker: it has just told something
        asked.unread = 0
        asked.strange = asked.strange + 1 if told.relearnt == "rows" else 0
        host, port = asked.place
        is_known = self.remembered.proofs.has(host, port, fingerprint(asked.polling.identity, version()))
        if is_known and asked.strange < STRANGE_MAX:
            asked.is_proven, asked.check = True, PASSED
            return False
        if now < asked.check_after or not (told.relearnt or asked.strange or asked.check != PASSED):
            return False
        asked.strange = 0
        return True

    def _keep(self, asked: Asked, latest: Latest) -> None:
        before, asked.latest = asked.latest, latest
        self.polled_at = latest.ended
        _log(asked, before, latest)


def _patience_s(asked: Asked) -> float:
    """Return for how long a device that is asked takes the place of another."""
    failed = asked.latest.failed if asked.latest else None
    return SILENT_PATIENCE_S if failed is not None and failed.reason in SILENT else PATIENCE_S


def _wants_try(asked: Asked, failed: SnmpFailed | None, now: float) -> bool:
    """Return whether pysnmp should try a device that answers, and that the fast engine does not read."""
    is_unread = failed is not None and failed.reason in UNREAD
    asked.unread = asked.unread + 1 if is_unread else 0
    return asked.unread >= STRANGE_MAX and now >= asked.check_after


def _log(asked: Asked, before: Latest | None, now: Latest) -> None:
    """Say once when a device changes for better or worse, and each reason once until it is well again."""
    was = before.failed.reason if before and before.failed else ""
    is_ = now.failed.reason if now.failed else ""
    if is_ and is_ not in asked.said and now.failed:
        asked.said.add(is_)
        who = "agent" if is_ in OUR_OWN else "device"
        LOGGER.warning(line("snmp-failed", asset=asked.asset.instance, at=who, reason=is_, detail=now.failed.detail))
    elif was and not is_:
        asked.said.clear()
        LOGGER.info(line("snmp-recovered", asset=asked.asset.instance))
