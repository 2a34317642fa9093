"""Walks over a body from series to series: quickly where it knows what comes, thoroughly where it does not.

A series whose labels stand there byte for byte as they did before is known, and its sample has one of two forms. All
else is read field by field (``thorough.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.checked import TOO_LARGE, Refused
from regiowacht_collector.gateway.write.found import Found
from regiowacht_collector.gateway.write.quick import (
    STAMP,
    WITH_VALUE,
    WITH_VALUE_SIZE,
    WITHOUT_VALUE,
    WITHOUT_VALUE_SIZE,
)
from regiowacht_collector.gateway.write.run import Run
from regiowacht_collector.gateway.write.thorough import Thorough
from regiowacht_contract.wire.errors import Malformed

if TYPE_CHECKING:
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
        _walk(body, memory.order, times, limits, thorough)
    except IndexError:
        raise Malformed("truncated") from None
    return found


def _walk(body: bytes, order: list[Series], times: Times, limits: WriteLimits, thorough: Thorough) -> None:
    parts, is_next = thorough.found.parts, body.startswith
    at, end, place = 0, len(body), 0
    begin, first = at, place
    for _ in range(limits.series):
        if at == end:
            break
        series = order[place]
        head = at + (2 if body[at + 1] < 0x80 else 3)
        if is_next(series.sent, head):
            frame, after, stop = body[at:head], head + series.size, 0
            if frame == series.frame and body[after : after + 3] == WITH_VALUE:
                stop = after + WITH_VALUE_SIZE
            elif frame == series.short_frame and body[after : after + 2] == WITHOUT_VALUE:
                stop = after + WITHOUT_VALUE_SIZE
            if 0 < stop <= end and times[body[stop - STAMP : stop]] is not None:
                at, place = stop, place + 1
                continue
        if place > first:
            parts.append(Run(order[first:place], body, begin, times))
        at, place = begin, first = thorough.field(at, place)
    if place > first:
        parts.append(Run(order[first:place], body, begin, times))
    if at < end:
        raise Refused(TOO_LARGE, "many-series", limit=limits.series)
