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
from regiowacht_collector.gateway.write.thorough import TIMESERIES, Thorough
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
    add, is_next = thorough.found.rows.append, body.startswith
    at, end, place = 0, len(body), 0
    for _ in range(limits.series):
        if at == end:
            return
        size, begin = body[at + 1], at + 2
        if size > 0x7F:
            high = body[begin]
            size, begin = (size + (high - 1 << 7) if 0 < high < 0x80 else -1), begin + 1
        series, stop = order[place], begin + size
        if stop <= end and is_next(series.sent, begin) and body[at] == TIMESERIES:
            after = begin + len(series.sent)
            gap = stop - after
            if (gap == WITH_VALUE_SIZE and body[after : after + 3] == WITH_VALUE) or (
                gap == WITHOUT_VALUE_SIZE and body[after : after + 2] == WITHOUT_VALUE
            ):
                moment = times[body[stop - STAMP : stop]]
                if moment is not None:
                    add((series, body[after:stop], moment))
                    at, place = stop, place + 1
                    continue
        at, place = thorough.field(at, place)
    if at < end:
        raise Refused(TOO_LARGE, "many-series", limit=limits.series)
