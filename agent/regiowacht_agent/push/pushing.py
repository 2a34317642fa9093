"""Takes readings when they are due and hands them to the lanes; what the agent's main loop knows of pushing."""

from __future__ import annotations

import time

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.push.clock import Clock
from regiowacht_agent.push.counts import Totals
from regiowacht_agent.push.fit import MB, size_max_mb
from regiowacht_agent.push.grid import Grid
from regiowacht_agent.push.lanes import Lanes
from regiowacht_agent.push.memory import let_go_of_code, share_one_heap
from regiowacht_agent.push.nobody import push_of
from regiowacht_agent.push.own import PushMetrics
from regiowacht_agent.push.receiver import Receiver
from regiowacht_agent.push.sources import Answered, Sources
from regiowacht_agent.spool.limits import Limits
from regiowacht_agent.spool.spool import Spool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from regiowacht_agent.block import Block
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Sample
    from regiowacht_agent.polls.nobody import Nobody
    from regiowacht_agent.polls.schedule import Schedule
    from regiowacht_agent.push.nobody import NoPush
    from regiowacht_agent.push.sources import Asked
    from regiowacht_agent.snmp.devices import Devices
    from regiowacht_agent.snmp.nobody import NoDevices

LOOK_EVERY_S = 1.0
"""How often it is looked whether an asset that is asked told something new; more often where one is asked as often."""

LOOKS = 10
"""Of so many a poll's result waits for one at most, before it is on the disk and sent."""

BEGUN = 4
"""Readings after which everything has been needed once."""

STOP_S = 1.5
"""What a stop may take here; the agent ends within two seconds."""


class Pushing:
    """Sends what the agent measures and asks.

    Args:
        config: where to, and who this agent is.
    """

    is_on = True

    def __init__(self, config: Config) -> None:
        self._told = _told(config)
        self._clock, self._totals = Clock(), Totals()
        self._sources = Sources(config, self._clock)
        self._grid = Grid(config.push.interval_s, "/".join(self._sources.asset))
        self._lanes = Lanes(
            config.push, lambda: _spool(config), Receiver(config.push), self._clock, self._totals,
            meanings=self._sources.meanings,
        )  # fmt: skip
        self._metrics = PushMetrics()
        self._look_at = 0.0
        self._has_asked = False
        self._taken = 0

    def start(self) -> None:
        """Begin to send."""
        share_one_heap()
        self._lanes.start()

    def stop(self, polls: Schedule | Nobody, devices: Devices | NoDevices) -> None:
        """Take what was told last, end all series, keep what cannot be sent at once, and end.

        Args:
            polls: what was asked for others.
            devices: what was asked over SNMP.
        """
        self.take_last(polls, devices)
        self._end()

    def take_last(self, polls: Schedule | Nobody, devices: Devices | NoDevices) -> None:
        """Take what was told up to now: from now on others ask, or nobody does."""
        self._look_at = 0.0
        self._supervised(lambda: self._take_asked(polls, devices))

    def wait_s(self) -> float:
        """Return how long there is nothing to do."""
        wait_s = self._grid.wait_ms(self._clock.now_ms()) / 1000
        return min(wait_s, max(0.0, self._look_at - time.monotonic())) if self._has_asked else wait_s

    def turn(self, take: Callable[[], Sequence[Block]], polls: Schedule | Nobody, devices: Devices | NoDevices) -> None:
        """Take the readings that are due.

        Args:
            take: reads this server.
            polls: what is asked for others.
            devices: what is asked over SNMP.
        """
        self._supervised(lambda: self._take_own(take))
        self._supervised(lambda: self._take_asked(polls, devices))

    def samples(self) -> Iterator[Sample]:
        """Yield the agent's metrics of pushing."""
        lanes = self._lanes
        return self._metrics.samples(self._totals, lanes.failing[0], self._clock, lanes.keeper.status)

    def renewed(self, config: Config) -> Pushing | NoPush:
        """Return what pushes as another configuration says: the same, where that says the same of it."""
        if _told(config) == self._told:
            return self
        self._end()  # what was told last is told to the next one
        made = push_of(config)
        made.start()
        return made

    def _end(self) -> None:
        self._lanes.put(list(self._sources.end()))
        self._lanes.stop(STOP_S)

    def _supervised(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the supervisor: what cannot be sent does not stop the measuring
            LOGGER.error(line("push-broke", reason=f"{type(error).__name__}: {error}"))

    def _take_own(self, take: Callable[[], Sequence[Block]]) -> None:
        if self._grid.wait_ms(self._clock.now_ms()) > 0:
            return
        at_ms = self._grid.take(self._clock.now_ms())
        begin = time.monotonic()
        blocks = take()
        self._lanes.put(self._sources.own(blocks, at_ms, time.monotonic() - begin), is_due=True)
        self._taken += 1
        if self._taken == BEGUN:
            let_go_of_code()

    def _take_asked(self, polls: Schedule | Nobody, devices: Devices | NoDevices) -> None:
        is_asking = bool(polls.polls or devices.asked)
        if time.monotonic() < self._look_at or not (is_asking or self._has_asked):
            return
        every_s = min([LOOK_EVERY_S, *(poll.interval_s / LOOKS for poll in polls.polls)])
        self._look_at, self._has_asked = time.monotonic() + every_s, is_asking
        self._lanes.put(self._sources.asked([*_polled(polls), *_devices(devices)]))


def _told(config: Config) -> tuple[object, ...]:
    """Return everything that pushing depends on."""
    about = config.asset
    return config.push, size_max_mb(config), about.gemeente, about.site, about.instance


def _spool(config: Config) -> Spool:
    return Spool(config.push.spool_folder, Limits(size_max_mb(config) * MB, config.push.spool_max_days * 86_400.0))


def _polled(polls: Schedule | Nobody) -> Iterator[Asked]:
    told = polls.untaken()
    if not told:
        return
    from regiowacht_agent.polls.page import render  # noqa: PLC0415 - only where somebody is asked

    for poll, taken in told:
        yield poll.asset, taken.ended, lambda one=(poll, taken): render([one])  # type: ignore[misc] # of this turn


def _devices(devices: Devices | NoDevices) -> Iterator[Asked]:
    for asked, latest in devices.told():
        yield asked.asset, latest.ended, Answered(asked, latest)
