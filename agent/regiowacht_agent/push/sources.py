"""Makes readings of everything that this agent measures and asks: of its own server, of polls, of devices.

What an asset told is sent once, at the time of its poll. Where polls are far apart it is told again in between, since
Prometheus forgets after five minutes.
"""

from __future__ import annotations

import time
from functools import partial

from regiowacht_agent.block import Block, Layout
from regiowacht_agent.family import Metrics
from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.push.capture import Capture
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from regiowacht_agent.config import Config
    from regiowacht_agent.push.clock import Clock
    from regiowacht_agent.push.meanings import Meaning
    from regiowacht_agent.push.scrape import Scrape
    from regiowacht_agent.snmp.asked import Asked as Device
    from regiowacht_agent.snmp.asked import Latest

    Asked = tuple[Polled, float, "Callable[[], bytes] | Answered"]

AGAIN_AFTER_S = 120.0
OWN_LAAG = "infrastructuur"
"""What a server is of (``inventory``, ``ASSET_LAAG``)."""

OWN = "node"
HEALTH = ("up", "scrape_duration_seconds", "scrape_samples_scraped")


class Answered(NamedTuple):
    """What a device told, in place of a page of it: readings are made of that at a tenth of the cost."""

    asked: Device
    latest: Latest


class _Pages:
    """Makes readings of an asset's pages."""

    def __init__(self, name: str, meanings: dict[str, Meaning]) -> None:
        self._capture = Capture(name, meanings=meanings)

    def take(self, page: Callable[[], bytes], at_ms: int) -> list[Scrape]:
        """Return the reading of a page."""
        return [self._capture.page(page().decode(), at_ms)]

    def end(self, at_ms: int) -> list[Scrape]:
        """Return the reading that ends all of its series."""
        return [self._capture.end(at_ms)]

    def meanings(self) -> Iterator[Meaning]:
        """Yield nothing: what pages say is kept for all of them together."""
        return iter(())


class _Answers:
    """Makes readings of what a device answered."""

    def __init__(self, about: Polled) -> None:
        from regiowacht_agent.push.sheets import DeviceCapture  # noqa: PLC0415 - only where devices are asked

        self._capture = DeviceCapture(about)

    def take(self, told: Answered, at_ms: int) -> list[Scrape]:
        """Return the readings of its series, and of how it was asked."""
        return self._capture.take(told.asked, told.latest, at_ms)

    def end(self, at_ms: int) -> list[Scrape]:
        """Return the readings that end all of its series."""
        return self._capture.end(at_ms)

    def meanings(self) -> Iterator[Meaning]:
        """Yield what its metrics mean."""
        return self._capture.meanings()


class _Source:
    """What one asset that is asked told last: what makes readings of it, and when it was taken and sent."""

    __slots__ = ("capture", "ended", "sent", "sent_ms")

    def __init__(self, name: str, about: Polled, told: object, meanings: dict[str, Meaning]) -> None:
        self.capture: Any = _Answers(about) if isinstance(told, Answered) else _Pages(name, meanings)
        self.ended = self.sent = float("-inf")
        self.sent_ms = 0


class Sources:
    """Makes readings; in the thread that measures.

    Args:
        config: who this agent is.
        clock: the time of readings.
        monotonic: seconds that never jump.
    """

    def __init__(self, config: Config, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._monotonic = clock, monotonic
        about = config.asset
        self.asset = (about.gemeente, about.site, about.instance)
        self._own = Capture(OWN, Polled(about.gemeente, about.site, about.instance, "node", OWN_LAAG))
        self._own_ms = 0
        of = Metrics.of("prometheus")
        self._health = Layout([(of[name], ()) for name in HEALTH])
        self._asked: dict[str, _Source] = {}
        self._said: set[str] = set()
        self._of_pages: dict[str, Meaning] = {}

    def own(self, blocks: Sequence[Block], at_ms: int, took_s: float) -> Iterator[Scrape]:
        """Yield the reading of this server, with what Prometheus would say of scraping it."""
        samples = sum(len(block.values) for block in blocks)
        health = Block(self._health, (1, round(took_s, 6), samples))
        self._own_ms = max(at_ms, self._own_ms + 1)
        yield from self._made(OWN, lambda: [self._own.blocks([*blocks, health], self._own_ms)])

    def asked(self, told: Iterable[Asked]) -> Iterator[Scrape]:
        """Yield the readings of assets that told something new, and the ends of those that are told no more.

        Args:
            told: of each asset whom it is about, when it was last asked on the monotonic clock, and what writes its
                page, or what it answered; of one that was asked several times since, in order.
        """
        now = self._monotonic()
        names = set()
        for about, ended, content in told:
            name = f"{about.gemeente}/{about.instance}/{about.job}"
            names.add(name)
            source = self._asked.get(name) or self._asked.setdefault(name, self._source(name, about, content))
            is_new = ended > source.ended
            if not is_new and (ended < source.ended or now - source.sent < AGAIN_AFTER_S):
                continue
            source.ended, source.sent = ended, now
            at_ms = self._clock.at_ms(ended if is_new else now)
            # The first one keeps its milliseconds: a process that was killed may have sent one of the same second.
            source.sent_ms = max(at_ms - at_ms % 1000, source.sent_ms + 1) if source.sent_ms else at_ms
            yield from self._made(name, partial(source.capture.take, content, source.sent_ms))
        for name in self._asked.keys() - names:
            yield from self._end(self._asked.pop(name))

    def meanings(self) -> Iterator[Meaning]:
        """Yield what all metrics mean that are told now; may be called in another thread than the one that measures."""
        yield from self._own.meanings()
        for source in list(self._asked.values()):
            yield from source.capture.meanings()
        yield from list(self._of_pages.values())

    def end(self) -> Iterator[Scrape]:
        """Yield the ends of all series: nobody tells them from now on."""
        for source in self._asked.values():
            yield from self._end(source)
        self._asked.clear()
        if self._own_ms:
            yield self._own.end(max(self._clock.now_ms(), self._own_ms + 1))

    def _source(self, name: str, about: Polled, content: object) -> _Source:
        return _Source(name, about, content, self._of_pages)

    def _end(self, source: _Source) -> Iterator[Scrape]:
        yield from source.capture.end(max(self._clock.now_ms(), source.sent_ms + 1))

    def _made(self, name: str, make: Callable[[], list[Scrape]]) -> Iterator[Scrape]:
        """Yield readings; what cannot be one is said once."""
        try:
            scrapes = make()
        except ValueError as error:
            if name not in self._said:
                self._said.add(name)
                LOGGER.error(line("push-unreadable", source=name, reason=error))
            return
        self._said.discard(name)
        yield from scrapes
