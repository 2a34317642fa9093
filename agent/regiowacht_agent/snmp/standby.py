"""Watches the pollers that this agent stands by for, and tells which of them it asks in place of."""

from __future__ import annotations

import threading
import time

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.polls.http_get import Journey, get
from regiowacht_agent.polls.network import Deadline
from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.polls.url import Url
from regiowacht_agent.snmp.polling import SIZE_MAX_BYTES, age_of
from regiowacht_agent.snmp.watch import Watch
from regiowacht_agent.version import version
from regiowacht_contract.defaults import POLLING_PATH
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.polls.http_get import Secure

OK = 200
TIMEOUT_MAX_S = 5.0
TIMEOUT_INTERVALS = 0.25
"""An asking takes no longer than this, so that a few dead pollers do not make others wait."""


class Watched(NamedTuple):
    """A poller to watch.

    Attributes:
        instance: its server's name in the region.
        url: where it tells how long ago it asked a device.
        ca: PEM file of the authorities that issue its certificate, or "" for the system's.
        name: what its certificate holds, where that is not the host of the URL; else "".
        interval_s: seconds between two askings of a device, the shortest of those that it asks.
    """

    instance: str
    url: Url
    ca: str
    name: str
    interval_s: float


class Told(NamedTuple):
    """How it stands with one poller.

    Attributes:
        instance: its server's name.
        is_active: whether this agent asks in its place.
        silent_s: seconds since it last asked a device, as far as is known.
        takeovers: how often this agent began to ask in its place.
        reason: why the latest look at it told nothing, one of the reasons of polls; "" where it did.
    """

    instance: str
    is_active: bool
    silent_s: float
    takeovers: int
    reason: str


class Standby:
    """Watches pollers in one thread, until it is stopped; without any it has no thread.

    Args:
        watched: the pollers.
        before: the one that this takes the place of; what it knew of the same pollers holds on.
        ask: returns the seconds since that poller last asked a device; raises ``Failed``.
        on_change: called, by the thread, when this agent begins or ends to ask in place of a poller.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        watched: Iterable[Watched],
        before: Standby | None = None,
        ask: Callable[[Watched], float] | None = None,
        on_change: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask or Asker()
        self._on_change = on_change
        self._clock = clock
        self._changed = threading.Condition()
        self._stopping = False
        self._watched = {one.instance: one for one in watched}
        self._reasons = dict.fromkeys(self._watched, "")
        now = clock()
        known = before.known() if before else {}
        self._watches = {
            name: known[one.url].go_on(one.interval_s) if one.url in known else Watch(one.interval_s, now)
            for name, one in self._watched.items()
        }

    def start(self) -> None:
        """Begin to watch."""
        if self._watches:
            threading.Thread(target=self._work, name="standby", daemon=True).start()

    def stop(self) -> None:
        """Watch no longer; an asking that is under way ends by itself and changes nothing."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def asks(self, poller: str) -> bool:
        """Return whether this agent asks the devices of that poller now; its own ("") it always asks."""
        return not poller or self._watches[poller].is_active

    def since(self, poller: str) -> float | None:
        """Return since when this agent asks the devices of that poller, on the clock; None: it does not now.

        What it learnt when it last did so, before that poller was back, is nothing to tell of now.
        """
        if not poller:
            return float("-inf")
        watch = self._watches[poller]
        return watch.changed if watch.is_active else None

    def known(self) -> dict[Url, Watch]:
        """Return what is known of each poller, by where it is asked."""
        with self._changed:
            return {self._watched[name].url: watch for name, watch in self._watches.items()}

    def told(self) -> list[Told]:
        """Return how it stands with each poller, in the order of the configuration."""
        now = self._clock()
        with self._changed:
            return [
                Told(name, one.is_active, max(0.0, now - one.seen), one.takeovers, self._reasons[name])
                for name, one in self._watches.items()
            ]

    def samples(self) -> Iterator[Sample]:
        """Yield the same as this agent's own metrics."""
        of = Metrics.of("snmp_standby")
        for one in self.told():
            yield Sample(of["regiowacht_agent_standby_active"], (one.instance,), int(one.is_active))
            yield Sample(of["regiowacht_agent_standby_silent_seconds"], (one.instance,), round(one.silent_s, 3))
            yield Sample(of["regiowacht_agent_standby_takeovers_total"], (one.instance,), one.takeovers)
            if one.reason:
                yield Sample(of["regiowacht_agent_standby_failed"], (one.instance, one.reason), 1)

    def turn(self) -> float:
        """Ask whoever is due, and return the seconds until the next one is."""
        for name, watch in self._watches.items():
            if not self._stopping and watch.due <= self._clock():
                self._look(name, watch)
        return max(0.0, min(watch.due for watch in self._watches.values()) - self._clock())

    def _work(self) -> None:
        while not self._stopping:
            wait_s = self.turn()
            with self._changed:
                if not self._stopping:
                    self._changed.wait(wait_s)

    def _look(self, name: str, watch: Watch) -> None:
        asked = self._clock()
        age_s, failure = self._age(self._watched[name])
        with self._changed:
            if self._stopping:
                return
            changes = watch.take(asked, age_s)
            self._reasons[name] = failure.reason if failure else ""
        if changes:
            _log(name, watch, asked, failure)
            self._on_change()

    def _age(self, watched: Watched) -> tuple[float | None, Failed | None]:
        try:
            return self._ask(watched), None
        except Failed as failure:
            return None, failure
        except Exception as error:  # noqa: BLE001 - the watching goes on, and what it cannot see is silent
            return None, Failed("internal", f"{type(error).__name__}: {error}")


