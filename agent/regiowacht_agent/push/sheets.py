"""Makes readings of what devices answered, without writing their pages."""

from __future__ import annotations

from array import array

from regiowacht_agent.push.capture import Capture
from regiowacht_agent.push.heads import Heads
from regiowacht_agent.push.labels import Labels
from regiowacht_agent.push.meanings import of_comments
from regiowacht_agent.push.scrape import Scrape, Shape
from regiowacht_agent.snmp.device_page import samples_of, sheet_of
from regiowacht_contract.light import suppress
from regiowacht_contract.wire.staleness import ABSENT, ABSENT_BITS, STALE, is_absent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.polls.asset import Polled
    from regiowacht_agent.push.meanings import Meaning
    from regiowacht_agent.snmp.asked import Asked, Latest
    from regiowacht_agent.snmp.poll.sheet import Sheet

HEALTH = "/health"
"""Ends the source of what is told about a poll: other series than the device's, and more often others."""


class SheetCapture:
    """Makes the readings of one device's series.

    Args:
        source: what tells them (``Shape.source``).
    """

    def __init__(self, source: str) -> None:
        self._labels = Labels(None)
        self._sheet: Sheet | None = None
        self._shape = Shape(source, ())
        self._values = array("d")
        self._stamps: list[object] = []

    def take(self, sheet: Sheet | None, at_ms: int) -> list[Scrape]:
        """Return the reading that a sheet holds now, and one before it that ends the series that it has no more.

        Args:
            sheet: the device's series; None: it has none now.
            at_ms: when they were read, in milliseconds since 1970.
        """
        found = self._begin(sheet, at_ms) if sheet is not self._sheet else []
        if sheet is None:
            return found
        before = self._values[:]
        is_other = sheet.fill(self._values, self._stamps, ABSENT)
        return [*found, Scrape(at_ms, self._shape, _ended(before, self._values) if is_other else self._values[:])]

    def meanings(self) -> Iterator[Meaning]:
        """Yield what the device's metrics mean; may be called in a thread."""
        sheet = self._sheet
        return of_comments(row for head in sheet.heads() for row in head.split("\n")) if sheet else iter(())

    def _begin(self, sheet: Sheet | None, at_ms: int) -> list[Scrape]:
        """Take a sheet for the first time; return what ends series that it does not have.

        What the other series had before stays, so that one that has no value now is seen to have ended.
        """
        told = [self._labels.of_text(one.decode()) or b"" for one in sheet.series()] if sheet else []
        was = dict(zip(self._shape.heads, self._values, strict=True))
        self._values = array("d", [was.pop(one, ABSENT) for one in told])
        ended = tuple(one for one, value in was.items() if not is_absent(value))
        if was or told != list(self._shape.heads):
            self._shape = Shape(self._shape.source, Heads(told))
        self._sheet, self._stamps = sheet, []
        stale = array("d", (STALE,)) * len(ended)
        return [Scrape(at_ms, Shape(self._shape.source, ended), stale)] if ended else []


def _bits(values: array[float]) -> memoryview:
    return memoryview(values).cast("B").cast("q")


def _ended(before: array[float], now: array[float]) -> array[float]:
    """Return the values of now, with the marker of an end where there was one and is no more."""
    found = now[:]
    for at, (was, is_now) in enumerate(zip(_bits(before), _bits(now), strict=True)):
        if is_now == ABSENT_BITS != was:
            found[at] = STALE
    return found


class DeviceCapture:
    """Makes the readings of one device: of its series, and of how it was asked.

    Args:
        asset: whom they are about.
    """

    def __init__(self, asset: Polled) -> None:
        source = f"{asset.gemeente}/{asset.instance}/{asset.job}"
        self._series = SheetCapture(source)
        self._health = Capture(source + HEALTH, asset)

    def take(self, asked: Asked, latest: Latest, at_ms: int) -> list[Scrape]:
        """Return the readings that the latest poll of a device comes to.

        Args:
            asked: the device.
            latest: what its latest poll came to.
            at_ms: the time that the readings get, in milliseconds since 1970.
        """
        sheet = sheet_of(asked, latest)
        with asked.polling.lock if asked.polling is not None else suppress():
            series = self._series.take(sheet, at_ms)
        return [*series, self._health.samples(samples_of(asked, latest), at_ms)]

    def meanings(self) -> Iterator[Meaning]:
        """Yield what its metrics mean."""
        yield from self._series.meanings()
        yield from self._health.meanings()

    def end(self, at_ms: int) -> list[Scrape]:
        """Return the readings that end all of its series."""
        return [*self._series.take(None, at_ms), self._health.end(at_ms)]
