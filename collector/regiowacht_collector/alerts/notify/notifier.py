"""Takes what Alertmanager hands on and tells people, one answer a delivery.

It answers 200 once the other side has taken the message (or had it already), 503 where it is to be tried again, which
Alertmanager does until it succeeds, and 400 where it never will be taken like this. So what is not told yet is
Alertmanager's to keep: nothing is lost when this process, or a mail server, dies.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_collector.alerts.notify import ways
from regiowacht_collector.alerts.notify.history import Told, shown_alerts
from regiowacht_collector.alerts.notify.message import message
from regiowacht_collector.alerts.routing import WATCHDOG, is_left_to_region

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_collector.alerts.notify.history import History
    from regiowacht_collector.alerts.notify.message import Message
    from regiowacht_collector.alerts.notify.notice import Notice
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region
    from regiowacht_inventory.alerting import Receiver

TWICE_MS = 15 * 60_000
"""The same news to the same receiver within this time is told once: a second Alertmanager, or one that did not hear our
answer, tells it again."""

PATIENCE_S = 45.0
"""How long Alertmanager waits for our answer: less than the minute that it gives us."""

AT_WORK_MAX = 256
"""Deliveries under way, of which some may be to servers that hold us up."""

log = logging.getLogger(__name__)


class UnknownReceiver(Exception):
    """The region knows no receiver of that name (any more)."""


@dataclass(slots=True)
class Counts:
    """How deliveries went, by (receiver, way, outcome), and when the last of each receiver succeeded."""

    deliveries: dict[tuple[str, str, str], int] = field(default_factory=dict)
    last_sent_s: dict[str, float] = field(default_factory=dict)


class Notifier:
    """Tells people what a region's alerts are.

    Attributes:
        counts: how it fared so far.
    """

    def __init__(
        self, region: Region, history: History, now: Callable[[], float] = time.time, patience_s: float = PATIENCE_S
    ) -> None:
        self.counts = Counts()
        self._region = region
        self._history = history
        self._now = now
        self._lock = threading.Lock()
        self._busy: dict[tuple[str, str], threading.Lock] = {}
        self._patience_s = patience_s
        self._at_work = threading.BoundedSemaphore(AT_WORK_MAX)

    def show(self, region: Region) -> None:
        """Go by this region from now on."""
        self._region = region

    def deliver(self, receiver: str, notice: Notice) -> None:
        """Tell one receiver, unless it was told this very news a moment ago.

        What takes longer than our patience goes on by itself: if it arrives after all, it is not sent again.

        Args:
            receiver: its full name.
            notice: what is told.

        Raises:
            UnknownReceiver: there is none of that name.
            NotNow: it could not be told now.
            Never: it can never be told like this.
        """
        region = self._region
        if receiver == WATCHDOG:
            self._patiently(lambda: self._watchdog(region), WATCHDOG, WATCHDOG)
            return
        to = _receiver(region, receiver)
        self._patiently(lambda: self._tell(region, receiver, to, notice), receiver, _way(to))

    def _patiently(self, work: Callable[[], None], receiver: str, way: str) -> None:
        """Do it, or go on without waiting for it any longer.

        Raises:
            NotNow: it takes too long, as do too many others.
        """
        done: Future[None] = Future()

        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                done.set_exception(error)
            else:
                done.set_result(None)
            finally:
                self._at_work.release()

        if self._at_work.acquire(blocking=False):
            threading.Thread(target=run, daemon=True).start()
            try:
                return done.result(self._patience_s)
            except TimeoutError:
                pass
        self._count(receiver, way, "later")
        raise ways.NotNow(f"not taken within {self._patience_s:.0f} s")

    def _tell(self, region: Region, receiver: str, to: Receiver, notice: Notice) -> None:
        with self._alone(receiver, notice.key):
            if self._history.was_sent(notice, receiver, round(self._now() * 1000) - TWICE_MS):
                return
            lang: Lang = to.language or region.language
            is_left = not _is_of_a_leverancier(region, receiver) and is_left_to_region(region, notice.alerts[0].labels)
            self._send(receiver, to, notice, message(notice, region, lang, is_left=is_left))

    def _send(self, receiver: str, to: Receiver, notice: Notice, told: Message) -> None:
        way = _way(to)
        try:
            reason = self._by(way, to, notice, told)
        except (ways.NotNow, ways.Never) as error:
            outcome = "later" if isinstance(error, ways.NotNow) else "failed"
            self._note(receiver, way, outcome, str(error), notice, told)
            log.warning("alerts: %s over %s: %s", receiver, way, error)
            raise
        self._note(receiver, way, "sent", reason, notice, told)

    def _by(self, way: str, to: Receiver, notice: Notice, told: Message) -> str:
        """Send, and return whom of several it did not reach."""
        if way == "mail":
            return ", ".join(ways.mail(self._region.alerts.smtp, to.email, told))
        if way == "teams":
            ways.teams(to, told)
        elif way == "ntfy":
            ways.ntfy(to, told)
        else:
            ways.webhook(to, notice, told)
        return ""

    def _watchdog(self, region: Region) -> None:
        try:
            ways.call(region.alerts.watchdog or "")
        except (ways.NotNow, ways.Never):
            self._count(WATCHDOG, WATCHDOG, "later")
            raise
        self._count(WATCHDOG, WATCHDOG, "sent")

    def _note(self, receiver: str, way: str, outcome: str, reason: str, notice: Notice, told: Message) -> None:
        self._count(receiver, way, outcome)
        at_ms = round(self._now() * 1000)
        self._history.note(Told(at_ms, receiver, way, outcome, reason, notice.key, told.subject, shown_alerts(notice)))

    def _count(self, receiver: str, way: str, outcome: str) -> None:
        with self._lock:
            key = receiver, way, outcome
            self.counts.deliveries[key] = self.counts.deliveries.get(key, 0) + 1
            if outcome == "sent":
                self.counts.last_sent_s[receiver] = self._now()

    def _alone(self, receiver: str, key: str) -> threading.Lock:
        """Return what two deliveries of the same news to the same receiver hold one after the other."""
        with self._lock:
            if len(self._busy) > 10_000:
                self._busy = {name: lock for name, lock in self._busy.items() if lock.locked()}
            return self._busy.setdefault((receiver, key), threading.Lock())


def _receiver(region: Region, name: str) -> Receiver:
    """Return a receiver by its full name."""
    slug, slash, own = name.partition("/")
    gemeente = next((one for one in region.gemeenten if one.gemeente == slug), None)
    known = (gemeente.alerts.receivers if gemeente else {}) if slash else region.alerts.receivers
    try:
        return known[own if slash else name]
    except KeyError:
        raise UnknownReceiver(name) from None


def _is_of_a_leverancier(region: Region, name: str) -> bool:
    return any(name in route.to for one in region.leveranciers.values() for route in one.alerts.to)


def _way(to: Receiver) -> str:
    return "mail" if to.email else "teams" if to.teams else "ntfy" if to.ntfy else "webhook"