class Asker:
    """Asks agents how long ago they asked a device."""

    def __init__(self) -> None:
        self._secures: dict[tuple[str, str], Secure] = {}

    def __call__(self, watched: Watched) -> float:
        """Return the seconds since that agent last asked a device.

        Raises:
            Failed: it did not say.
        """
        deadline = Deadline(min(TIMEOUT_MAX_S, TIMEOUT_INTERVALS * watched.interval_s))
        fields = {"User-Agent": f"regiowacht-agent/{version()}"}
        secure = self._secure(watched) if watched.url.scheme == "https" else None
        reply = get(watched.url, deadline, Journey(), fields, SIZE_MAX_BYTES, secure)
        if reply.code != OK:
            raise Failed("status", f"status {reply.code}")
        age_s = age_of(reply.body)
        if age_s is None:
            raise Failed("answer", "it has asked no device yet")
        return age_s

    def _secure(self, watched: Watched) -> Secure:
        key = (watched.ca, watched.name)
        if key not in self._secures:
            from regiowacht_agent.polls.tls import Tls  # noqa: PLC0415 - ssl takes megabytes

            self._secures[key] = _Named(Tls(watched.ca), watched.name)
        return self._secures[key]


class _Named:
    """Makes TLS connections to one whose certificate holds another name than the address it is asked at."""

    def __init__(self, tls: Secure, name: str) -> None:
        self._tls = tls
        self._name = name

    def __call__(self, sock: socket.socket, url: Url, deadline: Deadline) -> socket.socket:
        return self._tls(sock, url._replace(host=self._name or url.host), deadline)


def standby_of(config: Config, before: Standby | None = None, on_change: Callable[[], None] = lambda: None) -> Standby:
    """Return what watches the pollers that a configuration's devices stand by for."""
    intervals: dict[str, float] = {}
    for device in config.device:
        if device.standby_of:
            own = device.interval_s or config.snmp.interval_s
            intervals[device.standby_of] = min(own, intervals.get(device.standby_of, own))
    watched = [
        Watched(
            one.instance,
            Url("https" if one.tls else "http", one.address, one.port, POLLING_PATH),
            one.ca,
            one.name,
            intervals[one.instance],
        )
        for one in config.poller
        if one.instance in intervals
    ]
    return Standby(watched, before, on_change=on_change)


def _log(name: str, watch: Watch, asked: float, failure: Failed | None) -> None:
    if watch.is_active:
        reason = failure.detail if failure else "it runs, and asks no device"
        LOGGER.warning(line("standby-takes-over", poller=name, silent_s=round(asked - watch.seen), reason=reason))
    else:
        LOGGER.info(line("standby-hands-back", poller=name))
