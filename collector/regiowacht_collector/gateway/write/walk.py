"""Walks over a body from series to series: quickly where it knows what comes, thoroughly where it does not.

A series whose labels stand there byte for byte as they did before is known, and its sample has one of two forms. All
else is read field by field (``thorough.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.checked import TOO_LARGE, Refused
from regiowacht_collector.gateway.write.found import Found
from regiowacht_collector.gateway.write.memory import NOTHING
from regiowacht_collector.gateway.write.quick import STAMP, WITHOUT_VALUE
from regiowacht_collector.gateway.write.run import Run
from regiowacht_collector.gateway.write.thorough import Thorough
from regiowacht_contract.wire.errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_collector.gateway.write.limits import WriteLimits
    from regiowacht_collector.gateway.write.memory import Memory, Series
    from regiowacht_collector.gateway.write.times import Times


def walk(body: bytes, memory: Memory, times: Times, limits: WriteLimits) -> Found:
    """Return what stands in a body.

    Raises:
        Malformed: it cannot be read, or not by everybody in the same way.
        Refused: it holds more than the limits say.
    """
    found = Found()
    thorough = Thorough(body, memory, times, limits, found)
    try:
        _walk(body, memory, times, limits, thorough)
    except IndexError:
        raise Malformed("truncated") from None
    return found


def _walk(body: bytes, memory: Memory, times: Times, limits: WriteLimits, thorough: Thorough) -> None:
    parts, order, at, place, left = thorough.found.parts, memory.order, 0, 0, limits.series
    while at < len(body):
        stops = _stops(body, at, order, place, times) if order[place] is not NOTHING else []
        left -= len(stops)
        if stops:
            parts.append(Run(memory, place, body, at, stops, times))
            at, place = stops[-1], place + len(stops)
        if left < (at < len(body)):
            raise Refused(TOO_LARGE, "many-series", limit=limits.series)
        if at < len(body):
            at, place = thorough.field(at, place)
            left -= 1


def _stops(body: bytes, at: int, order: Sequence[Series], place: int, times: Times) -> list[int]:
    """Return where the series end that follow each other from ``at`` on as they do in the order, from ``place`` on.

    Each has one sample, with a value or without one. The order ends with a series that is nowhere.
    """
    stops: list[int] = []
    is_next, add, end = body.startswith, stops.append, len(body)
    last: bytes | None = None
    while True:
        series = order[place]
        if is_next(series.long, at):
            at += series.long_size
        elif _is_short(body, at, series):
            at += series.short_size
        else:
            return stops
        stamp = body[at - STAMP : at]
        if stamp != last:
            if at > end or times[stamp] is None:
                return stops
            last = stamp
        add(at)
        place += 1


def _is_short(body: bytes, at: int, series: Series) -> bool:
    """Return whether a series stands there with a sample without a value."""
    head = at + len(series.short_frame)
    after = head + len(series.sent)
    return (
        body[after : after + len(WITHOUT_VALUE)] == WITHOUT_VALUE
        and body.startswith(series.sent, head)
        and body[at:head] == series.short_frame
    )
